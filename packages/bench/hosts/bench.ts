// `./myvini bench hosts [FIGURE …]`: how fast do virtual hosts come and go, and what does it cost to keep them?
import { startInstance } from '@myvini/launcher/own-instance'
import type { Figure } from '../figure'
import type { BenchOptions } from '../main'
import { measureChains } from './chains'
import { measureCpuShare } from './cpu-share'
import { measureFleet } from './fleet-figures'
import { openInstallation } from './installation'
import { measureOneNode } from './one-node'

/** Figures by what they need; a name on the command line runs its group. */
const GROUPS = {
  portal: ['up_100_netns_s', 'down_100_netns_s', 'up_1000_netns_s'],
  node: ['observe_ms', 'restore_200_s'],
  fleet: ['idle_cpu_pct', 'reconverge_s'],
  shares: ['cpu_share_error_pts', 'neighbour_share_pct'],
} as const

export async function bench(options: BenchOptions): Promise<Figure[]> {
  const { rest, log } = options
  const all: readonly string[] = Object.values(GROUPS).flat()
  const unknown = rest.find((name) => !all.includes(name))
  if (unknown !== undefined) throw new Error(`there is no figure "${unknown}"; there are ${all.join(', ')}`)
  const wanted = new Set(rest.length > 0 ? rest : all)
  const wants = (ids: readonly string[]) => ids.some((id) => wanted.has(id))
  const figures: Figure[] = []
  if (wants(GROUPS.portal)) {
    log('starting an installation of its own …')
    const instance = await startInstance('hosts')
    try {
      figures.push(...(await measureChains(await openInstallation(instance.url), wanted, options)))
    } finally {
      await instance.end()
    }
  }
  if (wants(GROUPS.node)) figures.push(...(await measureOneNode(wanted, options)))
  if (wants(GROUPS.fleet)) figures.push(...(await measureFleet(options)))
  if (wants(GROUPS.shares)) figures.push(...(await measureCpuShare(options.quick, log)))
  return figures.filter((f) => wanted.has(f.id))
}
