// What does an admin see and change of the substrate's links?
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { writeAudit } from './audit'
import type { Database } from './database'
import { fromNowOn, hintNode } from './nodes'
import { isUnique } from './retry'
import { linkIdOf } from './substrate'
import { transact } from './transact'
import { loadUsage } from './usage'

export interface SubstrateLinkRow {
  id: string
  a: { id: string; name: string; address: string }
  b: { id: string; name: string; address: string }
  capacityMbps: number
  delayMs: number
  mtuBytes: number
  /** Promised at this moment, in each direction. */
  usedMbps: number
}

export async function listSubstrateLinks(db: Database, now: Date): Promise<SubstrateLinkRow[]> {
  const [rows, usage] = await Promise.all([
    db.substrateLink.findMany({
      include: { a: { select: { name: true } }, b: { select: { name: true } } },
      orderBy: [{ a: { name: 'asc' } }, { b: { name: 'asc' } }],
    }),
    loadUsage(db, { startsAt: now, endsAt: new Date(now.getTime() + 1) }),
  ])
  return rows.map((row) => ({
    id: row.id,
    a: { id: row.aId, name: row.a.name, address: row.aAddress },
    b: { id: row.bId, name: row.b.name, address: row.bAddress },
    capacityMbps: row.capacityMbps,
    delayMs: row.delayMs,
    mtuBytes: row.mtuBytes,
    usedMbps: usage.links.get(linkIdOf(row.id)) ?? 0,
  }))
}

export interface LinkDraft {
  aId: string
  bId: string
  aAddress: string
  bAddress: string
  capacityMbps: number
  delayMs: number
  mtuBytes: number
}

const gone = fail<Problem>({
  code: 'substrate-link.gone',
  message: 'This link is no longer there.',
  hint: 'Reload the list.',
})

export async function addSubstrateLink(
  db: Database,
  actorId: string,
  link: LinkDraft,
): Promise<Result<{ id: string }>> {
  if (link.aId === link.bId)
    return fail({
      code: 'substrate-link.loop',
      message: 'A link needs two different nodes.',
      hint: 'Choose another node for one of its ends.',
      subject: { kind: 'field', id: 'bId' },
    })
  try {
    return await transact(db, async (tx) => {
      const row = await tx.substrateLink.create({ data: link, select: { id: true } })
      await writeAudit(tx, {
        actorId,
        action: 'substrate-link.add',
        subjectType: 'substrate-link',
        subjectId: row.id,
        detail: { ...link },
      })
      await hintNode(tx, link.aId)
      return ok(row)
    })
  } catch (error) {
    if (!isUnique(error)) throw error
    return fail({
      code: 'substrate-link.taken',
      message: 'These two nodes have a link between those addresses already.',
      hint: 'Change that one, or give other addresses.',
      subject: { kind: 'field', id: 'aAddress' },
    })
  }
}

export type LinkChange = Pick<LinkDraft, 'capacityMbps' | 'delayMs' | 'mtuBytes'>

/** Addresses are where running slices' tunnels end: for others, remove the link and add it anew. */
export function editSubstrateLink(
  db: Database,
  edit: { actorId: string; linkId: string; now: Date; link: LinkChange },
): Promise<Result<null>> {
  return transact(db, async (tx) => {
    const { linkId, link } = edit
    await tx.$queryRaw`SELECT 1 FROM "SubstrateLink" WHERE "id" = ${linkId} FOR NO KEY UPDATE`
    const row = await tx.substrateLink.findUnique({ where: { id: linkId } })
    if (!row) return gone
    const usage = await loadUsage(tx, fromNowOn(edit.now))
    const held = usage.links.get(linkIdOf(linkId)) ?? 0
    if (link.capacityMbps < held)
      return fail({
        code: 'substrate-link.promised',
        message: `${held} Mbit/s of this link are promised already.`,
        hint: 'Offer at least that much, or wait until less is promised.',
        subject: { kind: 'field', id: 'capacityMbps' },
      })
    await tx.substrateLink.update({ where: { id: linkId }, data: link })
    await writeAudit(tx, {
      actorId: edit.actorId,
      action: 'substrate-link.edit',
      subjectType: 'substrate-link',
      subjectId: linkId,
      detail: { ...link },
    })
    await hintNode(tx, row.aId)
    return ok(null)
  })
}

export function removeSubstrateLink(db: Database, change: { actorId: string; linkId: string }): Promise<Result<null>> {
  return transact(db, async (tx) => {
    const { actorId, linkId } = change
    const row = await tx.substrateLink.findUnique({
      where: { id: linkId },
      include: { a: { select: { name: true } }, b: { select: { name: true } }, _count: { select: { claims: true } } },
    })
    if (!row) return gone
    if (row._count.claims > 0)
      return fail({
        code: 'substrate-link.in-use',
        message: `The link ${row.a.name}–${row.b.name} still carries slices, or is promised to some.`,
        hint: 'Remove it once those have ended.',
      })
    await tx.substrateLink.delete({ where: { id: linkId } })
    await writeAudit(tx, {
      actorId,
      action: 'substrate-link.remove',
      subjectType: 'substrate-link',
      subjectId: linkId,
      detail: { a: row.a.name, b: row.b.name },
    })
    await hintNode(tx, row.aId)
    return ok(null)
  })
}
