// What one may see of one's own account; names and passwords are changed by better-auth's own addresses.
import { z } from 'zod'
import { refuse } from '../problems'
import { router, signedIn } from '../trpc'

export const accountRouter = router({
  sessions: signedIn.query(async ({ ctx }) => {
    const rows = await ctx.db.session.findMany({
      where: { userId: ctx.person.id, expiresAt: { gt: ctx.now() } },
      orderBy: { updatedAt: 'desc' },
      select: { id: true, createdAt: true, updatedAt: true, ipAddress: true, userAgent: true },
    })
    return rows.map((row) => ({ ...row, here: row.id === ctx.sessionId }))
  }),

  endSession: signedIn.input(z.object({ sessionId: z.string().max(80) })).mutation(async ({ ctx, input }) => {
    const { count } = await ctx.db.session.deleteMany({ where: { id: input.sessionId, userId: ctx.person.id } })
    if (count === 0)
      refuse({ code: 'account.session-gone', message: 'That session is over already.', hint: 'Nothing is left to do.' })
  }),

  endOtherSessions: signedIn.mutation(async ({ ctx }) => {
    const { count } = await ctx.db.session.deleteMany({
      where: { userId: ctx.person.id, ...(ctx.sessionId !== null && { id: { not: ctx.sessionId } }) },
    })
    return { count }
  }),
})
