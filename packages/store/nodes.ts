// What does an admin see and change of the substrate's nodes?
import { createHash } from 'node:crypto'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { UNSAID_DISK_MIB } from '@myvini/core/substrate/substrate'
import { type NodeUsage, noNodeUsage } from '@myvini/core/substrate/usage'
import { z } from 'zod'
import { writeAudit } from './audit'
import type { Database, Transaction } from './database'
import type { SubstrateNode as Row } from './generated/client'
import type { NodeHealth, SliverState } from './generated/enums'
import { isUnique } from './retry'
import { nodeIdOf } from './substrate'
import { transact } from './transact'
import { loadUsage } from './usage'

/** "Now" as a window: claims that hold at this instant. */
const nowWindow = (now: Date) => ({ startsAt: now, endsAt: new Date(now.getTime() + 1) })

/** Longer than anybody books. */
const HORIZON_MS = 100 * 365 * 24 * 3_600_000
export const fromNowOn = (now: Date) => ({ startsAt: now, endsAt: new Date(now.getTime() + HORIZON_MS) })

const Load = z.object({ cpuMilli: z.number(), memoryUsedMib: z.number(), hosts: z.number(), atMs: z.number() })

export interface NodeRow {
  id: string
  name: string
  site: string
  latitude: number
  longitude: number
  sshHost: string
  sshPort: number
  sshUser: string
  /** As ssh-keygen -l prints it. */
  hostKeyFingerprint: string
  accepting: boolean
  health: NodeHealth
  healthReason: string | null
  healthSince: Date
  lastSeenAt: Date | null
  cpuMilli: number
  memoryMib: number
  /** Lent to disks of virtual hosts. */
  diskMib: number
  /** False: nobody has said what is lent; `diskMib` is what counts until the node says what there is. */
  isDiskSaid: boolean
  /** What those disks may come to on its file system, as it said last; null: it never said. */
  diskThereMib: number | null
  hostSlots: number
  /** Promised at this moment. */
  used: NodeUsage
  /** Measured, as the node reported it last. */
  load: { cpuMilli: number; memoryUsedMib: number; hosts: number; at: Date } | null
  capabilities: string[]
  kernel: string | null
  agentVersion: string | null
  slivers: number
  settled: boolean
  /** Why it refused its newest spec; null: it did not. */
  refusal: Problem | null
}

/** Of the key's bytes; empty where what is kept is no key, as with simulated nodes. */
export function fingerprintOf(hostKey: string): string {
  const [, base64] = hostKey.split(' ')
  if (base64 === undefined || !/^[A-Za-z0-9+/]{20,}={0,2}$/.test(base64)) return ''
  const hash = createHash('sha256').update(Buffer.from(base64, 'base64')).digest('base64')
  return `SHA256:${hash.replace(/=+$/, '')}`
}

export async function listNodes(db: Database, now: Date): Promise<NodeRow[]> {
  const [rows, usage] = await Promise.all([
    db.substrateNode.findMany({
      orderBy: { name: 'asc' },
      include: { _count: { select: { slivers: { where: { state: { not: 'gone' } } } } } },
    }),
    loadUsage(db, nowWindow(now)),
  ])
  return rows.map((row) => {
    const load = Load.safeParse(row.load)
    return {
      id: row.id,
      name: row.name,
      site: row.site,
      latitude: row.latitude,
      longitude: row.longitude,
      sshHost: row.sshHost,
      sshPort: row.sshPort,
      sshUser: row.sshUser,
      hostKeyFingerprint: fingerprintOf(row.hostKey),
      accepting: row.accepting,
      health: row.health,
      healthReason: row.healthReason,
      healthSince: row.healthSince,
      lastSeenAt: row.lastSeenAt,
      cpuMilli: row.cpuMilli,
      memoryMib: row.memoryMib,
      diskMib: row.diskMib ?? UNSAID_DISK_MIB,
      isDiskSaid: row.diskMib !== null,
      diskThereMib: row.diskThereMib,
      hostSlots: row.hostSlots,
      used: usage.nodes.get(nodeIdOf(row.id)) ?? noNodeUsage(),
      load: load.success ? { ...load.data, at: new Date(load.data.atMs) } : null,
      capabilities: row.capabilities,
      kernel: row.kernel,
      agentVersion: row.agentVersion,
      slivers: row._count.slivers,
      settled: row.settledGeneration >= row.generation,
      refusal: row.specProblem as Problem | null, // written only by `recordRefusal`, as a Problem
    }
  })
}

export interface SliverRow {
  sliceId: string
  slice: string
  project: string
  owner: string
  state: SliverState
  hosts: number
  links: number
  endsAt: Date
}

/** What of which slice is on a node. */
export async function listSlivers(db: Database, nodeId: string): Promise<SliverRow[]> {
  const rows = await db.sliver.findMany({
    where: { nodeId, state: { not: 'gone' } },
    include: {
      reservation: {
        include: { slice: { include: { project: { select: { name: true } }, owner: { select: { name: true } } } } },
      },
    },
  })
  const parts = (value: unknown) => (value !== null && typeof value === 'object' ? Object.keys(value).length : 0)
  return rows.map(({ state, hosts, links, reservation }) => ({
    sliceId: reservation.slice.id,
    slice: reservation.slice.name,
    project: reservation.slice.project.name,
    owner: reservation.slice.owner.name,
    state,
    hosts: parts(hosts),
    links: parts(links),
    endsAt: reservation.endsAt,
  }))
}

export interface NodeDraft {
  name: string
  site: string
  latitude: number
  longitude: number
  sshHost: string
  sshPort: number
  sshUser: string
  cpuMilli: number
  memoryMib: number
  /** Lent to disks of virtual hosts together; null: all that the node says it has, as soon as it has said so. */
  diskMib: number | null
  hostSlots: number
}

const nameTaken = (name: string) =>
  fail<Problem>({
    code: 'node.name-taken',
    message: `There is a node named "${name}" already.`,
    hint: 'Choose another name.',
    subject: { kind: 'field', id: 'name' },
  })

const gone = fail<Problem>({
  code: 'node.gone',
  message: 'This node is no longer there.',
  hint: 'Go back to the list of nodes.',
})

/** Links are not in what the triggers watch; whoever looks at the substrate is told all the same. */
export const hintNode = (tx: Transaction, nodeId: string) =>
  tx.$queryRaw`SELECT pg_notify('myvini', ${`node ${nodeId}`})::text`

async function unlessTaken<T>(name: string, work: Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work
  } catch (error) {
    if (isUnique(error)) return nameTaken(name)
    throw error
  }
}

export function addNode(db: Database, actorId: string, node: NodeDraft & { hostKey: string }) {
  return unlessTaken(
    node.name,
    transact(db, async (tx) => {
      const row = await tx.substrateNode.create({ data: node, select: { id: true } })
      await auditNode(tx, actorId, 'substrate-node.add', row.id, { name: node.name })
      return ok(row)
    }),
  )
}

const auditNode = (tx: Transaction, actorId: string, action: string, subjectId: string, detail = {}) =>
  writeAudit(tx, { actorId, action, subjectType: 'substrate-node', subjectId, detail })

/** The most that is promised of a node at any instant from now on. */
async function promised(tx: Transaction, nodeId: string, now: Date) {
  const usage = await loadUsage(tx, fromNowOn(now))
  return usage.nodes.get(nodeIdOf(nodeId)) ?? noNodeUsage()
}

/** More disk than the node says it has; what was lent before it said less can stay, so that the rest can be edited. */
function beyondDisk(wished: number | null, { diskMib, diskThereMib }: Pick<Row, 'diskMib' | 'diskThereMib'>) {
  if (wished === null || diskThereMib === null || wished <= Math.max(diskThereMib, diskMib ?? 0)) return null
  return {
    code: 'node.disk',
    message: `This node has ${diskThereMib} MiB of disk for virtual hosts, not ${wished}.`,
    hint: `Offer at most ${diskThereMib} MiB.`,
    subject: { kind: 'field', id: 'diskMib' },
  } satisfies Problem
}

export function editNode(
  db: Database,
  edit: { actorId: string; nodeId: string; now: Date; node: NodeDraft; hostKey: string | null },
) {
  return unlessTaken(
    edit.node.name,
    transact(db, async (tx): Promise<Result<null>> => {
      const { node, nodeId } = edit
      // Locked before it is asked what is promised: nobody can be promised more of it until this is done.
      const [row] = await tx.$queryRaw<Pick<Row, 'diskMib' | 'diskThereMib'>[]>`
        SELECT "diskMib", "diskThereMib" FROM "SubstrateNode" WHERE "id" = ${nodeId} FOR NO KEY UPDATE`
      if (!row) return gone
      const tooMuch = beyondDisk(node.diskMib, row)
      if (tooMuch) return fail(tooMuch)
      const lent = { ...node, diskMib: node.diskMib ?? row.diskThereMib }
      const held = await promised(tx, nodeId, edit.now)
      const short = (
        [
          ['cpuMilli', `${held.cpuMilli / 1000} cores`],
          ['memoryMib', `${held.memoryMib} MiB of memory`],
          ['diskMib', `${held.diskMib} MiB of disk`],
          ['hostSlots', `${held.hostSlots} hosts`],
        ] as const
      ).find(([what]) => (lent[what] ?? UNSAID_DISK_MIB) < held[what])
      if (short)
        return fail({
          code: 'node.promised',
          message: `${short[1]} of this node are promised already.`,
          hint: 'Offer at least that much, or have it accept nothing new and wait until less is promised.',
          subject: { kind: 'field', id: short[0] },
        })
      await tx.substrateNode.update({
        where: { id: nodeId },
        data: { ...lent, ...(edit.hostKey !== null && { hostKey: edit.hostKey }) },
      })
      await auditNode(tx, edit.actorId, 'substrate-node.edit', nodeId, { name: node.name })
      await hintNode(tx, nodeId)
      return ok(null)
    }),
  )
}

export function setAccepting(db: Database, change: { actorId: string; nodeId: string; accepting: boolean }) {
  return transact(db, async (tx): Promise<Result<null>> => {
    const { actorId, nodeId, accepting } = change
    const { count } = await tx.substrateNode.updateMany({ where: { id: nodeId }, data: { accepting } })
    if (count === 0) return gone
    await auditNode(tx, actorId, accepting ? 'substrate-node.accept' : 'substrate-node.drain', nodeId)
    return ok(null)
  })
}

/** Only what carries nothing and is promised to nobody; its links go with it. */
export function removeNode(db: Database, change: { actorId: string; nodeId: string }) {
  return transact(db, async (tx): Promise<Result<null>> => {
    const { actorId, nodeId } = change
    const node = await tx.substrateNode.findUnique({ where: { id: nodeId }, select: { name: true } })
    if (!node) return gone
    const links = { OR: [{ aId: nodeId }, { bId: nodeId }] }
    const held =
      (await tx.nodeClaim.count({ where: { nodeId } })) +
      (await tx.hostPlacement.count({ where: { nodeId } })) +
      (await tx.sliver.count({ where: { nodeId } })) +
      (await tx.linkClaim.count({ where: { substrateLink: links } }))
    if (held > 0)
      return fail({
        code: 'node.in-use',
        message: `${node.name} still carries slices, or is promised to some.`,
        hint: 'Have it accept nothing new, and remove it once those have ended.',
      })
    await tx.substrateLink.deleteMany({ where: links })
    await tx.substrateNode.delete({ where: { id: nodeId } })
    await auditNode(tx, actorId, 'substrate-node.remove', nodeId, { name: node.name })
    await hintNode(tx, nodeId)
    return ok(null)
  })
}
