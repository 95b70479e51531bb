// The drawing of a slice: open it, look at an older revision, save on top of the one it was made from.
import { Topology } from '@myvini/core/topology/topology'
import { mayChangeSlice, mayUseSlice } from '@myvini/store/access'
import { latestRevision, saveRevision, topologyOf } from '@myvini/store/slices'
import { z } from 'zod'
import { orRefuse, refuse } from '../problems'
import { router, signedIn } from '../trpc'

const Id = z.string().min(1).max(40)

export const topologyRouter = router({
  open: signedIn.input(z.object({ sliceId: Id })).query(async ({ ctx, input }) => {
    const slice = orRefuse(await mayUseSlice(ctx.db, ctx.person, input.sliceId))
    const [revision, owner, change, lab] = await Promise.all([
      latestRevision(ctx.db, slice.id),
      ctx.db.user.findUniqueOrThrow({ where: { id: slice.ownerId }, select: { id: true, name: true } }),
      mayChangeSlice(ctx.db, ctx.person, slice.id),
      slice.labId === null
        ? null
        : ctx.db.lab.findUnique({ where: { id: slice.labId }, select: { id: true, name: true, courseId: true } }),
    ])
    return {
      slice: { id: slice.id, name: slice.name, project: slice.project, owner, lab, mayChange: change.ok },
      topology: topologyOf(revision),
      revision: revision.number,
      savedAt: revision.createdAt,
    }
  }),

  at: signedIn.input(z.object({ sliceId: Id, revision: z.number().int().min(1) })).query(async ({ ctx, input }) => {
    orRefuse(await mayUseSlice(ctx.db, ctx.person, input.sliceId))
    const row = await ctx.db.topologyRevision.findUnique({
      where: { sliceId_number: { sliceId: input.sliceId, number: input.revision } },
    })
    if (!row)
      refuse({
        code: 'topology.revision-gone',
        message: `This slice has no revision ${input.revision}.`,
        hint: 'Open the slice again.',
      })
    return topologyOf(row)
  }),

  save: signedIn
    .input(z.object({ sliceId: Id, base: z.number().int().min(1), topology: Topology }))
    .mutation(async ({ ctx, input }) => {
      orRefuse(await mayChangeSlice(ctx.db, ctx.person, input.sliceId))
      const saved = orRefuse(await saveRevision(ctx.db, { ...input, authorId: ctx.person.id }))
      return { ...saved, at: ctx.now() }
    }),
})
