import { expect, test } from 'vitest'
import { embed } from '../embedding/embed'
import { runToEnd } from '../embedding/search'
import { host, inSite, link, TWO_SITES } from '../embedding/two-sites'
import { NOTHING_USED } from '../substrate/usage'
import { crowdedOut, type Waiting } from './crowded-out'

const between = (mbps: number) => ({
  nodes: [host('r1', inSite('Chicago')), host('r2', inSite('Houston'))],
  links: [link('r1', 'r2', mbps)],
})
const waiting = (id: string, mbps: number, fromMs: number, untilMs: number): Waiting => ({
  id,
  request: between(mbps),
  placement: 'spread',
  window: { fromMs, untilMs },
})

function out(mbps: number, others: readonly Waiting[]) {
  const request = between(mbps)
  const solved = embed(TWO_SITES, NOTHING_USED, request, { placement: 'spread', seed: 1 })
  if (!solved.ok) throw new Error(solved.problem.message)
  const approved = { request, embedding: solved.value, window: { fromMs: 0, untilMs: 10 } }
  const claims = { nodes: [], links: [] }
  return runToEnd(crowdedOut({ substrate: TWO_SITES, claims, approved, others, seed: 1 }))
}

const widest = Math.max(...TWO_SITES.links.filter((l) => l.delayMs > 1).map((l) => l.capacityMbps))

test('one that waits for the same room at the same time is named, with the reason it would be told', () => {
  const [one, ...more] = out(widest, [waiting('same', widest, 5, 15)])
  expect(one?.id).toBe('same')
  expect(one?.problem.when).toBe('not-now')
  expect(one?.problem.cut?.links.length).toBeGreaterThan(0)
  expect(more).toEqual([])
})

test('one at another time, one that is small and one that never fits are not', () =>
  expect(out(widest, [waiting('later', widest, 10, 20), waiting('never', widest * 100, 5, 15)])).toEqual([]))

test('where there is room for both, nobody is', () => expect(out(1, [waiting('same', 1, 0, 10)])).toEqual([]))
