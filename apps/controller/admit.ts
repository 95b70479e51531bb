// Can an approved reservation be promised? Solve on a snapshot, write in one transaction that re-checks, solve again when
// somebody was faster; what cannot be promised is denied in words.
import { defaultEffort } from '@myvini/core/embedding/embed'
import type { Embed, EmbeddingProblem } from '@myvini/core/embedding/embedding'
import { type EmbeddingRequest, requestOf } from '@myvini/core/embedding/request'
import { claimsOf } from '@myvini/core/reservation/claims'
import type { Claims, Window } from '@myvini/core/reservation/timeline'
import type { Problem } from '@myvini/core/result'
import { writeAdmission } from '@myvini/store/admission'
import { type ApprovedBooking, loadApproved } from '@myvini/store/approved'
import type { Database } from '@myvini/store/database'
import { withFreePorts } from '@myvini/store/outside-ports'
import { moveReservation, tell } from '@myvini/store/reservations'
import { Snapshots } from '@myvini/store/snapshot'

/** Others may take the place between solving and writing; after this many times the substrate is simply contended. */
const ATTEMPTS = 8

/**
 * The share of the usual effort while others wait: links take one or two percent more bandwidth, and the answer is there in a
 * third of the time (docs/benchmarks/embedding.md). Only the usual effort may refuse.
 */
const HURRIED = 0.05

export type AdmitOutcome = 'admitted' | 'denied' | 'changed'

const contended: Problem = {
  code: 'admission.contended',
  message: 'Others kept taking the place that was found for it.',
  hint: 'Book it again.',
}

export class Admissions {
  private readonly snapshots: Snapshots

  constructor(
    private readonly db: Database,
    private readonly embed: Embed,
    private readonly now: () => Date,
  ) {
    this.snapshots = new Snapshots(db, now)
  }

  /** `isBusy`: many wait, so less is spent on each. `changed`: it was withdrawn or taken by another controller meanwhile, and there is nothing to do. */
  async admit(id: string, isBusy = false): Promise<AdmitOutcome> {
    const booked = await loadApproved(this.db, id)
    if (!booked) return 'changed'
    const request = requestOf(booked.topology)
    const decided = await this.promise(booked, request, isBusy)
    return typeof decided === 'string' ? decided : this.deny(booked, decided)
  }

  private async promise(
    booked: ApprovedBooking,
    request: EmbeddingRequest,
    isBusy: boolean,
  ): Promise<AdmitOutcome | EmbeddingProblem | Problem> {
    const { topology, window, placement } = booked
    const begunAtMs = performance.now()
    let after: number | undefined
    let hurried = isBusy
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const snapshot = await this.snapshots.get(window, after)
      const { timeline } = snapshot
      const free = await withFreePorts(this.db, snapshot.substrate, topology)
      if (!free.ok) return free.problem
      const substrate = free.value
      // What was read before this question may lack what has been given back since: no verdict, so no reasons yet.
      const isFinal = snapshot.readAtMs >= begunAtMs && !hurried
      const solved = this.embed(substrate, timeline.usageWithin(window), request, {
        placement,
        seed: attempt,
        explain: isFinal ? 'full' : 'brief',
        ...(hurried && { effort: HURRIED * defaultEffort(request.nodes.length) }),
      })
      if (!solved.ok) {
        if (isFinal) return solved.problem
        after = performance.now()
        hurried = false
        continue
      }
      const written = await writeAdmission(this.db, {
        reservationId: booked.id,
        topology,
        request,
        embedding: solved.value,
        substrate,
      })
      if (written === 'changed') return written
      if (written === 'admitted') {
        timeline.add(claimed(claimsOf(request, solved.value), window))
        return written
      }
      after = performance.now()
    }
    return contended
  }

  private async deny({ id, sliceId }: ApprovedBooking, problem: Problem): Promise<AdmitOutcome> {
    const note = `${problem.message} ${problem.hint}`
    const moved = await moveReservation(this.db, id, 'deny', 'controller', {
      problem: { ...problem, subject: problem.subject ?? null },
      decidedAt: this.now(),
      decisionNote: note,
    })
    if (!moved.ok) return 'changed'
    await tell(this.db, sliceId, 'denied', note)
    return 'denied'
  }
}

const claimed = ({ nodes, links }: ReturnType<typeof claimsOf>, window: Window): Claims => ({
  nodes: [...nodes].map(([node, usage]) => ({ ...window, ...usage, node })),
  links: [...links].map(([link, mbps]) => ({ ...window, link, mbps })),
})
