import fc from 'fast-check'
import { expect, test } from 'vitest'
import { embed } from '../embedding/embed'
import { runToEnd } from '../embedding/search'
import { host, link, TWO_SITES } from '../embedding/two-sites'
import type { SubstrateLinkId, SubstrateNodeId } from '../ids'
import { fittingStarts } from './fitting-starts'
import { Timeline } from './timeline'

const options = { placement: 'spread', seed: 1 } as const
const request = {
  nodes: [host('r1', { cpuMilli: 2500 }), host('r2', { cpuMilli: 2500, diskMib: 40_000 })],
  links: [link('r1', 'r2', 300)],
}
const [node] = TWO_SITES.nodes
const [substrateLink] = TWO_SITES.links
if (!node || !substrateLink) throw new Error('the substrate is empty')

const aClaim = fc
  .record({
    fromMs: fc.integer({ min: 0, max: 90 }),
    lengthMs: fc.integer({ min: 1, max: 40 }),
    share: fc.double({ min: 0.1, max: 0.5, noNaN: true }),
  })
  .map(({ fromMs, lengthMs, share }) => ({ fromMs, untilMs: fromMs + lengthMs, share }))

test('says of each start what asking about its window says', () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(aClaim, fc.nat(TWO_SITES.nodes.length - 1)), { maxLength: 8 }),
      fc.array(fc.tuple(aClaim, fc.nat(TWO_SITES.links.length - 1)), { maxLength: 8 }),
      fc.integer({ min: 1, max: 30 }),
      (onNodes, onLinks, lengthMs) => {
        const timeline = new Timeline({
          nodes: onNodes.map(([{ share, ...window }, i]) => ({
            ...window,
            node: TWO_SITES.nodes[i]?.id ?? (node.id as SubstrateNodeId),
            cpuMilli: Math.floor((TWO_SITES.nodes[i]?.cpuMilli ?? 0) * share),
            memoryMib: 1,
            diskMib: Math.floor((TWO_SITES.nodes[i]?.diskMib ?? 0) * share),
            hostSlots: 1,
          })),
          links: onLinks.map(([{ share, ...window }, i]) => ({
            ...window,
            link: TWO_SITES.links[i]?.id ?? (substrateLink.id as SubstrateLinkId),
            mbps: (TWO_SITES.links[i]?.capacityMbps ?? 0) * share,
          })),
        })
        const range = { fromMs: 0, untilMs: 100 }
        const answers = runToEnd(
          fittingStarts({ substrate: TWO_SITES, timeline, request, options, lengthMs, ...range, most: 1000 }),
        )
        expect(answers[0]?.fromMs).toBe(0)
        expect(answers.at(-1)?.untilMs).toBe(100)
        for (let at = 0; at < 100; at += 3) {
          const told = answers.find((a) => a.fromMs <= at && at < a.untilMs)
          const usage = timeline.usageWithin({ fromMs: at, untilMs: at + lengthMs })
          expect(told?.fits).toBe(embed(TWO_SITES, usage, request, { ...options, explain: 'brief' }).ok)
        }
      },
    ),
    { numRuns: 40 },
  ))

test('what is not tried is left out, not guessed', () => {
  const timeline = new Timeline({
    nodes: [],
    links: [10, 20, 30].map((at, i) => ({ fromMs: at, untilMs: at + 5, link: substrateLink.id, mbps: 10 + i })),
  })
  const asked = { substrate: TWO_SITES, timeline, request, options, lengthMs: 2, fromMs: 0, untilMs: 100 }
  const answers = runToEnd(fittingStarts({ ...asked, most: 2 }))
  expect(answers.at(-1)?.untilMs).toBeLessThan(100)
})
