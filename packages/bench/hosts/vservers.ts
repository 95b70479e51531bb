// How fast do containers come, and what does an idle one take of the machine's memory, all in?
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { NO_CONTAINERS } from '@myvini/testkit/no-containers'
import { type Figure, median, unmeasured } from '../figure'
import type { BenchOptions } from '../main'
import { chainOf } from './chain'
import type { Installation } from './installation'
import { bringUp, type SliceWatch, takeDown } from './slice-timing'

const HOSTS = 100
const UP = { id: 'up_100_vserver_s', unit: 's', goal: '≤ 2.5 (1.2)' } as const
const MEMORY = { id: 'mem_vserver_mib', unit: 'MiB', goal: '≤ 1 (0.7)' } as const
/** Start-up, reports and telemetry are over by then. */
const SETTLE_MS = 3000

/** What the kernel could give to somebody else; kept names of files are given back before, so that they count for nobody. */
async function availableMib(): Promise<number> {
  await writeFile('/proc/sys/vm/drop_caches', '2') // dentries and inodes that nobody uses, Documentation/admin-guide/sysctl/vm.rst
  const text = await readFile('/proc/meminfo', 'utf8')
  return Number(/^MemAvailable:\s+(\d+) kB/m.exec(text)?.[1]) / 1024
}

export async function measureVservers(
  { portal, projectId }: Installation,
  watch: SliceWatch,
  { quick, log }: BenchOptions,
): Promise<Figure[]> {
  if (NO_CONTAINERS !== null) return [unmeasured(UP, NO_CONTAINERS), unmeasured(MEMORY, NO_CONTAINERS)]
  const chain = chainOf({ hosts: HOSTS, class: 'vserver', memoryMib: 32 })
  const [ups, memory]: [number[], number[]] = [[], []]
  for (let round = 0; round <= (quick ? 3 : 7); round++) {
    const before = await availableMib()
    const running = await bringUp(portal, watch, projectId, chain)
    await sleep(SETTLE_MS)
    const during = await availableMib()
    await takeDown(portal, watch, running)
    await sleep(SETTLE_MS)
    const after = await availableMib()
    if (round === 0) continue // the first one also compiles what runs it
    ups.push(running.upS)
    // What others on this machine took or gave back meanwhile is halved by looking before and after.
    memory.push(((before + after) / 2 - during) / HOSTS)
    log(`${HOSTS} vserver: up ${running.upS.toFixed(2)} s, ${memory.at(-1)?.toFixed(2)} MiB each`)
  }
  return [
    {
      ...{ ...UP, value: median(ups), baseline: null, n: ups.length },
      method: 'chain of 100, user namespace and seccomp, root file system of the node; portal’s API to all up; median',
    },
    {
      ...{ ...MEMORY, value: median(memory), baseline: null, n: memory.length },
      method:
        'MemAvailable of the machine without them less with 100 of them idle, by host: kernel, cgroups, overlays, processes, and what agent, controller and portal keep; median',
    },
  ]
}
