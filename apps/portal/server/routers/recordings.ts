// What terminals of labs showed. The recordings themselves are files: app/api/recordings.
import { mayTeachCourse } from '@myvini/store/access'
import { mayWatch, ownRecordings, recordingsOfLab } from '@myvini/store/recordings'
import { z } from 'zod'
import { orRefuse } from '../problems'
import { instructor, router, signedIn } from '../trpc'

const Id = z.string().min(1).max(40)

export const recordingsRouter = router({
  ofLab: instructor.input(z.object({ labId: Id })).query(async ({ ctx, input }) => {
    const lab = await ctx.db.lab.findUnique({ where: { id: input.labId } })
    const course = orRefuse(await mayTeachCourse(ctx.db, ctx.person, lab?.courseId ?? ''))
    return {
      lab: { id: input.labId, name: lab?.name ?? '', records: lab?.recordsTerminals ?? false },
      course: { id: course.id, name: course.name },
      recordings: await recordingsOfLab(ctx.db, input.labId),
    }
  }),

  /** One's own of a slice. */
  mine: signedIn
    .input(z.object({ sliceId: Id }))
    .query(async ({ ctx, input }) => orRefuse(await ownRecordings(ctx.db, ctx.person, input.sliceId))),

  get: signedIn
    .input(z.object({ id: Id }))
    .query(async ({ ctx, input }) => orRefuse(await mayWatch(ctx.db, ctx.person, input.id))),
})
