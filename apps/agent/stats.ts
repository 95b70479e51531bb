// How busy is the node, and what has passed each virtual link?

import { readFile } from 'node:fs/promises'
import { freemem, totalmem } from 'node:os'
import { keyOfDevice } from '@myvini/core/desired/naming'
import type { NodeStats } from '@myvini/core/desired/report'
import type { Reconciler } from './reconciler'
import type { Kernel } from './trellis'

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
    const ends = counters.virtual.flatMap((v) => {
      const egreKey = v.device === null ? null : keyOfDevice(v.device)
      if (egreKey === null) return []
      return [{ egreKey, rxPackets: v.in.packets, rxBytes: v.in.bytes, txPackets: v.out.packets, txBytes: v.out.bytes }]
    })
    return {
      cpuMilli: await this.cpuMilli(),
      memoryUsedMib: Math.round((totalmem() - freemem()) / 1024 / 1024),
      hosts: this.reconciler.report.slivers.reduce((sum, s) => sum + Object.keys(s.hosts).length, 0),
      ends,
      drops: counters.node.drops,
      emulated: counters.lines.flatMap(({ device, ...counts }) => {
        const egreKey = keyOfDevice(device)
        return egreKey === null ? [] : [{ egreKey, ...counts }]
      }),
    }
  }
}
