// Who has an account, and as what. For admins.
import { listPeople, setRole } from '@myvini/store/people'
import { z } from 'zod'
import { orRefuse } from '../problems'
import { admin, router } from '../trpc'

export const peopleRouter = router({
  list: admin.query(({ ctx }) => listPeople(ctx.db)),

  setRole: admin
    .input(z.object({ userId: z.string().min(1).max(80), role: z.enum(['researcher', 'instructor', 'admin']) }))
    .mutation(async ({ ctx, input }) => {
      orRefuse(await setRole(ctx.db, { ...input, actorId: ctx.person.id }))
    }),
})
