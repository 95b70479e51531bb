// How long does it take to set up many slices on one node, and how much memory does each take?
import { readFileSync } from 'node:fs'
import { Lab, type LabNode } from '../../../kernel/tests/lab'
import { device, join, tunnel, underlay } from '../../../kernel/tests/parts'
import type { Op } from '../../../kernel/tests/trellis'
import { type Figure, median } from '../figure'
import type { Part } from './part'

const SLICES = 1000
const HOSTS = ['a', 'b', 'c'] as const
/** Each slice: three hosts joined in a triangle, two of them with a link to another node as well. */
const ENDS = [
  { host: 'a', name: 'eth0', to: 'b0' },
  { host: 'b', name: 'eth0', to: 'a0' },
  { host: 'b', name: 'eth1', to: 'c0' },
  { host: 'c', name: 'eth0', to: 'b1' },
  { host: 'c', name: 'eth1', to: 'a1' },
  { host: 'a', name: 'eth1', to: 'c1' },
  { host: 'a', name: 'eth2', to: null },
  { host: 'c', name: 'eth2', to: null },
] as const

const hex = (n: number, octets: number) => n.toString(16).padStart(octets * 2, '0')

/** All there is to do for slices `first` and after, in the order in which the agent does it. */
function upOps(first: number, count: number): Op[][] {
  const slices = Array.from({ length: count }, (_, i) => first + i)
  const hosts = slices.flatMap((s) => HOSTS.map((h) => `h${s}${h}`))
  const ends = slices.flatMap((s) =>
    ENDS.map((e, n) => ({
      ...{ device: `v${s}${e.host}${e.name.at(-1)}`, namespace: `h${s}${e.host}`, interface: e.name, mtuBytes: 1500 },
      ...{ to: e.to === null ? tunnel('m', s * 2 + n) : device(`v${s}${e.to}`), link: `l${s}-${n}`, n, slice: s },
    })),
  )
  return [
    slices.map((s) => ({ op: 'owner.create', owner: `s${s}`, uidBase: (s + 1) * 65_536, uidCount: 65_536 })),
    hosts.map((namespace) => ({ op: 'namespace.create', namespace, owner: `s${namespace.slice(1, -1)}` })),
    ends.map(({ to: _, link: __, n, slice, ...common }) => ({
      ...{ op: 'veth.create', ...common, mark: `myvini-${common.device}` },
      mac: `02:${hex(slice, 2).replace(/../, '$&:')}:00:00:0${n + 1}`,
    })),
    ends.flatMap(({ device: from, to, link }) =>
      to.kind === 'device' ? [{ op: 'virtual.set', device: from, link, to }] : join(link, device(from), to),
    ),
    ends.map(({ to: _, link: __, n, slice: ___, ...common }) => ({
      ...{ op: 'veth.configure', ...common, addresses: [`10.${n}.0.${common.namespace.charCodeAt(1) % 2 ? 1 : 2}/24`] },
      alias: 'done',
    })),
    hosts.map((namespace) => ({
      ...{ op: 'namespace.configure', namespace, forwarding: true, loopback: ['10.255.0.1/32'], routes: [] },
    })),
  ]
}

/** What the kernel has taken for itself: neither free, nor of processes, nor cached files or names. */
function kernelMiB(): number {
  const kib = Object.fromEntries(
    [...readFileSync('/proc/meminfo', 'utf8').matchAll(/^(\w+):\s+(\d+)/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]),
  )
  const of = (name: string) => kib[name] ?? 0
  const others = ['MemFree', 'Buffers', 'Cached', 'SwapCached', 'AnonPages', 'SReclaimable', 'PageTables']
  return others.reduce((left, name) => left - of(name), of('MemTotal')) / 1024
}

async function once(node: LabNode, count: number, log: (line: string) => void): Promise<{ s: number; mib: number }> {
  const before = kernelMiB()
  const start = performance.now()
  for (const ops of upOps(1, count)) {
    const began = performance.now()
    await node.trellis.do(...ops)
    log(`  ${ops[0]?.op} ${ops.length}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
  }
  const s = (performance.now() - start) / 1000
  const mib = (kernelMiB() - before) / count
  return { s, mib }
}

export const setUp: Part = {
  ids: ['setup_1000_slices_s', 'mem_per_slice_mib'],
  async measure(wanted, { quick, log }) {
    const count = quick ? 200 : SLICES
    const rounds: { s: number; mib: number }[] = []
    for (let round = 0; round < (quick ? 1 : 2); round++) {
      const lab = new Lab()
      const node = await lab.node('n')
      const other = await lab.node('m')
      lab.connect(node, other, '192.0.2')
      await node.trellis.do(underlay('m', '192.0.2.1', '192.0.2.2'))
      const result = await once(node, count, log)
      log(`${count} slices: ${result.s.toFixed(1)} s, ${result.mib.toFixed(2)} MiB each`)
      rounds.push({ ...result, s: (result.s * SLICES) / count })
      await lab.end()
    }
    const what = `${count} slices of 3 hosts and 8 interfaces${quick ? ', times 5' : ''}`
    const figures: Figure[] = [
      {
        ...{ id: 'setup_1000_slices_s', value: median(rounds.map((r) => r.s)), unit: 's', baseline: null },
        ...{ goal: '≤ 40, aim 10', n: rounds.length, method: `wall time, ${what}` },
      },
      {
        ...{ id: 'mem_per_slice_mib', value: median(rounds.map((r) => r.mib)), unit: 'MiB', baseline: null },
        ...{ goal: '≤ 1.2, aim 0.6', n: rounds.length, method: `the kernel's own memory, ${what}` },
      },
    ]
    return figures.filter((figure) => wanted.has(figure.id))
  },
}
