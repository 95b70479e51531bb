// Slices kept with the files of their hosts, to start others of the same project from.
import { mayChangeSlice, mayUseProject } from '@myvini/store/access'
import { tell } from '@myvini/store/reservations'
import { deleteSavedSlice, listSavedSlices, saveSlice } from '@myvini/store/saved-slices'
import { z } from 'zod'
import { orRefuse } from '../problems'
import { router, signedIn } from '../trpc'
import { SliceName } from './slices'

const Id = z.string().min(1).max(40)

export const savedSlicesRouter = router({
  list: signedIn.input(z.object({ projectId: Id })).query(async ({ ctx, input }) => {
    orRefuse(await mayUseProject(ctx.db, ctx.person, input.projectId))
    return listSavedSlices(ctx.db, input.projectId)
  }),

  /** As it takes of what all share, it needs the right to book. */
  save: signedIn.input(z.object({ sliceId: Id, name: SliceName })).mutation(async ({ ctx, input }) => {
    const slice = orRefuse(await mayChangeSlice(ctx.db, ctx.person, input.sliceId))
    const wish = { ...input, projectId: slice.projectId, actorId: ctx.person.id }
    const saved = orRefuse(await saveSlice(ctx.db, wish))
    const files = `the files of ${saved.hosts} ${saved.hosts === 1 ? 'host' : 'hosts'}`
    await tell(ctx.db, slice.id, 'host', `${ctx.person.name}: it is being saved as ${input.name}, with ${files}.`)
    return saved
  }),

  remove: signedIn.input(z.object({ projectId: Id, id: Id })).mutation(async ({ ctx, input }) => {
    orRefuse(await mayUseProject(ctx.db, ctx.person, input.projectId))
    orRefuse(await deleteSavedSlice(ctx.db, { ...input, actorId: ctx.person.id }))
  }),
})
