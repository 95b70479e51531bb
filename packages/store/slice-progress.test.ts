import type { PartReport } from '@myvini/core/desired/report'
import { buildTopology } from '@myvini/core/topology/build'
import { expect, test } from 'vitest'
import { progressOf, type SliverOnNode } from './slice-progress'

const drawn = buildTopology(
  [
    { name: 'a', kind: 'router', x: 0, y: 0 },
    { name: 'b', kind: 'router', x: 0, y: 0 },
  ],
  [{ from: 'a', to: 'b' }],
)
const [a = '', b = ''] = drawn.hosts.map((h) => h.id as string)
const [link = ''] = drawn.links.map((l) => l.id as string)

const sliver = (
  name: string,
  host: string,
  state: PartReport['state'],
  more: Partial<SliverOnNode> = {},
): SliverOnNode => ({
  node: { name, health: 'healthy', settledGeneration: 1, specProblem: null },
  generation: 1,
  isGone: false,
  hosts: { [host]: { state } },
  links: { [link]: { state } },
  ...more,
})
const of = (slivers: readonly SliverOnNode[], state: 'provisioning' | 'ending' = 'provisioning') => {
  const hostState = (at: number, id: string) => ({
    state: slivers[at]?.hosts[id]?.state ?? 'pending',
    reason: slivers[at]?.hosts[id]?.reason ?? null,
    node: slivers[at]?.node.name ?? null,
  })
  const times = { startedAt: new Date(1), endingAt: new Date(2) }
  const links = { [link]: { state: 'pending', reason: null, nodes: ['n-1', 'n-2'] } }
  return progressOf(
    { id: 'res', state, ...times },
    slivers,
    { [a]: hostState(0, a), [b]: hostState(1, b) },
    links,
    drawn,
  )
}

test('each node is told by what it carries, and only those that are not done are waited for', () => {
  const told = of([sliver('n-1', a, 'up'), sliver('n-2', b, 'pending')])
  expect(told).toMatchObject({ hostsUp: 1, hosts: 2, waitingFor: ['n-2'], since: new Date(1), failed: [] })
  expect(told.nodes).toMatchObject([
    { node: 'n-1', hostsDone: 1, hosts: 1, linksDone: 1, links: 1, state: 'done' },
    { node: 'n-2', hostsDone: 0, hosts: 1, linksDone: 0, links: 1, state: 'working' },
  ])
})

test('one that has not said anything yet waits; one that cannot be reached is told so once, not of each host', () => {
  const away = sliver('n-2', b, 'failed')
  const told = of([
    sliver('n-1', a, 'pending', { hosts: {}, links: {} }),
    { ...away, node: { ...away.node, health: 'unreachable' } },
  ])
  expect(told.nodes.map((n) => n.state)).toEqual(['waiting', 'unreachable'])
  expect(told.failed).toEqual([])
})

test('what a node refuses is named by the host in the drawing', () => {
  const problem = { message: 'The spec is not valid at host b: no.', subject: { kind: 'host', id: `res-${b}` } }
  const refusing = sliver('n-2', b, 'pending')
  const told = of([sliver('n-1', a, 'up'), { ...refusing, node: { ...refusing.node, specProblem: problem } }])
  expect(told.failed).toEqual([{ name: 'b', reason: problem.message, subject: { kind: 'host', id: b } }])
  expect(told.nodes[1]).toMatchObject({ state: 'refused', reason: problem.message })
})

test('of a refused part of another slice nothing is told but that there is one', () => {
  const problem = { message: 'host secret of theirs/secret', subject: { kind: 'host', id: 'other-h1' } }
  const refusing = sliver('n-2', b, 'pending')
  const told = of([sliver('n-1', a, 'up'), { ...refusing, node: { ...refusing.node, specProblem: problem } }])
  expect(JSON.stringify(told)).not.toContain('secret')
  expect(told.nodes[1]?.state).toBe('refused')
})

test('going down, done is what is gone', () => {
  const told = of([sliver('n-1', a, 'up', { isGone: true, hosts: {}, links: {} }), sliver('n-2', b, 'up')], 'ending')
  expect(told.nodes.map((n) => [n.hostsDone, n.state])).toEqual([
    [1, 'done'],
    [0, 'working'],
  ])
  expect(told.since).toEqual(new Date(2))
})
