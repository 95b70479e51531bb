import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SubstrateLinkId, SubstrateNodeId } from '../ids'
import type { Substrate } from '../substrate/substrate'
import { NOTHING_USED, type NodeUsage, noNodeUsage, type Usage } from '../substrate/usage'
import { fitsByBruteForce } from './brute-force'
import { checkEmbedding } from './check-embedding'
import { embed } from './embed'
import type { EmbeddingOptions } from './embedding'
import { applyChange } from './refusal/apply-change'
import type { EmbeddingRequest } from './request'
import { host, join, lan, link, node } from './two-sites'

interface Question {
  substrate: Substrate
  used: Usage
  request: EmbeddingRequest
  options: EmbeddingOptions
}

const emptied = (substrate: Substrate): Substrate => ({
  ...substrate,
  nodes: substrate.nodes.map((n) => ({ ...n, available: true })),
})

/** Substrates and requests so tight that about half of the requests do not fit. */
function questions(size: { nodes: number; hosts: number; links: number }): fc.Arbitrary<Question> {
  const pick = <T>(...values: T[]) => fc.constantFrom(...values)
  const pairs = (count: number, most: number): fc.Arbitrary<[number, number][]> =>
    fc.uniqueArray(
      fc.tuple(fc.nat(count - 1), fc.nat(count - 1)).filter(([a, b]) => a < b),
      { maxLength: most, selector: ([a, b]) => `${a}-${b}` },
    )
  return fc
    .record({
      nodes: fc.integer({ min: 1, max: size.nodes }),
      hosts: fc.integer({ min: 1, max: size.hosts }),
      lans: pick(0, 0, 1),
      placement: fc.constantFrom('spread' as const, 'pack' as const, 'distinct' as const),
      seed: fc.nat(1000),
    })
    .chain(({ nodes, hosts, lans, placement, seed }) => {
      const members = hosts + lans
      return fc
        .record({
          nodes: fc.array(
            fc.record({
              cpuMilli: pick(1000, 2000, 4000),
              site: pick('a', 'b'),
              available: pick(true, true, true, true, false),
              netns: pick(true, true, true, false),
              used: pick(0, 0, 500, 1500),
              diskMib: pick(100, 300, 1000),
              usedDisk: pick(0, 0, 100, 250),
            }),
            { minLength: nodes, maxLength: nodes },
          ),
          joins: pairs(nodes, nodes > 1 ? size.nodes + 2 : 0),
          widths: fc.array(
            fc.record({ capacity: pick(0, 50, 100, 200), delay: pick(1, 5, 10), used: pick(0, 0, 30, 60) }),
            {
              minLength: size.nodes + 2,
              maxLength: size.nodes + 2,
            },
          ),
          hosts: fc.array(
            fc.record({
              cpuMilli: pick(0, 500, 1000, 1500),
              diskMib: pick(0, 0, 0, 100, 200),
              pin: pick(null, null, null, 'a', 'b', 'n0', 'n1', 'gone'),
              apart: pick(null, null, null, 'x', 'y'),
              netns: pick(true, false),
            }),
            { minLength: hosts, maxLength: hosts },
          ),
          vlinks: pairs(members, members > 1 ? size.links : 0),
          wants: fc.array(fc.record({ capacity: pick(0, 20, 40, 60, 100), delay: pick(null, null, 4, 11, 20) }), {
            minLength: size.links,
            maxLength: size.links,
          }),
        })
        .map((drawn): Question => {
          const substrate: Substrate = {
            nodes: drawn.nodes.map((n, i) =>
              node(`n${i}`, n.site, {
                cpuMilli: n.cpuMilli,
                available: n.available,
                capabilities: n.netns ? ['netns'] : [],
                diskMib: n.diskMib,
                hostSlots: 3,
              }),
            ),
            links: drawn.joins.map(([a, b], i) =>
              join(`n${a}`, `n${b}`, drawn.widths[i]?.capacity ?? 0, drawn.widths[i]?.delay),
            ),
          }
          const usedNodes = new Map<SubstrateNodeId, NodeUsage>()
          substrate.nodes.forEach(({ id }, i) => {
            usedNodes.set(id, {
              ...noNodeUsage(),
              cpuMilli: drawn.nodes[i]?.used ?? 0,
              diskMib: drawn.nodes[i]?.usedDisk ?? 0,
            })
          })
          const usedLinks = new Map<SubstrateLinkId, number>()
          substrate.links.forEach(({ id }, i) => {
            usedLinks.set(id, drawn.widths[i]?.used ?? 0)
          })
          const pinOf = (pin: string | null) =>
            pin === null
              ? null
              : pin.length === 1
                ? { kind: 'site' as const, site: pin }
                : { kind: 'node' as const, node: pin }
          const requested = drawn.hosts.map((h, i) =>
            host(`h${i}`, {
              ...{ cpuMilli: h.cpuMilli, diskMib: h.diskMib, pin: pinOf(h.pin), apart: h.apart },
              needs: h.netns ? ['netns'] : [],
            }),
          )
          const all = lans > 0 ? [...requested, lan('lan0')] : requested
          const name = (i: number) => all[i]?.id ?? ''
          return {
            substrate,
            used: { nodes: usedNodes, links: usedLinks },
            request: {
              nodes: all,
              links: drawn.vlinks.map(([a, b], i) =>
                link(name(a), name(b), drawn.wants[i]?.capacity ?? 0, drawn.wants[i]?.delay ?? null),
              ),
            },
            options: { placement, seed },
          }
        })
    })
}

const TINY = { nodes: 5, hosts: 4, links: 5 }
const MIDDLING = { nodes: 14, hosts: 12, links: 18 }

// Some seconds each, more on a loaded machine.
describe('random requests', { timeout: 60_000 }, () => {
  test('2,000 tiny requests: what is embedded holds, what is refused does not fit by brute force, now or ever', () => {
    const tally = { fits: 0, notNow: 0, never: 0 }
    fc.assert(
      fc.property(questions(TINY), ({ substrate, used, request, options }) => {
        const answer = embed(substrate, used, request, options)
        if (answer.ok) {
          tally.fits++
          expect(checkEmbedding(substrate, used, request, options, answer.value)).toEqual([])
          return
        }
        tally[answer.problem.when === 'never' ? 'never' : 'notNow']++
        expect(answer.problem.proven).toBe(true)
        expect(fitsByBruteForce(substrate, used, request, options)).toBe(false)
        const ever = fitsByBruteForce(emptied(substrate), NOTHING_USED, request, options)
        expect(answer.problem.when).toBe(ever ? 'not-now' : 'never')
      }),
      { numRuns: 2000, seed: 5 },
    )
    // The generator would be useless if nearly all fell to one side.
    expect(Math.min(tally.fits, tally.notNow, tally.never)).toBeGreaterThan(100)
  })

  test('the parts that a refusal names do not fit by brute force, and without any one of them the rest does', () => {
    fc.assert(
      fc.property(questions(TINY), ({ substrate, used, request, options }) => {
        const answer = embed(substrate, used, request, options)
        if (answer.ok) return
        const { parts, when } = answer.problem
        const [place, taken] = when === 'never' ? [emptied(substrate), NOTHING_USED] : [substrate, used]
        const fits = (ids: readonly string[]) => {
          const nodes = request.nodes.filter(({ id }) => ids.includes(id))
          const has = (id: string) => nodes.some((n) => n.id === id)
          const links = request.links.filter(({ id, a, b }) => ids.includes(id) && has(a) && has(b))
          return fitsByBruteForce(place, taken, { nodes, links }, options)
        }
        expect(fits(parts)).toBe(false)
        for (const part of parts) expect(fits(parts.filter((other) => other !== part))).toBe(true)
      }),
      { numRuns: 1000, seed: 6 },
    )
  })

  test('the change that a refusal offers makes the request fit, now or on an empty substrate', () => {
    fc.assert(
      fc.property(questions(TINY), ({ substrate, used, request, options }) => {
        const answer = embed(substrate, used, request, options)
        if (answer.ok || !answer.problem.change || answer.problem.code === 'embedding.pin-unknown') return
        const changed = applyChange(request, options.placement, answer.problem.change)
        const now = fitsByBruteForce(substrate, used, changed.request, changed)
        expect(now || fitsByBruteForce(emptied(substrate), NOTHING_USED, changed.request, changed)).toBe(true)
      }),
      { numRuns: 1000, seed: 7 },
    )
  })

  test('1,000 larger requests: every embedding keeps every promise', () => {
    let fits = 0
    fc.assert(
      fc.property(questions(MIDDLING), ({ substrate, used, request, options }) => {
        const answer = embed(substrate, used, request, { ...options, explain: 'brief', effort: 2e5 })
        if (!answer.ok) return
        fits++
        expect(checkEmbedding(substrate, used, request, options, answer.value)).toEqual([])
      }),
      { numRuns: 1000, seed: 8 },
    )
    expect(fits).toBeGreaterThan(100)
  })

  test('the same question has the same answer', () => {
    fc.assert(
      fc.property(questions(MIDDLING), ({ substrate, used, request, options }) => {
        const quick = { ...options, effort: 1e5 }
        expect(embed(substrate, used, request, quick)).toEqual(embed(substrate, used, request, quick))
      }),
      { numRuns: 100, seed: 9 },
    )
  })
})
