// How busy is the node, and what has passed each virtual link?

import { readFile } from 'node:fs/promises'
import { freemem, totalmem } from 'node:os'
import { type EndLetter, endOfDevice, keyOfDevice } from '@myvini/core/desired/naming'
import type { NodeSpec } from '@myvini/core/desired/node-spec'
import type { NodeStats } from '@myvini/core/desired/report'
import { pathsTaken } from '@myvini/core/reconcile/path-taken'
import type { Reconciler } from './reconciler'
import type { Kernel, KernelStats } from './trellis'

interface CpuTimes {
  busy: number
  total: number
}

/** /proc/stat, first line: user nice system idle iowait irq softirq steal, in ticks since boot (proc(5)). */
export function parseCpuTimes(text: string): CpuTimes {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = (
    text.split('\n')[0] ?? ''
  )
    .split(/\s+/)
    .slice(1)
    .map(Number)
  const busy = user + nice + system + irq + softirq
  return { busy, total: busy + idle + iowait + steal }
}

const tunnelId = (underlay: string, key: number) => `${underlay} ${key}`
const otherEnd = (end: EndLetter): EndLetter => (end === 'a' ? 'b' : 'a')

/** From which end of its link comes what arrives by a tunnel? The spec tells a relay's two apart, the kernel does not. */
export function originsOf(spec: NodeSpec | null): Map<string, EndLetter> {
  const origins = new Map<string, EndLetter>()
  for (const link of spec?.slivers.flatMap((s) => s.links) ?? [])
    if (link.kind === 'end')
      origins.set(tunnelId(link.tunnel.underlay, link.tunnel.key), otherEnd(endOfDevice(link.device)))
    else if (link.kind === 'relay') {
      origins.set(tunnelId(link.a.underlay, link.a.key), 'a')
      origins.set(tunnelId(link.b.underlay, link.b.key), 'b')
    }
  return origins
}

function endsOf(virtual: KernelStats['virtual']): NodeStats['ends'] {
  return virtual.flatMap(({ device, in: from, out: to, drops }) => {
    const egreKey = device === null ? null : keyOfDevice(device)
    if (device === null || egreKey === null) return []
    const counts = { rxPackets: from.packets, rxBytes: from.bytes, txPackets: to.packets, txBytes: to.bytes }
    return [{ egreKey, ...counts, end: endOfDevice(device), drops }]
  })
}

function underlayDropsOf(tunnels: KernelStats['tunnels'], spec: NodeSpec | null): NodeStats['underlayDrops'] {
  const dropping = tunnels.filter((t) => Object.keys(t.drops).length > 0)
  const origins = dropping.length > 0 ? originsOf(spec) : new Map<string, EndLetter>()
  return dropping.flatMap(({ underlay, key, drops }) => {
    const from = origins.get(tunnelId(underlay, key))
    return from ? [{ egreKey: key, from, drops }] : []
  })
}

export class StatsReader {
  private last: CpuTimes | null = null

  constructor(
    private readonly kernel: Kernel,
    private readonly reconciler: Reconciler,
  ) {}

  private async cpuMilli(): Promise<number> {
    const text = await readFile('/proc/stat', 'utf8')
    const now = parseCpuTimes(text)
    const cores = text.split('\n').filter((line) => /^cpu\d/.test(line)).length
    const busy = now.busy - (this.last?.busy ?? 0)
    const total = now.total - (this.last?.total ?? 0)
    this.last = now
    return total > 0 ? Math.round((busy / total) * cores * 1000) : 0
  }

  async read(): Promise<NodeStats> {
    const counters = await this.kernel.stats()
    return {
      cpuMilli: await this.cpuMilli(),
      memoryUsedMib: Math.round((totalmem() - freemem()) / 1024 / 1024),
      hosts: this.reconciler.report.slivers.reduce((sum, s) => sum + Object.keys(s.hosts).length, 0),
      ends: endsOf(counters.virtual),
      underlayDrops: underlayDropsOf(counters.tunnels, this.reconciler.desired),
      drops: counters.node.drops,
      ...(this.reconciler.observed && { paths: pathsTaken(this.reconciler.desired, this.reconciler.observed) }),
      emulated: counters.lines.flatMap(({ device, ...counts }) => {
        const egreKey = keyOfDevice(device)
        return egreKey === null ? [] : [{ egreKey, ...counts }]
      }),
    }
  }
}
