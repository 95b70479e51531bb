// What waits for an admin, what it would take of the substrate, and what becomes of it.
import { findRequestToDecide, listApprovals } from '@myvini/store/approvals'
import { takeAction } from '@myvini/store/reservation-actions'
import { z } from 'zod'
import { approvalEffect } from '../approval-effect'
import { orRefuse, refuse } from '../problems'
import { admin, type Context, router } from '../trpc'

const Id = z.string().min(1).max(40)
const MOST = 300

async function findRequest(ctx: Context, id: string) {
  const row = await findRequestToDecide(ctx.db, id)
  if (!row)
    refuse({
      code: 'reservation.gone',
      message: 'This request is no longer there.',
      hint: 'Somebody may have deleted the slice. Look at the next one.',
    })
  return row
}

export const approvalsRouter = router({
  count: admin.query(({ ctx }) => ctx.db.reservation.count({ where: { state: 'requested' } })),

  list: admin
    .input(z.object({ kind: z.enum(['waiting', 'decided']) }))
    .query(({ ctx, input }) => listApprovals(ctx.db, input.kind, MOST)),

  /** What approving would do within the window, were it done now. */
  effect: admin
    .input(z.object({ reservationId: Id }))
    .query(async ({ ctx, input }) => approvalEffect(ctx.db, await findRequest(ctx, input.reservationId))),

  decide: admin
    .input(
      z
        .object({
          reservationId: Id,
          action: z.enum(['approve', 'deny']),
          /** Shown to whoever asked; a denial without a reason helps nobody. */
          note: z.string().trim().max(500, 'At most 500 characters'),
        })
        .refine(({ action, note }) => action === 'approve' || note !== '', {
          path: ['note'],
          message: 'Say why, and what would do instead',
        }),
    )
    .mutation(async ({ ctx, input }) => {
      const row = await findRequest(ctx, input.reservationId)
      if (input.action === 'approve' && row.endsAt <= ctx.now())
        refuse({
          code: 'approvals.window-over',
          message: 'The window of this request is over.',
          hint: 'Deny it, so that whoever asked can choose another.',
        })
      const state = orRefuse(
        await takeAction(ctx.db, {
          ...input,
          actor: 'admin',
          personId: ctx.person.id,
          personName: ctx.person.name,
          now: ctx.now(),
        }),
      )
      return { state }
    }),
})
