// Networks to start from.
import { topologyOf } from '@myvini/store/slices'
import { router, signedIn } from '../trpc'

export const templatesRouter = router({
  list: signedIn.query(async ({ ctx }) => {
    const rows = await ctx.db.template.findMany({ orderBy: [{ position: 'asc' }, { name: 'asc' }] })
    return rows.map((row) => ({
      slug: row.slug,
      name: row.name,
      description: row.description,
      topology: topologyOf(row),
    }))
  }),
})
