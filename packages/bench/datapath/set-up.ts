// How long does it take to set up many slices on one node, and how much memory does each take?
import { Lab, type LabNode } from '../../../kernel/tests/lab'
import { device, join, tunnel, underlay } from '../../../kernel/tests/parts'
import type { Op } from '../../../kernel/tests/trellis'
import { type Figure, median } from '../figure'
import { kernelMiB, settled } from '../settled'
import type { Part } from './part'

const SLICES = 1000
const HOSTS = ['a', 'b', 'c'] as const

interface End {
  host: (typeof HOSTS)[number]
  name: string
  /** The end that it is joined to, or another node. */
  to: string | null
}

/** Three hosts joined in a triangle, two of them with a link to another node as well. */
const TRIANGLE: readonly End[] = [
  { host: 'a', name: 'eth0', to: 'b0' },
  { host: 'b', name: 'eth0', to: 'a0' },
  { host: 'b', name: 'eth1', to: 'c0' },
  { host: 'c', name: 'eth0', to: 'b1' },
  { host: 'c', name: 'eth1', to: 'a1' },
  { host: 'a', name: 'eth1', to: 'c1' },
  { host: 'a', name: 'eth2', to: null },
  { host: 'c', name: 'eth2', to: null },
]
/** Two hosts and the router between them. */
const CHAIN: readonly End[] = [
  { host: 'a', name: 'eth0', to: 'b0' },
  { host: 'b', name: 'eth0', to: 'a0' },
  { host: 'b', name: 'eth1', to: 'c0' },
  { host: 'c', name: 'eth0', to: 'b1' },
]

const hex = (n: number, octets: number) => n.toString(16).padStart(octets * 2, '0')

/** All there is to do for `count` slices, in the order in which the agent does it. */
function upOps(count: number, each: readonly End[]): Op[][] {
  const slices = Array.from({ length: count }, (_, i) => 1 + i)
  const hosts = slices.flatMap((s) => HOSTS.map((h) => `h${s}${h}`))
  const ends = slices.flatMap((s) =>
    each.map((e, n) => ({
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

async function once(
  node: LabNode,
  count: number,
  ends: readonly End[],
  log: (line: string) => void,
): Promise<{ s: number; mib: number }> {
  const before = kernelMiB()
  const start = performance.now()
  for (const ops of upOps(count, ends)) {
    const began = performance.now()
    await node.trellis.do(...ops)
    log(`  ${ops[0]?.op} ${ops.length}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
  }
  const s = (performance.now() - start) / 1000
  const mib = (kernelMiB() - before) / count
  return { s, mib }
}

async function rounds(
  count: number,
  ends: readonly End[],
  times: number,
  log: (line: string) => void,
): Promise<{ s: number; mib: number }[]> {
  const done: { s: number; mib: number }[] = []
  for (let round = 0; round < times; round++) {
    await settled()
    const lab = new Lab()
    const node = await lab.node('n')
    const other = await lab.node('m')
    lab.connect(node, other, '192.0.2')
    await node.trellis.do(underlay('m', '192.0.2.1', '192.0.2.2'))
    const result = await once(node, count, ends, log)
    log(`${count} slices of ${ends.length} interfaces: ${result.s.toFixed(1)} s, ${result.mib.toFixed(2)} MiB each`)
    done.push({ ...result, s: (result.s * SLICES) / count })
    await lab.end()
  }
  return done
}

const [SECONDS, MEMORY, CHAINED] = ['setup_1000_slices_s', 'mem_per_slice_mib', 'mem_per_chain_mib']

export const setUp: Part = {
  ids: [SECONDS, MEMORY, CHAINED],
  async measure(wanted, { quick, log }) {
    const count = quick ? 200 : SLICES
    const figures: Figure[] = []
    const memory = (id: string, done: readonly { mib: number }[], goal: string, ends: number) => ({
      ...{ id, value: median(done.map((r) => r.mib)), unit: 'MiB', baseline: null, goal, n: done.length },
      method: `the kernel's own memory, ${count} slices of 3 hosts and ${ends} virtual interfaces, which are ${2 * ends} network devices`,
    })
    if (wanted.has(SECONDS) || wanted.has(MEMORY)) {
      const done = await rounds(count, TRIANGLE, quick ? 1 : 2, log)
      const what = `${count} slices of 3 hosts and ${TRIANGLE.length} virtual interfaces${quick ? ', times 5' : ''}`
      figures.push(
        {
          ...{ id: SECONDS, value: median(done.map((r) => r.s)), unit: 's', baseline: null },
          ...{ goal: '≤ 40, aim 10', n: done.length, method: `wall time, ${what}` },
        },
        memory(MEMORY, done, '≤ 1.2, aim 0.6', TRIANGLE.length),
      )
    }
    if (wanted.has(CHAINED))
      figures.push(memory(CHAINED, await rounds(count, CHAIN, quick ? 1 : 2, log), '', CHAIN.length))
    return figures.filter((figure) => wanted.has(figure.id))
  },
}
