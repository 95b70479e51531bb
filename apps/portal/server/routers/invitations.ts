// The link by which somebody who was listed by an instructor joins.
import { findInvitation, redeemInvitation } from '@myvini/store/invitations'
import { hashPassword } from 'better-auth/crypto'
import { z } from 'zod'
import { orRefuse } from '../problems'
import { publicProcedure, router } from '../trpc'
import { NewPassword } from './setup'

const Token = z.string().min(1).max(100)

export const invitationsRouter = router({
  redeem: publicProcedure.input(z.object({ token: Token, password: NewPassword })).mutation(async ({ ctx, input }) => {
    // Hashing takes long on purpose: not for a link that is none.
    orRefuse(await findInvitation(ctx.db, input.token, ctx.now()))
    const passwordHash = await hashPassword(input.password)
    return orRefuse(await redeemInvitation(ctx.db, { token: input.token, passwordHash, now: ctx.now() }))
  }),
})
