// Slices as things: list, make, name, copy, delete and bring back.
import { emptyTopology, Topology } from '@myvini/core/topology/topology'
import { mayChangeSlice, mayRestoreSlice, mayUseProject, mayUseSlice } from '@myvini/store/access'
import { writeAudit } from '@myvini/store/audit'
import { listSliceDrift } from '@myvini/store/drift'
import { tell } from '@myvini/store/reservations'
import { savedTopology } from '@myvini/store/saved-slices'
import { listSliceEvents } from '@myvini/store/slice-events'
import { listSlices } from '@myvini/store/slice-list'
import { freeSliceName } from '@myvini/store/slice-name'
import { createSlice, deleteSlice, latestRevision, renameSlice, restoreSlice, topologyOf } from '@myvini/store/slices'
import { transact } from '@myvini/store/transact'
import { z } from 'zod'
import { orRefuse } from '../problems'
import { templateTopology } from '../template'
import { router, signedIn } from '../trpc'

export const SliceName = z.string().trim().min(1, 'Give it a name').max(80, 'At most 80 characters')

const Id = z.string().min(1).max(40)

export const slicesRouter = router({
  list: signedIn
    .input(z.object({ scope: z.enum(['mine', 'all']).default('mine') }))
    .query(({ ctx, input }) => listSlices(ctx.db, ctx.person, input)),

  create: signedIn
    .input(
      z.object({
        projectId: Id,
        name: SliceName.optional(),
        /** Without a name: called this, with the first number that is free. */
        stem: SliceName.optional(),
        template: z.string().max(80).optional(),
        /** A saved slice of the same project, with its hosts' files. */
        saved: Id.optional(),
        topology: Topology.optional(),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      orRefuse(await mayUseProject(ctx.db, ctx.person, input.projectId))
      const { template, saved: savedId } = input
      const saved = savedId === undefined ? null : orRefuse(await savedTopology(ctx.db, savedId, input.projectId))
      const topology =
        input.topology ??
        saved?.topology ??
        (template === undefined ? emptyTopology() : await templateTopology(ctx.db, template))
      const stem = input.stem ?? saved?.name ?? template ?? 'slice'
      const name = input.name ?? (await freeSliceName(ctx.db, input.projectId, stem))
      return orRefuse(
        await transact(ctx.db, async (tx) => {
          const made = await createSlice(tx, {
            projectId: input.projectId,
            ownerId: ctx.person.id,
            name,
            topology,
          })
          if (!made.ok) return made
          await tell(tx, made.value.id, 'created', `Made by ${ctx.person.name}.`)
          await writeAudit(tx, {
            actorId: ctx.person.id,
            action: 'slice.create',
            subjectType: 'slice',
            subjectId: made.value.id,
            detail: { name },
          })
          return made
        }),
      )
    }),

  duplicate: signedIn.input(z.object({ sliceId: Id, projectId: Id.optional() })).mutation(async ({ ctx, input }) => {
    const slice = orRefuse(await mayUseSlice(ctx.db, ctx.person, input.sliceId))
    const projectId = input.projectId ?? slice.projectId
    orRefuse(await mayUseProject(ctx.db, ctx.person, projectId))
    const topology = topologyOf(await latestRevision(ctx.db, slice.id))
    const name = await freeSliceName(ctx.db, projectId, `${slice.name} copy`)
    const made = orRefuse(await createSlice(ctx.db, { projectId, ownerId: ctx.person.id, name, topology }))
    await tell(ctx.db, made.id, 'created', `Copied from ${slice.name} by ${ctx.person.name}.`)
    return { ...made, name }
  }),

  rename: signedIn.input(z.object({ sliceId: Id, name: SliceName })).mutation(async ({ ctx, input }) => {
    const slice = orRefuse(await mayChangeSlice(ctx.db, ctx.person, input.sliceId))
    orRefuse(
      await transact(ctx.db, async (tx) => {
        const renamed = await renameSlice(tx, slice.id, input.name)
        if (renamed.ok) await tell(tx, slice.id, 'renamed', `Renamed from ${slice.name} to ${input.name}.`)
        return renamed
      }),
    )
  }),

  delete: signedIn.input(z.object({ sliceId: Id })).mutation(async ({ ctx, input }) => {
    const slice = orRefuse(await mayChangeSlice(ctx.db, ctx.person, input.sliceId))
    orRefuse(
      await transact(ctx.db, async (tx) => {
        const deleted = await deleteSlice(tx, slice.id, ctx.now())
        if (!deleted.ok) return deleted
        await tell(tx, slice.id, 'deleted', `Deleted by ${ctx.person.name}.`)
        await writeAudit(tx, {
          actorId: ctx.person.id,
          action: 'slice.delete',
          subjectType: 'slice',
          subjectId: slice.id,
          detail: { name: slice.name },
        })
        return deleted
      }),
    )
  }),

  restore: signedIn.input(z.object({ sliceId: Id })).mutation(async ({ ctx, input }) => {
    const slice = orRefuse(await mayRestoreSlice(ctx.db, ctx.person, input.sliceId))
    orRefuse(
      await transact(ctx.db, async (tx) => {
        const restored = await restoreSlice(tx, slice.id)
        if (!restored.ok) return restored
        await tell(tx, slice.id, 'restored', `Brought back by ${ctx.person.name}.`)
        await writeAudit(tx, {
          actorId: ctx.person.id,
          action: 'slice.restore',
          subjectType: 'slice',
          subjectId: slice.id,
        })
        return restored
      }),
    )
  }),

  events: signedIn.input(z.object({ sliceId: Id })).query(async ({ ctx, input }) => {
    orRefuse(await mayUseSlice(ctx.db, ctx.person, input.sliceId))
    return listSliceEvents(ctx.db, input.sliceId, 200)
  }),

  /** What nodes found wrong with it, and put right. */
  drift: signedIn.input(z.object({ sliceId: Id })).query(async ({ ctx, input }) => {
    orRefuse(await mayUseSlice(ctx.db, ctx.person, input.sliceId))
    return listSliceDrift(ctx.db, input.sliceId, 100)
  }),
})
