// What happened to one's slices while one looked elsewhere.
import { listNotices } from '@myvini/store/notices'
import { router, signedIn } from '../trpc'

const DAY_MS = 24 * 3_600_000
const SHOWN_FOR_MS = 14 * DAY_MS
const MOST = 40

export const noticesRouter = router({
  list: signedIn.query(({ ctx }) =>
    listNotices(ctx.db, ctx.person, new Date(ctx.now().getTime() - SHOWN_FOR_MS), MOST),
  ),
})
