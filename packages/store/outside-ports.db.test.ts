import { embed } from '@myvini/core/embedding/embed'
import { requestOf } from '@myvini/core/embedding/request'
import { DEFAULT_POLICY } from '@myvini/core/reservation/policy'
import { NOTHING_USED } from '@myvini/core/substrate/usage'
import { buildTopology } from '@myvini/core/topology/build'
import type { Topology } from '@myvini/core/topology/topology'
import { useDatabase } from '@myvini/testkit/database'
import { addPerson, addProject, addRing, addSlice } from '@myvini/testkit/rows'
import { afterEach, describe, expect, test } from 'vitest'
import { releaseHoldings, writeAdmission } from './admission'
import { bookSlice } from './booking'
import type { Database } from './database'
import { withFreePorts } from './outside-ports'
import { PlanCache } from './plan-cache'
import { savePolicy } from './policy'
import { publishNodes } from './publish'
import { latestRevision } from './slices'
import { loadSubstrate, nodeIdOf } from './substrate'

const test_ = useDatabase()
const HOUR = 3_600_000
const at = (hours: number) => new Date(Date.UTC(2030, 0, 1) + hours * HOUR)

afterEach(async () => {
  const { db } = test_
  await db.reservation.deleteMany()
  await db.substrateLink.deleteMany()
  await db.substrateNode.deleteMany()
})

function drawing(outsidePort: number): Topology {
  const plain = buildTopology(
    [
      { name: 'h1', kind: 'host', x: 0, y: 0 },
      { name: 'gw', kind: 'gateway', x: 0, y: 0 },
    ],
    [{ from: 'h1', to: 'gw' }],
  )
  const [h1] = plain.hosts
  if (!h1) throw new Error('no host')
  const forwards = [{ protocol: 'tcp' as const, outsidePort, to: h1.id, port: 80 }]
  return { ...plain, hosts: plain.hosts.map((h) => (h.kind === 'gateway' ? { ...h, forwards } : h)) }
}

async function slice(db: Database, topology: Topology) {
  const person = await addPerson(db)
  const project = await addProject(db, [{ person, role: 'lead' }])
  return { person, project, topology, sliceId: await addSlice(db, project.id, person, topology) }
}

async function approved(db: Database, topology: Topology) {
  const { sliceId, person } = await slice(db, topology)
  const revision = await latestRevision(db, sliceId)
  const row = await db.reservation.create({
    data: {
      ...{ sliceId, revisionId: revision.id, requesterId: person.id, state: 'approved' },
      ...{ startsAt: at(0), endsAt: at(1) },
    },
  })
  return row.id
}

/** `blind`: as a controller whose view of the ports is out of date. */
async function admit(db: Database, id: string, topology: Topology, blind = false) {
  const substrate = await loadSubstrate(db)
  const free = await withFreePorts(db, substrate, blind ? { hosts: [] } : topology)
  if (!free.ok) return free.problem.code
  const request = requestOf(topology)
  const solved = embed(free.value, NOTHING_USED, request, { placement: 'pack', seed: 1 })
  if (!solved.ok) return solved.problem.code
  return writeAdmission(db, { reservationId: id, topology, request, embedding: solved.value, substrate: free.value })
}

const withGateways = (db: Database) =>
  db.substrateNode.updateMany({ data: { capabilities: ['netns', 'vserver', 'egre-bpf', 'gateway'] } })

describe('outside ports', () => {
  test('are had by one reservation a node, until it gives back what it holds', async () => {
    const { db } = test_
    await addRing(db, { nodes: 2 })
    await withGateways(db)
    const topology = drawing(20_080)
    const ids = [await approved(db, topology), await approved(db, topology), await approved(db, topology)]
    const [first = '', second = '', third = ''] = ids
    expect(await admit(db, first, topology)).toBe('admitted')
    // The guard of the database, not the view of whoever plans, is what keeps the promise.
    expect(await admit(db, second, topology, true)).toBe('overbooked')
    expect(await admit(db, second, topology)).toBe('admitted')
    const leases = await db.outsidePortLease.findMany()
    expect(new Set(leases.map((l) => l.nodeId)).size).toBe(2)
    expect(await admit(db, third, topology)).toBe('admission.ports-taken')
    await db.$transaction((tx) => releaseHoldings(tx, first))
    expect(await admit(db, third, topology)).toBe('admitted')
  })

  test('come into the node’s spec with addresses of its own, as far as the policy says', async () => {
    const { db } = test_
    await addRing(db, { nodes: 1 })
    await withGateways(db)
    const topology = drawing(20_081)
    const id = await approved(db, topology)
    expect(await admit(db, id, topology)).toBe('admitted')
    await db.reservation.update({ where: { id }, data: { state: 'provisioning' } })
    const [node] = await db.substrateNode.findMany()
    const gateways = { ...DEFAULT_POLICY.gateways, allowed: ['admin' as const], destinations: ['203.0.113.0/24'] }
    await savePolicy(db, { ...DEFAULT_POLICY, gateways })
    await publishNodes(db, [nodeIdOf(node?.id ?? '')], new PlanCache())
    const { content = '' } = (await db.nodeSpec.findFirst({ orderBy: { generation: 'desc' } })) ?? {}
    expect(content).toMatch(/"gateway":\{"device":"mvgw[0-9a-f]{5}","nodeAddress":"100\.6[4-9]\./)
    expect(content).toContain('"outsidePort":20081')
    await savePolicy(db, DEFAULT_POLICY)
  })

  test('are not to be booked by whom the policy allows no gateway', async () => {
    const { db } = test_
    const made = await slice(db, drawing(20_082))
    const book = {
      ...{ sliceId: made.sliceId, projectId: made.project.id, requesterId: made.person.id, reason: '' },
      ...{ startsAt: at(0), endsAt: at(1), placement: 'spread' as const, now: at(0) },
    }
    const refused = await db.$transaction((tx) => bookSlice(tx, book))
    expect(refused).toMatchObject({ ok: false, problem: { code: 'booking.gateway-not-allowed' } })
    await savePolicy(db, {
      ...DEFAULT_POLICY,
      gateways: { ...DEFAULT_POLICY.gateways, allowed: ['researcher', 'instructor', 'admin'] },
    })
    expect(await db.$transaction((tx) => bookSlice(tx, book))).toMatchObject({ ok: true })
    await savePolicy(db, DEFAULT_POLICY)
  })
})
