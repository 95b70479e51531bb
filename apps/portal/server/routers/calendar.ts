// Who has booked when, as far as a person may know. How much is taken is in substrate.claims, without names.
import { listBookings } from '@myvini/store/calendar'
import { z } from 'zod'
import { router, signedIn } from '../trpc'

/** More bars than a page can show. */
const MOST = 500

export const calendarRouter = router({
  bookings: signedIn
    .input(
      z.object({ from: z.date(), until: z.date() }).refine(({ from, until }) => from < until, 'Ends before it begins'),
    )
    .query(({ ctx, input }) => listBookings(ctx.db, ctx.person, input, MOST)),
})
