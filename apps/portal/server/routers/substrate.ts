// What there is to host on, as everyone who books may see it: names, sites, capacity and what is taken of it.
import { loadSubstrate } from '@myvini/store/substrate'
import { loadUsage } from '@myvini/store/usage'
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

  /** For choosing where a host goes. */
  places: signedIn.query(async ({ ctx }) => {
    const { nodes } = await loadSubstrate(ctx.db)
    return nodes.map(({ name, site, capabilities, available }) => ({ name, site, capabilities, available }))
  }),
})
