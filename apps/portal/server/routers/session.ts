// Who am I, and what is mine to enter?
import { router, signedIn } from '../trpc'

export const sessionRouter = router({
  me: signedIn.query(({ ctx }) => {
    const { id, name, email, role } = ctx.person
    return { id, name, email, role }
  }),
})
