// Which reservations have something due, and what? Start and end them on time, and tell when they have come up or are gone.
import type { Embed } from '@myvini/core/embedding/embedding'
import { isOnNodes } from '@myvini/core/reservation/state'
import { releaseHoldings } from '@myvini/store/admission'
import type { Database } from '@myvini/store/database'
import {
  findDue,
  findToReview,
  hasBegun,
  moveReservation,
  type News,
  NO_PROBLEM,
  nextDeadline,
  tell,
} from '@myvini/store/reservations'
import { Admissions } from './admit'
import { isEmpty } from './news'
import { Recovery } from './recovery'

/** When more than so many wait, quick answers are worth more than the last percent of packing. */
const BUSY = 20

export interface LifecycleDeps {
  db: Database
  embed: Embed
  now: () => Date
  /** Slivers of these nodes have to be published. */
  onNodes: (nodeIds: readonly string[]) => void
  /** Nothing more is held for it. */
  onOver: (reservationId: string) => void
}

export class Lifecycle {
  private readonly admissions: Admissions
  private readonly recovery: Recovery

  constructor(private readonly deps: LifecycleDeps) {
    this.admissions = new Admissions(deps.db, deps.embed, deps.now)
    this.recovery = new Recovery(deps.db, deps.onNodes)
  }

  /** One round over all that is due. Returns when to look again by itself. */
  async round(): Promise<Date | null> {
    const { db, now } = this.deps
    const due = await findDue(db, now())
    for (const id of due.toExpire) await this.expire(id)
    const isBusy = due.toAdmit.length > BUSY
    for (const id of due.toAdmit)
      if ((await this.admissions.admit(id, isBusy)) === 'admitted') await this.startIfTime(id)
    for (const id of due.toStart) await this.start(id)
    const failureInMs = await this.recovery.round()
    const next = await nextDeadline(db, now())
    const failure = failureInMs === null ? null : new Date(now().getTime() + failureInMs)
    return failure && (!next || failure < next) ? failure : next
  }

  /** What has come up, failed or gone, by the news: apart from what is due, since somebody looks at a page and waits. */
  async follow(news: News): Promise<void> {
    if (isEmpty(news)) return
    for (const found of await findToReview(this.deps.db, news)) {
      if (found.state === 'ending') await this.finish(found)
      else await this.review(found.id)
    }
  }

  private async startIfTime(id: string) {
    const select = { startsAt: true, requestedAt: true } as const
    const row = await this.deps.db.reservation.findUnique({ where: { id }, select })
    if (row && hasBegun(row, this.deps.now())) await this.start(id)
  }

  private async start(id: string) {
    const { db, now, onNodes } = this.deps
    const moved = await moveReservation(db, id, 'start', 'controller', { startedAt: now() })
    if (!moved.ok) return
    const row = await db.reservation.findUniqueOrThrow({
      where: { id },
      include: { slivers: { select: { nodeId: true } } },
    })
    onNodes(row.slivers.map((s) => s.nodeId))
    await tell(db, row.sliceId, 'started', `Starting on ${row.slivers.length} substrate nodes.`)
  }

  private async expire(id: string) {
    const { db, now } = this.deps
    const moved = await moveReservation(db, id, 'expire', 'controller', { endingAt: now() })
    if (!moved.ok) return
    const row = await db.reservation.findUniqueOrThrow({ where: { id } })
    await tell(db, row.sliceId, 'ending', 'Its window is over; it is being taken down.')
    await this.review(id)
  }

  /** How far is it over all its nodes? Called after each report and each change of a node's health. */
  async review(id: string) {
    const { db } = this.deps
    const row = await db.reservation.findUnique({
      where: { id },
      select: {
        ...{ id: true, sliceId: true, state: true, runningAt: true },
        slivers: {
          select: {
            ...{ state: true, generation: true },
            node: { select: { name: true, health: true, settledGeneration: true } },
          },
        },
      },
    })
    if (!row) return
    if (row.state === 'ending') return row.slivers.every((s) => s.state === 'gone') ? this.finish(row) : undefined
    if (!isOnNodes(row.state) || row.slivers.length === 0) return
    const lost = row.slivers.filter((s) => s.node.health !== 'healthy')
    const failed = row.slivers.filter((s) => s.state === 'failed' && s.node.settledGeneration >= s.generation)
    const isUp = row.slivers.every(
      (s) => s.state === 'up' && s.generation > 0 && s.node.settledGeneration >= s.generation,
    )
    if (row.state !== 'running' && lost.length === 0 && isUp) {
      const moved = await moveReservation(db, id, 'settle', 'controller', {
        runningAt: row.runningAt ?? this.deps.now(),
        ...NO_PROBLEM,
      })
      if (moved.ok)
        await tell(
          db,
          row.sliceId,
          'running',
          row.state === 'degraded' ? 'All parts are up again.' : 'All hosts and links are up.',
        )
    } else if (row.state !== 'degraded' && lost.length + failed.length > 0) {
      const moved = await moveReservation(db, id, 'degrade', 'controller')
      const names = [...new Set([...lost, ...failed].map((s) => s.node.name))].toSorted().join(', ')
      const why =
        lost.length > 0 ? 'cannot be reached; what is on it may still run' : 'could not bring up all of its part'
      if (moved.ok) await tell(db, row.sliceId, 'degraded', `${names} ${why}. It is tried again by itself.`)
    }
  }

  /** Its nodes were asked for by the hint of its end, and are found by whoever publishes should that have been lost. */
  private async finish(row: { id: string; sliceId: string }) {
    const { db, now, onOver } = this.deps
    const finished = await db.$transaction(async (tx) => {
      const moved = await moveReservation(tx, row.id, 'finish', 'controller', { endedAt: now() })
      if (!moved.ok) return false
      await releaseHoldings(tx, row.id)
      await tell(tx, row.sliceId, 'ended', 'Ended; nothing of it is left on any node.')
      return true
    })
    if (finished) onOver(row.id)
  }
}
