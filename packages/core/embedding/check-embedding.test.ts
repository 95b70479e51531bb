import { describe, expect, test } from 'vitest'
import type { SubstrateNodeId } from '../ids'
import { LinkId, SubstrateLinkId } from '../ids'
import { NOTHING_USED, type Usage } from '../substrate/usage'
import { checkEmbedding } from './check-embedding'
import { host, inSite, join, link, node } from './two-sites'

const SUBSTRATE = {
  nodes: [node('a', 'A'), node('b', 'B'), node('c', 'B'), node('away', 'B', { available: false })],
  links: [
    join('a', 'b', 100, 5),
    join('b', 'c', 100, 5),
    join('a', 'c', 0, 1),
    join('b', 'away', 100),
    join('away', 'c', 100),
  ],
}
const REQUEST = {
  nodes: [host('r1', { ...inSite('A'), apart: 'x' }), host('r2', { apart: 'x', cpuMilli: 3000 })],
  links: [link('r1', 'r2', 60, 12)],
}

const check = (r1: string, r2: string, path: readonly string[], used: Usage = NOTHING_USED) =>
  checkEmbedding(
    SUBSTRATE,
    used,
    REQUEST,
    { placement: 'spread' },
    {
      // Ids of SUBSTRATE, as plain strings.
      nodes: new Map([
        ['r1', r1 as SubstrateNodeId],
        ['r2', r2 as SubstrateNodeId],
      ]),
      paths: new Map([[LinkId.parse('r1_r2'), path.map((id) => SubstrateLinkId.parse(id))]]),
    },
  ).map(({ code, message }) => `${code.replace('embedding.', '')}: ${message}`)

describe('the checker finds each kind of fault', () => {
  test('nothing where all is well', () => {
    expect(check('a', 'c', ['a_b', 'b_c'])).toEqual([])
  })
  test('a host outside its site', () => {
    expect(check('b', 'c', ['b_c'])).toEqual(['wrong-place: r1 is on b, but is pinned to site A.'])
  })
  test('a node that is away', () => {
    expect(check('a', 'away', ['a_b', 'b_away'])).toContain('wrong-place: r2 is on away, which is not available.')
  })
  test('hosts that should be apart', () => {
    expect(check('a', 'a', [])).toEqual(['not-apart: r1 and r2 share a node.'])
  })
  test('an overbooked node', () => {
    const used = {
      nodes: new Map([[node('c', 'B').id, { cpuMilli: 1500, memoryMib: 0, diskMib: 0, hostSlots: 0 }]]),
      links: new Map(),
    }
    expect(check('a', 'c', ['a_b', 'b_c'], used)).toEqual([
      'overbooked-node: c would carry more than it has (cpuMilli).',
    ])
  })
  test('a node with less disk than is promised of it', () => {
    const substrate = { nodes: [node('a', 'A', { diskMib: 300 })], links: [] }
    const request = { nodes: [host('r1', { diskMib: 200 }), host('r2', { diskMib: 101 })], links: [] }
    const [{ id } = node('a', 'A')] = substrate.nodes
    const embedding = { nodes: new Map(request.nodes.map((n) => [n.id, id])), paths: new Map() }
    expect(
      checkEmbedding(substrate, NOTHING_USED, request, { placement: 'spread' }, embedding).map((p) => p.message),
    ).toEqual(['a would carry more than it has (diskMib).'])
  })
  test('an overbooked link', () => {
    const used = { nodes: new Map(), links: new Map([[join('b', 'c', 0).id, 41]]) }
    expect(check('a', 'c', ['a_b', 'b_c'], used)).toEqual([
      'overbooked-link: b_c would carry more than its 100 Mbit/s.',
    ])
  })
  test('a path that jumps, that ends early, that goes over a dead link or a node that is away', () => {
    expect(check('a', 'c', ['b_c'])).toEqual(['wrong-path: r1–r2 jumps to b_c.'])
    expect(check('a', 'c', ['a_b'])).toEqual(['wrong-path: r1–r2 ends at the wrong node.'])
    expect(check('a', 'c', ['a_c'])[0]).toBe('wrong-path: r1–r2 uses a_c, which has no capacity.')
    expect(check('a', 'c', ['a_b', 'b_away', 'away_c'])).toEqual([
      'wrong-path: r1–r2 goes through a node that is not available.',
    ])
  })
  test('a path that visits a node twice', () => {
    expect(check('a', 'b', ['a_b', 'b_c', 'b_c'])).toContain('wrong-path: r1–r2 visits a node twice.')
  })
})
