import { describe, expect, test } from 'vitest'
import { requestOf } from '../embedding/request'
import type { SubstrateNodeId } from '../ids'
import { diffNode } from '../reconcile/diff'
import { KernelModel } from '../reconcile/model'
import { buildTopology } from '../topology/build'
import type { LinkVlan } from '../topology/topology'
import { compileNodeSpec, planSlice } from './compile'
import { NodeSpec } from './node-spec'
import { activeSlice, ringSubstrate } from './random-slice'

const at = { x: 0, y: 0 }
const access = (vid: number): LinkVlan => ({ mode: 'access', vid })

/** A plain LAN, one with spanning tree, and one with VLANs, on one node. */
const drawing = buildTopology(
  [
    { name: 'plain', kind: 'lan', ...at },
    { name: 'tree', kind: 'lan', ...at, stp: true },
    { name: 'vlans', kind: 'lan', ...at, stp: true, vlanFiltering: true },
    ...['a', 'b', 'r'].map((name) => ({ name, kind: 'host' as const, ...at })),
  ],
  [
    { from: 'plain', to: 'a' },
    { from: 'plain', to: 'tree' },
    { from: 'tree', to: 'vlans', vlans: [null, { mode: 'trunk', vids: [10, 20] }] },
    { from: 'vlans', to: 'b', vlans: [access(20), null] },
    { from: 'r', to: 'vlans' },
  ],
)

const { substrate, underlays } = ringSubstrate(1)
const spec = compileNodeSpec(
  'n0' as SubstrateNodeId,
  [planSlice(activeSlice('x', drawing, substrate, 1), underlays)],
  underlays,
)

describe('the switch of a LAN', () => {
  test('has the settings of the drawing, and a plain one is as it was before there were any', () => {
    const switches = NodeSpec.parse({ ...spec, generation: 1 }).slivers[0]?.switches ?? []
    const told = switches.map(({ name, stp, vlanFiltering, ports }) => ({
      ...{ name, stp, vlanFiltering, vlans: ports.map((p) => p.vlan) },
    }))
    expect(told).toEqual([
      { name: 'plain', vlans: [undefined, undefined] },
      { name: 'tree', stp: true, vlans: [undefined, undefined] },
      // The last has none in the drawing: VLAN 1, as with a switch from the factory.
      { name: 'vlans', stp: true, vlanFiltering: true, vlans: [{ trunk: [10, 20] }, { access: 20 }, { access: 1 }] },
    ])
    expect(Object.keys(spec.slivers[0]?.switches[0] ?? {})).toEqual(['key', 'name', 'ports'])
  })

  test('is asked of the kernel so, port by port', () => {
    const ops = diffNode(spec, new KernelModel().observe(), { fingerprint: JSON.stringify, configured: new Map() })
    const bridges = ops.flatMap((o) =>
      o.op === 'bridge.create' ? [{ stp: o.stp, vlanFiltering: o.vlanFiltering }] : [],
    )
    expect(bridges).toEqual([{}, { stp: true }, { stp: true, vlanFiltering: true }])
    const vlans = ops.flatMap((o) => (o.op === 'veth.configure' && o.vlan ? [o.vlan] : []))
    expect(vlans).toEqual([{ trunk: [10, 20] }, { access: 20 }, { access: 1 }])
  })

  test('is placed only where the kernel has VLANs, if it has some', () => {
    const needs = Object.fromEntries(requestOf(drawing).nodes.map((n) => [n.name, n.needs]))
    expect(needs).toMatchObject({ plain: ['netns'], tree: ['netns'], vlans: ['netns', 'bridge-vlan'] })
  })
})
