// How long does a node take to set up and take down many virtual hosts?  tsx kernel/bench/set-up.ts [hosts] [rounds]
import { Lab } from '../tests/lab'
import type { Op } from '../tests/trellis'

const hosts = Number(process.argv[2] ?? 100)
const rounds = Number(process.argv[3] ?? 3)

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** A chain: host i and i+1 are joined by link i, both on this node. */
function upOps(): Op[][] {
  const ends = Array.from({ length: hosts - 1 }, (_, i) => [
    { device: `v${i}a`, to: `v${i}b`, host: i, interface: 'east', n: 1, link: i },
    { device: `v${i}b`, to: `v${i}a`, host: i + 1, interface: 'west', n: 2, link: i },
  ]).flat()
  const hex = (n: number, width: number) => n.toString(16).padStart(width, '0')
  const names = Array.from({ length: hosts }, (_, i) => `h${i}`)
  return [
    [{ op: 'owner.create', owner: 's', uidBase: 100000, uidCount: 65536 }],
    names.map((namespace) => ({ op: 'namespace.create', namespace, owner: 's' })),
    ends.map((e) => ({
      ...{ op: 'veth.create', device: e.device, namespace: `h${e.host}`, interface: e.interface },
      ...{ mac: `02:00:${hex(e.link >> 8, 2)}:${hex(e.link & 255, 2)}:00:0${e.n}` },
      ...{ mtuBytes: 1500, mark: `myvini-${e.device}` },
    })),
    ends.map((e) => ({
      op: 'virtual.set',
      device: e.device,
      link: `l${e.link}`,
      to: { kind: 'device', device: e.to },
    })),
    ends.map((e) => ({
      ...{ op: 'veth.configure', device: e.device, namespace: `h${e.host}`, interface: e.interface, mtuBytes: 1500 },
      ...{
        addresses: [`10.${e.link >> 8}.${e.link & 255}.${e.n}/24`, `fd00:${hex(e.link, 1)}::${e.n}/64`],
        alias: 'done',
      },
    })),
    names.map((namespace, i) => ({
      ...{ op: 'namespace.configure', namespace, forwarding: true, loopback: [`172.16.${i >> 8}.${i & 255}/32`] },
      ...{ routes: i + 1 < hosts ? [{ to: 'default', via: `10.${i >> 8}.${i & 255}.2`, interface: 'east' }] : [] },
    })),
  ]
}

const lab = new Lab()
const node = await lab.node('bench')
const table: Record<string, number[]> = {}
const note = async (what: string, work: () => Promise<unknown>) => {
  const start = performance.now()
  await work()
  table[what] = [...(table[what] ?? []), performance.now() - start]
}

for (let round = 0; round < rounds; round++) {
  const groups = upOps()
  await note('up', async () => {
    for (const ops of groups) await note(`  ${ops[0]?.op}`, () => node.trellis.do(...ops))
  })
  await note('observe', () => node.trellis.do({ op: 'observe' }))
  await note('stats', () => node.trellis.do({ op: 'stats' }))
  const devices = groups[2]?.map((op) => String(op.device)) ?? []
  await note('down', async () => {
    await note('  device.delete', () => node.trellis.do({ op: 'device.delete', devices }))
    await note('  namespace.delete', () =>
      node.trellis.do(...Array.from({ length: hosts }, (_, i) => ({ op: 'namespace.delete', namespace: `h${i}` }))),
    )
    await node.trellis.do({ op: 'owner.delete', owner: 's' })
  })
}
process.stdout.write(`${hosts} hosts, ${hosts - 1} links, ${rounds} rounds, median in ms\n`)
for (const [what, times] of Object.entries(table))
  process.stdout.write(
    `${what.padEnd(24)}${median(times).toFixed(1).padStart(9)}   ${times.map((t) => t.toFixed(0)).join(' ')}\n`,
  )
await lab.end()
