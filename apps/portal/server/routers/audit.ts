// Who did what. For admins.
import { listAudit } from '@myvini/store/audit-log'
import { z } from 'zod'
import { admin, router } from '../trpc'

const PAGE = 100

export const auditRouter = router({
  list: admin
    .input(
      z.object({
        action: z.string().max(80).optional(),
        actorId: z.string().max(80).optional(),
        subjectId: z.string().max(80).optional(),
        from: z.date().optional(),
        until: z.date().optional(),
        cursor: z.string().regex(/^\d+$/).max(20).optional(),
      }),
    )
    .query(async ({ ctx, input }) => {
      const { cursor, action, actorId, subjectId, from, until } = input
      const { rows, more } = await listAudit(
        ctx.db,
        {
          ...(action !== undefined && { action }),
          ...(actorId !== undefined && { actorId }),
          ...(subjectId !== undefined && { subjectId }),
          ...(from !== undefined && { from }),
          ...(until !== undefined && { until }),
          ...(cursor !== undefined && { before: cursor }),
        },
        PAGE,
      )
      return { rows, next: more ? (rows.at(-1)?.id ?? null) : null }
    }),
})
