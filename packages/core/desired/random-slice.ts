// What does an arbitrary running slice look like to the planner? Material for property tests and simulations.
import { embed } from '../embedding/embed'
import { requestOf } from '../embedding/request'
import type { ReservationId, SliceId, SubstrateLinkId, SubstrateNodeId } from '../ids'
import type { Substrate } from '../substrate/substrate'
import { NOTHING_USED } from '../substrate/usage'
import type { Topology } from '../topology/topology'
import type { ActiveSlice, Underlay } from './compile'

/** A ring of `nodes` substrate nodes with room for anything: the box in miniature. */
export function ringSubstrate(nodes: number): { substrate: Substrate; underlays: Map<SubstrateLinkId, Underlay> } {
  const id = (i: number) => `n${i}` as SubstrateNodeId
  const linkId = (i: number) => `u${i}` as SubstrateLinkId
  const ring = Array.from({ length: nodes > 2 ? nodes : nodes - 1 }, (_, i) => ({
    i,
    a: id(i),
    b: id((i + 1) % nodes),
  }))
  return {
    substrate: {
      nodes: Array.from({ length: nodes }, (_, i) => ({
        id: id(i),
        name: `node-${i}`,
        site: `site-${i}`,
        cpuMilli: 1_000_000,
        memoryMib: 1_000_000,
        diskMib: 1_000_000,
        hostSlots: 10_000,
        capabilities: ['netns', 'vserver', 'egre-bpf', 'bridge-vlan'],
        available: true,
      })),
      links: ring.map(({ i, a, b }) => ({ id: linkId(i), a, b, capacityMbps: 1_000_000, delayMs: 5, mtuBytes: 1600 })),
    },
    underlays: new Map(
      ring.map(({ i, a, b }) => [
        linkId(i),
        {
          id: linkId(i),
          a: { node: a, address: `192.168.${i}.1` },
          b: { node: b, address: `192.168.${i}.2` },
          mtuBytes: 1600,
          capacityMbps: 1_000_000,
        },
      ]),
    ),
  }
}

/** Embeds `topology` and gives it keys from `firstKey` on. `name` tells its slice and reservation from others. */
export function activeSlice(name: string, topology: Topology, substrate: Substrate, firstKey: number): ActiveSlice {
  const result = embed(substrate, NOTHING_USED, requestOf(topology), { placement: 'spread', seed: 1, effort: 1e4 })
  if (!result.ok) throw new Error(result.problem.message)
  return {
    slice: `slice-${name}` as SliceId,
    reservation: `res-${name}` as ReservationId,
    label: `test/${name}`,
    topology,
    nodes: result.value.nodes,
    paths: result.value.paths,
    keys: new Map(topology.links.map((l, i) => [l.id, firstKey + i])),
    uidBases: new Map(substrate.nodes.map((n) => [n.id, 65_536 * (2 + firstKey)])),
  }
}
