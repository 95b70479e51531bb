// What is asked while somebody draws? 50 hosts on 100 nodes, from an idle substrate to a full one. Runs in Node and in a
// browser alike.
import { embed } from '@myvini/core/embedding/embed'
import { randomRequest, randomSubstrate } from '@myvini/core/embedding/random-substrate'
import type { EmbeddingRequest } from '@myvini/core/embedding/request'
import type { SubstrateLinkId, SubstrateNodeId } from '@myvini/core/ids'
import type { Substrate } from '@myvini/core/substrate/substrate'
import { addNodeUsage, NOTHING_USED, type NodeUsage, type Usage } from '@myvini/core/substrate/usage'
import { type Timing, timed } from './timed'

export const NODES = 100
export const HOSTS = 50
/** Networks of 20 hosts until next to nothing fits. */
const DAY = 40
/** Times the bandwidth of `randomRequest`: on the full substrate about half of the questions are refused. */
const WIDER = 8

const wider = (request: EmbeddingRequest): EmbeddingRequest => ({
  ...request,
  links: request.links.map((link) => ({ ...link, capacityMbps: link.capacityMbps * WIDER })),
})

/** Usage after the first networks, then after more, until no more fit: what a substrate looks like over a busy day. */
function fillUp(substrate: Substrate, rounds: number): Usage[] {
  const nodes = new Map<SubstrateNodeId, NodeUsage>()
  const links = new Map<SubstrateLinkId, number>()
  const days: Usage[] = []
  for (let seed = 0; seed < rounds; seed++) {
    days.push({ nodes: new Map(nodes), links: new Map(links) })
    const request = wider(randomRequest(20, 500 + seed))
    const answer = embed(substrate, { nodes, links }, request, {
      placement: 'spread',
      seed,
      explain: 'brief',
      effort: 1e5,
    })
    if (!answer.ok) continue
    for (const wanted of request.nodes) {
      const id = answer.value.nodes.get(wanted.id)
      if (id !== undefined) addNodeUsage(nodes, id, wanted)
    }
    for (const { id, capacityMbps } of request.links)
      for (const at of answer.value.paths.get(id) ?? []) links.set(at, (links.get(at) ?? 0) + capacityMbps)
  }
  return days
}

export function fitRounds(quick: boolean): Timing[] {
  const substrate = randomSubstrate(NODES, 11)
  const usages = fillUp(substrate, DAY)
  return Array.from({ length: quick ? DAY : 4 * DAY }, (_, i) =>
    timed(substrate, usages[i % DAY] ?? NOTHING_USED, wider(randomRequest(HOSTS, 900 + i)), i),
  )
}
