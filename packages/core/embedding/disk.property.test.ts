// Disk alone is scarce here: whatever the solver says of it is held to trying everything.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NOTHING_USED, noNodeUsage } from '../substrate/usage'
import { buildTopology } from '../topology/build'
import { fitsByBruteForce } from './brute-force'
import { checkEmbedding } from './check-embedding'
import { embed } from './embed'
import { applyChange } from './refusal/apply-change'
import { requestOf } from './request'
import { host, node } from './two-sites'

const aQuestion = fc
  .record({
    nodes: fc.array(
      fc.record({ diskMib: fc.integer({ min: 0, max: 200 }), usedMib: fc.integer({ min: 0, max: 120 }) }),
      { minLength: 1, maxLength: 3 },
    ),
    disks: fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 5 }),
    placement: fc.constantFrom('spread' as const, 'pack' as const),
    seed: fc.nat(100),
  })
  .map(({ nodes, disks, placement, seed }) => {
    const substrate = { nodes: nodes.map(({ diskMib }, i) => node(`n${i}`, 'a', { diskMib })), links: [] }
    return {
      substrate,
      used: {
        nodes: new Map(substrate.nodes.map(({ id }, i) => [id, { ...noNodeUsage(), diskMib: nodes[i]?.usedMib ?? 0 }])),
        links: new Map(),
      },
      request: { nodes: disks.map((diskMib, i) => host(`h${i}`, { diskMib })), links: [] },
      options: { placement, seed },
    }
  })

test('disks are placed exactly where trying everything finds room for them, and refused by that name elsewhere', () => {
  const tally = { fits: 0, notNow: 0, never: 0, changed: 0 }
  fc.assert(
    fc.property(aQuestion, ({ substrate, used, request, options }) => {
      const answer = embed(substrate, used, request, options)
      expect(answer.ok).toBe(fitsByBruteForce(substrate, used, request, options))
      if (answer.ok) {
        tally.fits++
        expect(checkEmbedding(substrate, used, request, options, answer.value)).toEqual([])
        return
      }
      const { when, message, proven, change } = answer.problem
      tally[when === 'never' ? 'never' : 'notNow']++
      expect(proven).toBe(true)
      expect(when === 'not-now').toBe(fitsByBruteForce(substrate, NOTHING_USED, request, options))
      // Said with the amount, or that the disks fit one by one but not all at once.
      expect(message).toMatch(/MiB of disk|not all of them at once/)
      if (!change) return
      tally.changed++
      const changed = applyChange(request, options.placement, change)
      const place = when === 'never' ? NOTHING_USED : used
      expect(fitsByBruteForce(substrate, place, changed.request, changed)).toBe(true)
    }),
    { numRuns: 1000, seed: 57 },
  )
  // Each of them must have happened often, or it proves nothing.
  for (const [what, times] of Object.entries(tally)) expect(times, what).toBeGreaterThan(30)
})

test('only a container asks for disk, as much as its drawing says', () => {
  const drawn = buildTopology(
    [
      { name: 'a', kind: 'host', class: 'vserver', x: 0, y: 0 },
      { name: 'b', kind: 'host', class: 'netns', x: 0, y: 0 },
      { name: 'lan', kind: 'lan', x: 0, y: 0 },
    ],
    [],
  )
  const hosts = drawn.hosts.map((h) => ({ ...h, diskMib: 700 }))
  expect(requestOf({ ...drawn, hosts }).nodes.map(({ name, diskMib }) => [name, diskMib])).toEqual([
    ['a', 700],
    ['b', 0],
    ['lan', 0],
  ])
})
