// What there is to host on, as everyone who books may see it: names, sites, capacity and what is taken of it.
import { listPlaces, loadSubstrate } from '@myvini/store/substrate'
import { loadClaims, loadUsage } from '@myvini/store/usage'
import { z } from 'zod'
import { router, signedIn } from '../trpc'

export const substrateRouter = router({
  offer: signedIn
    .input(z.object({ startsAt: z.date(), endsAt: z.date(), except: z.string().max(40).optional() }))
    .query(async ({ ctx, input }) => {
      const [substrate, usage] = await Promise.all([
        loadSubstrate(ctx.db),
        loadUsage(ctx.db, { startsAt: input.startsAt, endsAt: input.endsAt }, input.except),
      ])
      return { substrate, usage }
    }),

  /** What is promised from when to when, though not to whom: for finding the next window in which something fits. */
  claims: signedIn
    .input(
      z
        .object({ from: z.date(), until: z.date(), except: z.string().max(40).optional() })
        .refine(({ from, until }) => from < until, 'Ends before it begins'),
    )
    .query(async ({ ctx, input }) => {
      const [substrate, claims] = await Promise.all([
        loadSubstrate(ctx.db),
        loadClaims(ctx.db, { startsAt: input.from, endsAt: input.until }, input.except),
      ])
      return { substrate, claims }
    }),

  /** For choosing where a host goes, and for the picture of where it would. */
  places: signedIn.query(({ ctx }) => listPlaces(ctx.db)),
})
