import { describe, expect, test } from 'vitest'
import { NOTHING_USED } from '../substrate/usage'
import { checkEmbedding } from './check-embedding'
import { embed, embedSteps } from './embed'
import type { Embedding, EmbeddingOptions } from './embedding'
import { randomRequest, randomSubstrate } from './random-substrate'
import type { EmbeddingRequest } from './request'
import { host, inSite, lan, link, onNode, TWO_SITES } from './two-sites'

function embedded(
  request: EmbeddingRequest,
  placement: EmbeddingOptions['placement'],
  substrate = TWO_SITES,
): Embedding {
  const answer = embed(substrate, NOTHING_USED, request, { placement, seed: 1 })
  if (!answer.ok) throw new Error(answer.problem.message)
  expect(checkEmbedding(substrate, NOTHING_USED, request, { placement }, answer.value)).toEqual([])
  return answer.value
}

const hosts = (count: number) => Array.from({ length: count }, (_, i) => host(`r${i + 1}`))
const ring = (count: number) =>
  Array.from({ length: count }, (_, i) => link(`r${i + 1}`, `r${((i + 1) % count) + 1}`, 10))
const crowds = ({ nodes }: Embedding) => {
  const counts = new Map<string, number>()
  for (const node of nodes.values()) counts.set(node, (counts.get(node) ?? 0) + 1)
  return [...counts.values()].toSorted((a, b) => b - a)
}
const hops = ({ paths }: Embedding) => [...paths.values()].reduce((sum, path) => sum + path.length, 0)

describe('placement', () => {
  test('spread gives each of four hosts a node of its own, along the links of the substrate', () => {
    const answer = embedded({ nodes: hosts(4), links: ring(4) }, 'spread')
    expect(crowds(answer)).toEqual([1, 1, 1, 1])
    expect(hops(answer)).toBe(4)
  })

  test('spread balances eight hosts over four nodes and keeps neighbours together', () => {
    const answer = embedded({ nodes: hosts(8), links: ring(8) }, 'spread')
    expect(crowds(answer)).toEqual([2, 2, 2, 2])
    expect(hops(answer)).toBe(4)
  })

  test('spread does not send a small network over a large substrate', () => {
    const substrate = randomSubstrate(200, 7)
    const answer = embedded({ nodes: hosts(6), links: ring(6) }, 'spread', substrate)
    expect(crowds(answer)).toEqual([1, 1, 1, 1, 1, 1])
    expect(hops(answer)).toBeLessThanOrEqual(8)
  })

  test('pack uses no bandwidth where one node can take all', () => {
    const answer = embedded({ nodes: hosts(8), links: ring(8) }, 'pack')
    expect(crowds(answer)).toEqual([8])
    expect(hops(answer)).toBe(0)
  })

  test('distinct gives every host its own node, and lets the switch of a LAN share one', () => {
    const nodes = [...hosts(4), lan('office')]
    const answer = embedded({ nodes, links: [1, 2, 3, 4].map((i) => link('office', `r${i}`, 10)) }, 'distinct')
    expect(crowds(answer)).toEqual([2, 1, 1, 1])
  })

  test('hosts with one label are apart, pins are kept', () => {
    const nodes = [
      host('r1', { apart: 'routers' }),
      host('r2', { apart: 'routers', ...inSite('Houston') }),
      host('r3', { apart: 'routers', ...onNode('houston-1') }),
    ]
    const answer = embedded({ nodes, links: [] }, 'pack')
    expect(answer.nodes.get('r2')).toBe('houston-2')
    expect(answer.nodes.get('r3')).toBe('houston-1')
    expect(crowds(answer)).toEqual([1, 1, 1])
  })
})

describe('paths', () => {
  const ends = [host('r1', onNode('chicago-1')), host('r2', onNode('houston-2'))]

  test('a link takes the way with room, though it is longer', () => {
    const answer = embedded({ nodes: ends, links: [link('r1', 'r2', 400)] }, 'spread')
    expect([...answer.paths.values()]).toEqual([['chicago-1_houston-1', 'houston-1_houston-2']])
  })

  test('a link takes the way that is quick enough', () => {
    const answer = embedded({ nodes: ends, links: [link('r1', 'r2', 10, 16)] }, 'spread')
    expect([...answer.paths.values()]).toEqual([['chicago-1_houston-1', 'houston-1_houston-2']])
  })

  test('a path is told from the first end of the link to the second', () => {
    const answer = embedded({ nodes: ends, links: [link('r2', 'r1', 400)] }, 'spread')
    expect([...answer.paths.values()]).toEqual([['houston-1_houston-2', 'chicago-1_houston-1']])
  })

  test('a link from a host to itself takes no path', () => {
    const answer = embedded({ nodes: ends, links: [link('r1', 'r1', 5000)] }, 'spread')
    expect([...answer.paths.values()]).toEqual([[]])
  })

  test('a drained node relays nothing', () => {
    const nodes = TWO_SITES.nodes.map((n) => (n.name === 'houston-1' ? { ...n, available: false } : n))
    const substrate = { ...TWO_SITES, nodes }
    const answer = embedded({ nodes: ends, links: [link('r1', 'r2', 10)] }, 'spread', substrate)
    expect([...answer.paths.values()]).toEqual([['chicago-1_chicago-2', 'chicago-2_houston-2']])
  })
})

describe('the search', () => {
  test('nothing asked is nothing placed', () => {
    expect(embedded({ nodes: [], links: [] }, 'spread')).toEqual({ nodes: new Map(), paths: new Map() })
  })

  test('500 hosts on 1,000 nodes: progress on the way, and every promise kept', () => {
    const substrate = randomSubstrate(1000, 5)
    const request = randomRequest(500, 3)
    const placed: number[] = []
    const steps = embedSteps(substrate, NOTHING_USED, request, { placement: 'spread', seed: 1, effort: 1e6 })
    let step = steps.next()
    for (; !step.done; step = steps.next()) placed.push(step.value.placed)
    expect(placed.length).toBeGreaterThan(50)
    expect(placed.at(-1)).toBe(500)
    const answer = step.value
    if (!answer.ok) throw new Error(answer.problem.message)
    expect(checkEmbedding(substrate, NOTHING_USED, request, { placement: 'spread' }, answer.value)).toEqual([])
  })

  test('stopped before the first answer it says so; stopped after, it gives what it has', () => {
    const substrate = randomSubstrate(300, 5)
    const request = randomRequest(100, 3)
    const stopped = embed(substrate, NOTHING_USED, request, { placement: 'spread', seed: 1, shouldStop: () => true })
    expect(stopped.ok ? '' : stopped.problem.code).toBe('embedding.stopped')

    let found: Embedding | null = null
    const steps = embedSteps(substrate, NOTHING_USED, request, {
      placement: 'spread',
      seed: 1,
      shouldStop: () => found !== null,
    })
    let step = steps.next()
    for (; !step.done; step = steps.next()) found ??= step.value.found()
    expect(step.value).toEqual({ ok: true, value: found })
  })

  test('more effort never gives a worse embedding', () => {
    const substrate = randomSubstrate(60, 2)
    const request = randomRequest(30, 4)
    const cost = (effort: number) => {
      const answer = embed(substrate, NOTHING_USED, request, { placement: 'distinct', seed: 1, effort })
      if (!answer.ok) throw new Error(answer.problem.message)
      const { paths } = answer.value
      return request.links.reduce((sum, l) => sum + l.capacityMbps * (paths.get(l.id)?.length ?? 0), 0)
    }
    expect(cost(3e6)).toBeLessThan(cost(1))
  })
})
