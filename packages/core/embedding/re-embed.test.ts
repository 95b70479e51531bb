import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SubstrateNodeId } from '../ids'
import { claimsOf } from '../reservation/claims'
import type { Substrate } from '../substrate/substrate'
import { NOTHING_USED, noNodeUsage } from '../substrate/usage'
import { checkEmbedding } from './check-embedding'
import { embed } from './embed'
import { randomRequest, randomSubstrate } from './random-substrate'
import { type Loss, reEmbed } from './re-embed'
import { host, inSite, link, onNode, TWO_SITES } from './two-sites'

const options = { placement: 'spread', seed: 1 } as const
const lost = (...names: string[]) => new Set(names.map((name) => SubstrateNodeId.parse(name)))

function loss(
  nodes: ReturnType<typeof host>[],
  links: ReturnType<typeof link>[],
  gone: string,
  more: Partial<Loss> = {},
) {
  const request = { nodes, links }
  const substrate: Substrate = more.substrate ?? TWO_SITES
  const solved = embed(substrate, NOTHING_USED, request, options)
  if (!solved.ok) throw new Error(solved.problem.message)
  return { substrate, used: NOTHING_USED, request, current: solved.value, lost: lost(gone), options, ...more }
}

describe('when a node is lost', () => {
  test('what stood on it moves, and what stands elsewhere stays', () => {
    const here = loss(
      [host('a', onNode('chicago-1')), host('b', inSite('Houston'))],
      [link('a', 'b', 100)],
      'houston-1',
    )
    const question = {
      ...here,
      current: {
        ...here.current,
        nodes: new Map([
          ['a', SubstrateNodeId.parse('chicago-1')],
          ['b', SubstrateNodeId.parse('houston-1')],
        ]),
      },
    }
    const result = reEmbed(question)
    expect(result.ok && [...result.value.embedding.nodes]).toEqual([
      ['a', 'chicago-1'],
      ['b', 'houston-2'],
    ])
    expect(result.ok && result.value).toMatchObject({ moved: ['b'], stuck: [], replaced: ['a_b'] })
  })

  test('a path over it goes another way, and nobody moves', () => {
    const question = loss(
      [host('a', onNode('chicago-2')), host('b', onNode('houston-1'))],
      [link('a', 'b', 100, 17)],
      'houston-2',
    )
    const current = {
      ...question.current,
      paths: new Map([
        [link('a', 'b', 1).id, [...TWO_SITES.links.slice(3), ...TWO_SITES.links.slice(1, 2)].map((l) => l.id)],
      ]),
    }
    const result = reEmbed({ ...question, current })
    expect(result.ok && result.value.moved).toEqual([])
    expect(result.ok && [...result.value.embedding.paths.values()]).toEqual([
      ['chicago-1_chicago-2', 'chicago-1_houston-1'],
    ])
  })

  test('what a person pinned to it waits there, and the rest moves', () => {
    const here = loss(
      [host('a', onNode('houston-1')), host('b'), host('c', onNode('chicago-1'))],
      [link('a', 'b', 10), link('b', 'c', 10)],
      'houston-1',
    )
    const nodes = new Map(
      [
        ['a', 'houston-1'],
        ['b', 'houston-1'],
        ['c', 'chicago-1'],
      ].map(([id = '', on]) => [id, SubstrateNodeId.parse(on)]),
    )
    const result = reEmbed({
      ...here,
      current: {
        nodes,
        paths: new Map([
          [here.request.links[0]?.id ?? link('a', 'b', 1).id, []],
          [link('b', 'c', 1).id, [TWO_SITES.links[2]?.id].flatMap((id) => id ?? [])],
        ]),
      },
    })
    expect(result.ok && result.value).toMatchObject({ moved: ['b'], stuck: ['a'] })
    expect(result.ok && result.value.embedding.nodes.get('a')).toBe('houston-1')
    expect(result.ok && result.value.embedding.nodes.get('b')).not.toBe('houston-1')
    // b–c does not lead over the node that nobody reaches.
    expect(
      result.ok && result.value.embedding.paths.get(link('b', 'c', 1).id)?.some((id) => id.includes('houston-1')),
    ).toBe(false)
  })

  test('a node that takes nothing new keeps what it has and gets no more', () => {
    const substrate = {
      ...TWO_SITES,
      nodes: TWO_SITES.nodes.map((n) => (n.name === 'chicago-1' ? { ...n, available: false } : n)),
    }
    const here = loss(
      [host('a', onNode('chicago-1')), host('b', { cpuMilli: 4000, ...inSite('Houston') })],
      [link('a', 'b', 10)],
      'houston-1',
    )
    const nodes = new Map([
      ['a', SubstrateNodeId.parse('chicago-1')],
      ['b', SubstrateNodeId.parse('houston-1')],
    ])
    const result = reEmbed({ ...here, substrate, current: { ...here.current, nodes } })
    expect(result.ok && [...result.value.embedding.nodes.values()]).toEqual(['chicago-1', 'houston-2'])
  })

  test('where the rest has no room for it the reason is told in words', () => {
    const here = loss(
      [host('a', { cpuMilli: 4000, ...inSite('Houston') }), host('b', { cpuMilli: 4000, ...inSite('Houston') })],
      [],
      'houston-1',
    )
    const result = reEmbed(here)
    expect(result.ok).toBe(false)
    expect(!result.ok && result.problem.message).not.toBe('')
  })

  test('a container goes where its disk has room, and stays where it is though nobody else would find any there', () => {
    const substrate = {
      ...TWO_SITES,
      nodes: TWO_SITES.nodes.map((n) => (n.name === 'chicago-1' ? { ...n, available: false } : n)),
    }
    const here = loss(
      [host('a', { diskMib: 65_536, ...onNode('chicago-1') }), host('b', { diskMib: 4096 })],
      [],
      'houston-1',
    )
    const nodes = new Map([
      ['a', SubstrateNodeId.parse('chicago-1')],
      ['b', SubstrateNodeId.parse('houston-1')],
    ])
    const full = { ...noNodeUsage(), diskMib: 64_000 }
    const used = { nodes: new Map([[SubstrateNodeId.parse('chicago-2'), full]]), links: new Map() }
    const result = reEmbed({ ...here, substrate, used, current: { ...here.current, nodes } })
    expect(result.ok && [...result.value.embedding.nodes.values()]).toEqual(['chicago-1', 'houston-2'])
  })

  test('of random networks: every promise is kept, nothing is on the lost node, and nothing moved without need', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.nat(11), (seed, which) => {
        const substrate = randomSubstrate(12, seed)
        const request = randomRequest(8, seed)
        const solved = embed(substrate, NOTHING_USED, request, options)
        const gone = substrate.nodes[which]
        if (!solved.ok || !gone) return
        const current = solved.value
        const result = reEmbed({ substrate, used: NOTHING_USED, request, current, lost: new Set([gone.id]), options })
        if (!result.ok) return
        const { embedding, moved } = result.value
        expect(checkEmbedding(substrate, NOTHING_USED, request, options, embedding)).toEqual([])
        expect(claimsOf(request, embedding).nodes.has(gone.id)).toBe(false)
        for (const [id, node] of current.nodes)
          if (node === gone.id) expect(moved).toContain(id)
          else expect(embedding.nodes.get(id)).toBe(node)
      }),
      { numRuns: 60 },
    )
  })
})
