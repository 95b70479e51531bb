// Booking a slice, and what its people do to a booking. Approving is in approvals.ts.
import { policyFor } from '@myvini/core/reservation/policy'
import type { ReservationAction } from '@myvini/core/reservation/state'
import { mayChangeSlice, mayUseSlice } from '@myvini/store/access'
import { requestReservation } from '@myvini/store/booking'
import { endEarlier } from '@myvini/store/early-release'
import { extendReservation, extensionOf } from '@myvini/store/extension'
import { loadPolicy, loadPolicyFor } from '@myvini/store/policy'
import { takeAction } from '@myvini/store/reservation-actions'
import { loadSliceStatus } from '@myvini/store/slice-status'
import { latestRevision } from '@myvini/store/slices'
import { z } from 'zod'
import { orRefuse, refuse } from '../problems'
import { type Context, router, signedIn } from '../trpc'

const Id = z.string().min(1).max(40)

/** The slice a reservation is of; what does not exist looks like what one may not see. */
async function sliceOf(ctx: Context, reservationId: string): Promise<string> {
  const row = await ctx.db.reservation.findUnique({ where: { id: reservationId }, select: { sliceId: true } })
  return row?.sliceId ?? ''
}

const actBy = (action: Extract<ReservationAction, 'withdraw' | 'stop'>) =>
  signedIn
    .input(z.object({ reservationId: Id, note: z.string().max(500).default('') }))
    .mutation(async ({ ctx, input }) => {
      orRefuse(await mayChangeSlice(ctx.db, ctx.person, await sliceOf(ctx, input.reservationId)))
      const state = orRefuse(
        await takeAction(ctx.db, {
          ...input,
          action,
          actor: 'user',
          personId: ctx.person.id,
          personName: ctx.person.name,
          now: ctx.now(),
        }),
      )
      return { state }
    })

export const reservationsRouter = router({
  status: signedIn.input(z.object({ sliceId: Id })).query(async ({ ctx, input }) => {
    orRefuse(await mayUseSlice(ctx.db, ctx.person, input.sliceId))
    const { traffic, ...status } = await loadSliceStatus(ctx.db, input.sliceId)
    return { ...status, ...traffic }
  }),

  /** As it is for whoever asks; of a slice, with what its project has otherwise. */
  policy: signedIn.input(z.object({ sliceId: Id }).optional()).query(async ({ ctx, input }) => {
    if (!input) return policyFor(await loadPolicy(ctx.db), ctx.person.role, null)
    orRefuse(await mayUseSlice(ctx.db, ctx.person, input.sliceId))
    const { projectId } = await ctx.db.slice.findUniqueOrThrow({
      where: { id: input.sliceId },
      select: { projectId: true },
    })
    return loadPolicyFor(ctx.db, ctx.person.role, projectId)
  }),

  book: signedIn
    .input(
      z.object({
        sliceId: Id,
        /** What was on the screen when the button was pressed; nothing else is booked. */
        revision: z.number().int().min(1),
        /** Null: now. */
        startsAt: z.date().nullable(),
        endsAt: z.date(),
        reason: z.string().trim().max(500),
        placement: z.enum(['spread', 'pack', 'distinct']),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const slice = orRefuse(await mayChangeSlice(ctx.db, ctx.person, input.sliceId))
      const { number } = await latestRevision(ctx.db, slice.id)
      if (number !== input.revision)
        refuse({
          code: 'booking.stale',
          message: `The drawing has been saved as revision ${number} since you looked at revision ${input.revision}.`,
          hint: 'Reload to see it as it is now, then book.',
          subject: { kind: 'slice', id: slice.id },
        })
      const now = ctx.now()
      return orRefuse(
        await requestReservation(ctx.db, {
          sliceId: slice.id,
          projectId: slice.projectId,
          requesterId: ctx.person.id,
          startsAt: input.startsAt ?? now,
          endsAt: input.endsAt,
          reason: input.reason,
          placement: input.placement,
          now,
        }),
      )
    }),

  /** Until when it could go on where it is, and what stands in the way of more. */
  extension: signedIn.input(z.object({ reservationId: Id })).query(async ({ ctx, input }) => {
    orRefuse(await mayChangeSlice(ctx.db, ctx.person, await sliceOf(ctx, input.reservationId)))
    return orRefuse(await extensionOf(ctx.db, input.reservationId, ctx.person.role === 'admin'))
  }),

  extend: signedIn.input(z.object({ reservationId: Id, endsAt: z.date() })).mutation(async ({ ctx, input }) => {
    orRefuse(await mayChangeSlice(ctx.db, ctx.person, await sliceOf(ctx, input.reservationId)))
    const endsAt = orRefuse(
      await extendReservation(ctx.db, {
        ...input,
        personId: ctx.person.id,
        personName: ctx.person.name,
        isAdmin: ctx.person.role === 'admin',
        now: ctx.now(),
      }),
    )
    return { endsAt }
  }),

  /** Gives back the rest of the window; all of it at once is `stop` and `withdraw`. */
  endEarlier: signedIn.input(z.object({ reservationId: Id, endsAt: z.date() })).mutation(async ({ ctx, input }) => {
    orRefuse(await mayChangeSlice(ctx.db, ctx.person, await sliceOf(ctx, input.reservationId)))
    const { id: personId, name: personName } = ctx.person
    return { endsAt: orRefuse(await endEarlier(ctx.db, { ...input, personId, personName, now: ctx.now() })) }
  }),

  withdraw: actBy('withdraw'),
  stop: actBy('stop'),
})
