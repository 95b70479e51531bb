// The first page of a fresh installation: its first admin.
import { createFirstAdmin, needsFirstAdmin } from '@myvini/store/first-admin'
import { hashPassword } from 'better-auth/crypto'
import { z } from 'zod'
import { LEAST_PASSWORD, MOST_PASSWORD } from '../../password-rule'
import { orRefuse } from '../problems'
import { publicProcedure, router } from '../trpc'

export const NewPassword = z
  .string()
  .min(LEAST_PASSWORD, `At least ${LEAST_PASSWORD} characters`)
  .max(MOST_PASSWORD, `At most ${MOST_PASSWORD} characters`)

export const PersonName = z.string().trim().min(1, 'Give a name').max(80, 'At most 80 characters')

export const setupRouter = router({
  createFirstAdmin: publicProcedure
    .input(
      z.object({ name: PersonName, email: z.email('This is not an e-mail address').max(200), password: NewPassword }),
    )
    .mutation(async ({ ctx, input }) => {
      const { name, email, password } = input
      // Hashing takes long on purpose: not for whoever asks when there is nothing to make. The store asks again.
      const passwordHash = (await needsFirstAdmin(ctx.db)) ? await hashPassword(password) : ''
      orRefuse(await createFirstAdmin(ctx.db, { name, email, passwordHash }))
    }),
})
