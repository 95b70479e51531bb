import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UNSAID_DISK_MIB } from '@myvini/core/substrate/substrate'
import { addContainerRing, addContainers, containersOf } from '@myvini/testkit/containers'
import { useDatabase } from '@myvini/testkit/database'
import { addPerson } from '@myvini/testkit/rows'
import { MIGRATIONS } from '@myvini/testkit/scratch-postgres'
import pg from 'pg'
import { expect, test } from 'vitest'
import { migrate } from './migrate'
import { addNode, editNode, listNodes, type NodeDraft } from './nodes'
import { loadSubstrate, nodeIdOf, recordHellos } from './substrate'

const test_ = useDatabase()
const NOW = new Date()
const hours = (n: number) => new Date(NOW.getTime() + n * 3_600_000)

/** As an agent greets that has so much disk for virtual hosts; of before disk was promised, it says nothing of it. */
const greet = (id: string, diskMib?: number) =>
  recordHellos(test_.db, [
    {
      node: nodeIdOf(id),
      hello: {
        ...{ agentVersion: '1', bundle: 'b', kernel: '6.12', capabilities: ['netns', 'vserver'], generation: 0 },
        ...{ specHash: '', cpuMilli: 1000, memoryMib: 1000 },
        ...(diskMib !== undefined && { diskMib }),
      },
    },
  ])

async function enrolled(diskMib: number | null) {
  const admin = await addPerson(test_.db, 'admin')
  const draft: NodeDraft = {
    ...{ name: `node-${Math.random().toString(36).slice(2)}`, site: 'a', latitude: 0, longitude: 0 },
    ...{ sshHost: '192.0.2.1', sshPort: 22, sshUser: 'root', cpuMilli: 4000, memoryMib: 4096, hostSlots: 100 },
    diskMib,
  }
  const added = await addNode(test_.db, admin.id, { ...draft, hostKey: 'ssh-ed25519 test' })
  if (!added.ok) throw new Error(added.problem.message)
  const { id } = added.value
  const edit = (change: Partial<NodeDraft>) =>
    editNode(test_.db, { actorId: admin.id, nodeId: id, now: NOW, node: { ...draft, ...change }, hostKey: null })
  const lent = async () => {
    const row = (await listNodes(test_.db, NOW)).find((n) => n.id === id)
    const planned = (await loadSubstrate(test_.db)).nodes.find((n) => n.id === id)
    expect(planned?.diskMib).toBe(row?.diskMib)
    return [row?.diskMib, row?.isDiskSaid, row?.diskThereMib]
  }
  return { id, edit, lent }
}

test('left open, all that the node first says is lent; what it says later is shown and changes nothing', async () => {
  const { id, lent } = await enrolled(null)
  expect(await lent()).toEqual([UNSAID_DISK_MIB, false, null])
  await greet(id)
  expect(await lent()).toEqual([UNSAID_DISK_MIB, false, null])
  await greet(id, 180_000)
  expect(await lent()).toEqual([180_000, true, 180_000])
  await greet(id, 150_000)
  expect(await lent()).toEqual([180_000, true, 150_000])
  await greet(id)
  expect(await lent()).toEqual([180_000, true, 150_000])
})

test('what an admin says is lent, as far as the node has it', async () => {
  const { id, lent } = await enrolled(20_000)
  await greet(id, 180_000)
  expect(await lent()).toEqual([20_000, true, 180_000])
  const other = await enrolled(500_000)
  await greet(other.id, 180_000)
  expect(await other.lent()).toEqual([180_000, true, 180_000])
})

test('no more is lent than there is, nor less than is promised; left empty it is all that there is', async () => {
  const { id, edit, lent } = await enrolled(20_000)
  // Before it has said anything, an admin's word is all there is.
  expect((await edit({ diskMib: 50_000 })).ok).toBe(true)
  expect(await lent()).toEqual([50_000, true, null])
  await greet(id, 40_000)
  expect(await edit({ diskMib: 40_001 })).toEqual({
    ok: false,
    problem: {
      code: 'node.disk',
      message: 'This node has 40000 MiB of disk for virtual hosts, not 40001.',
      hint: 'Offer at most 40000 MiB.',
      subject: { kind: 'field', id: 'diskMib' },
    },
  })
  const { id: reservationId } = await addContainers(test_.db, [16], hours(0), hours(2))
  const claim = { cpuMilli: 1, memoryMib: 1, hostSlots: 1, diskMib: 30_000, startsAt: hours(0), endsAt: hours(2) }
  await test_.db.nodeClaim.create({ data: { ...claim, reservationId, nodeId: id } })
  expect(await edit({ diskMib: 29_999 })).toMatchObject({
    ok: false,
    problem: { code: 'node.promised', message: '30000 MiB of disk of this node are promised already.' },
  })
  expect((await edit({ diskMib: 30_000 })).ok).toBe(true)
  expect((await edit({ diskMib: null })).ok).toBe(true)
  expect(await lent()).toEqual([40_000, true, 40_000])
  // Others have filled it: what is lent can stay, so that the rest can be edited, and go no higher.
  await greet(id, 10_000)
  expect((await edit({ diskMib: 40_000, site: 'b' })).ok).toBe(true)
  expect((await edit({ diskMib: 40_001 })).ok).toBe(false)
  expect(await edit({ diskMib: null })).toMatchObject({ ok: false, problem: { code: 'node.promised' } })
})

test('a node that was promised more than it first says it has keeps that, so that nothing is taken back', async () => {
  const { nodes } = await addContainerRing(test_.db, { nodes: 1 })
  const nodeId = nodes[0]?.id ?? ''
  await test_.db.substrateNode.update({ where: { id: nodeId }, data: { diskMib: null } })
  const claim = async (from: number, until: number, diskMib: number) => {
    const window = { startsAt: hours(from), endsAt: hours(until) }
    const { id: reservationId } = await addContainers(test_.db, [16], window.startsAt, window.endsAt)
    await test_.db.nodeClaim.create({
      data: { reservationId, nodeId, cpuMilli: 1, memoryMib: 1, hostSlots: 1, diskMib, ...window },
    })
  }
  await claim(-3, -1, 60_000)
  await claim(-1, 2, 3000)
  await claim(1, 4, 4000)
  await claim(2, 4, 2000)
  await greet(nodeId, 5000)
  const row = await test_.db.substrateNode.findUniqueOrThrow({ where: { id: nodeId } })
  expect([row.diskMib, row.diskThereMib]).toEqual([7000, 5000])
})

test('what was booked before disk counted has its disks after the migration, and no node lends less than that', async () => {
  await test_.db.$executeRaw`CREATE DATABASE m_disk TEMPLATE template0`
  const url = new URL(test_.url)
  url.pathname = '/m_disk'
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'))
  const client = new pg.Client({ connectionString: url.toString() })
  try {
    const names = await readdir(MIGRATIONS)
    for (const name of names.filter((n) => n < '0057'))
      await cp(join(MIGRATIONS, name), join(folder, name), { recursive: true })
    await migrate(url.toString(), folder)
    await client.connect()
    const drawn = containersOf([40_000, 30_000, 500])
    // As it was drawn once: a host of before had no size of its disk, and one is no container.
    const hosts = drawn.hosts.map((host, i) => {
      const { diskMib: _, ...sizeless } = host
      return i === 2 ? sizeless : host
    })
    const netns = { ...drawn.hosts[0], id: 'bare', class: 'netns' }
    const document = JSON.stringify({ ...drawn, hosts: [...hosts, netns] })
    const [a, b, c] = drawn.hosts.map(({ id }) => id)
    await client.query(`
      INSERT INTO "User" ("id", "name", "email", "updatedAt") VALUES ('u', 'u', 'u@example.test', now());
      INSERT INTO "Project" ("id", "slug", "name") VALUES ('p', 'p', 'p');
      INSERT INTO "Slice" ("id", "projectId", "ownerId", "name") VALUES ('s', 'p', 'u', 's');
      INSERT INTO "SubstrateNode" ("id", "name", "site", "sshHost", "hostKey", "cpuMilli", "memoryMib", "hostSlots")
        SELECT n, n, 'x', 'h', 'k', 1000, 1000, 10 FROM unnest(ARRAY['n1', 'n2', 'n3']) n`)
    await client.query(
      `INSERT INTO "TopologyRevision" ("id", "sliceId", "number", "document", "authorId") VALUES ('t', 's', 1, $1, 'u')`,
      [document],
    )
    await client.query(`
      INSERT INTO "Reservation" ("id", "sliceId", "revisionId", "requesterId", "state", "startsAt", "endsAt")
        VALUES ('r', 's', 't', 'u', 'scheduled', now() + interval '1 hour', now() + interval '2 hours');
      INSERT INTO "NodeClaim" ("reservationId", "nodeId", "cpuMilli", "memoryMib", "hostSlots", "startsAt", "endsAt")
        SELECT 'r', n, 1, 1, 1, now() + interval '1 hour', now() + interval '2 hours' FROM unnest(ARRAY['n1', 'n2', 'n3']) n`)
    await client.query(
      `INSERT INTO "HostPlacement" ("reservationId", "virtualId", "nodeId")
        VALUES ('r', $1, 'n1'), ('r', $2, 'n1'), ('r', $3, 'n2'), ('r', 'bare', 'n3')`,
      [a, b, c],
    )
    expect(await migrate(url.toString(), MIGRATIONS)).toContain('0058_disk_in_admission')
    const { rows } = await client.query(
      `SELECT c."nodeId", c."diskMib" AS claimed, n."diskMib" AS lent FROM "NodeClaim" c JOIN "SubstrateNode" n ON n."id" = c."nodeId" ORDER BY 1`,
    )
    expect(rows).toEqual([
      { nodeId: 'n1', claimed: 70_000, lent: 70_000 },
      { nodeId: 'n2', claimed: 256, lent: null },
      { nodeId: 'n3', claimed: 0, lent: null },
    ])
  } finally {
    await client.end()
    await rm(folder, { recursive: true, force: true })
  }
})
