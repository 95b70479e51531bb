// `./myvini bench hosts [FIGURE …] [--write]`: how fast do virtual hosts come and go, and what does it cost to keep them?
import { startInstance } from '@myvini/launcher/own-instance'
import type { Figure } from '../figure'
import { loadNow } from '../machine'
import type { BenchOptions } from '../main'
import { measureChains } from './chains'
import { measureChange } from './change-link'
import { measureCpuShare } from './cpu-share'
import { measureFleet } from './fleet-figures'
import { openNodes } from './in-node'
import { openInstallation } from './installation'
import { measureOneNode } from './one-node'
import { type Measured, writeReport } from './report'
import { SliceWatch } from './slice-timing'
import { measureVservers } from './vservers'

/** Figures by what they need; a name on the command line runs its group. */
const GROUPS = {
  chains: ['up_100_netns_s', 'down_100_netns_s', 'up_1000_netns_s'],
  vservers: ['up_100_vserver_s', 'mem_vserver_mib'],
  change: ['change_link_ms'],
  node: ['observe_ms', 'restore_200_s'],
  fleet: ['idle_cpu_pct', 'reconverge_s', 'first_up_s'],
  shares: ['cpu_share_error_pts', 'neighbour_share_pct'],
} as const
const ALL: readonly string[] = Object.values(GROUPS).flat()

export async function bench(options: BenchOptions): Promise<Figure[]> {
  const { quick, log } = options
  const names = options.rest.filter((name) => name !== '--write')
  const unknown = names.find((name) => !ALL.includes(name))
  if (unknown !== undefined) throw new Error(`there is no figure "${unknown}"; there are ${ALL.join(', ')}`)
  const wanted = new Set(names.length > 0 ? names : ALL)
  const wants = (ids: readonly string[]) => ids.some((id) => wanted.has(id))
  const figures: Measured[] = []
  const group = async (ids: readonly string[], measure: () => Promise<Figure[]>) => {
    if (!wants(ids)) return
    const before = loadNow()
    for (const figure of await measure()) figures.push({ ...figure, load: [before, loadNow()] })
  }
  if (wants([...GROUPS.chains, ...GROUPS.vservers, ...GROUPS.change])) {
    log('starting an installation of its own …')
    const instance = await startInstance('hosts')
    try {
      const installation = await openInstallation(instance.url)
      const watch = await SliceWatch.open(installation.portal)
      const spawnInHost = await openNodes(instance.name)
      await group(GROUPS.chains, () => measureChains(installation, watch, wanted, options))
      await group(GROUPS.vservers, () => measureVservers(installation, watch, options))
      await group(GROUPS.change, () => measureChange(installation, watch, spawnInHost, options))
      watch.close()
    } finally {
      await instance.end()
    }
  }
  await group(GROUPS.node, () => measureOneNode(wanted, options))
  await group(GROUPS.fleet, () => measureFleet(options))
  await group(GROUPS.shares, () => measureCpuShare(quick, log))
  const asked = figures.filter((f) => wanted.has(f.id))
  // Docs hold what a whole run measured, or what somebody asks to be written down.
  if ((names.length === 0 && !quick) || options.rest.includes('--write')) await writeReport(asked, ALL, new Date())
  return asked
}
