// Labs of a course: one topology, a slice for each student, started and stopped for all in one action.

import type { Topology } from '@myvini/core/topology/topology'
import { hasErrors, validateTopology } from '@myvini/core/topology/validate'
import { mayTeachCourse, mayUseSlice } from '@myvini/store/access'
import {
  auditLabRun,
  createLab,
  endFor,
  labOverview,
  liveOf,
  removeLab,
  type Started,
  setLabRecording,
  startFor,
} from '@myvini/store/labs'
import { latestRevision, topologyOf } from '@myvini/store/slices'
import { z } from 'zod'
import { orRefuse, refuse } from '../problems'
import { templateTopology } from '../template'
import { type Context, instructor, router } from '../trpc'

const Id = z.string().min(1).max(40)
const Name = z.string().trim().min(1, 'Give it a name').max(60, 'At most 60 characters')
type Signed = Context & { person: NonNullable<Context['person']> }

const Source = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('template'), slug: z.string().max(80) }),
  z.object({ kind: z.literal('slice'), sliceId: Id }),
])

async function topologyFrom(ctx: Signed, source: z.infer<typeof Source>): Promise<Topology> {
  if (source.kind === 'slice') {
    const slice = orRefuse(await mayUseSlice(ctx.db, ctx.person, source.sliceId))
    return topologyOf(await latestRevision(ctx.db, slice.id))
  }
  return templateTopology(ctx.db, source.slug)
}

/** The lab and its course, for whoever teaches it; what is not theirs looks like what is not there. */
async function labOf(ctx: Signed, labId: string) {
  const lab = await ctx.db.lab.findUnique({ where: { id: labId } })
  const course = orRefuse(await mayTeachCourse(ctx.db, ctx.person, lab?.courseId ?? ''))
  if (!lab) throw new Error('a course was found for a lab that is not there')
  return { lab, course }
}

export const labsRouter = router({
  create: instructor
    .input(
      z.object({
        courseId: Id,
        name: Name,
        source: Source,
        startsAt: z.date().nullable(),
        endsAt: z.date().nullable(),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const { courseId, name, source, startsAt, endsAt } = input
      orRefuse(await mayTeachCourse(ctx.db, ctx.person, courseId))
      const topology = await topologyFrom(ctx, source)
      const problems = validateTopology(topology)
      const first = problems.find((p) => p.severity === 'error')
      if (hasErrors(problems) && first)
        refuse({
          ...first,
          message: `This topology cannot be booked: ${first.message}`,
          hint: 'Mend the drawing, or choose another.',
          subject: { kind: 'field', id: 'source' },
        })
      return createLab(ctx.db, { actorId: ctx.person.id, courseId, name, topology, startsAt, endsAt })
    }),

  get: instructor.input(z.object({ labId: Id })).query(async ({ ctx, input }) => {
    const { lab, course } = await labOf(ctx, input.labId)
    return {
      id: lab.id,
      name: lab.name,
      startsAt: lab.startsAt,
      endsAt: lab.endsAt,
      recordsTerminals: lab.recordsTerminals,
      topology: topologyOf(lab),
      course: { id: course.id, name: course.name, slug: course.project.slug },
      slices: await labOverview(ctx.db, { id: lab.id, projectId: course.projectId }),
    }
  }),

  /** From the next terminal on that is opened; who is in one already is not recorded unknowingly. */
  setRecording: instructor.input(z.object({ labId: Id, records: z.boolean() })).mutation(async ({ ctx, input }) => {
    const { lab } = await labOf(ctx, input.labId)
    await setLabRecording(ctx.db, { actorId: ctx.person.id, labId: lab.id, records: input.records })
  }),

  /** One answer for each student as it is known; asked again, it goes on where it was. */
  start: instructor
    .input(
      z.object({
        labId: Id,
        /** None: for everyone. */
        studentIds: z.array(z.string().max(80)).max(5000).optional(),
        startsAt: z.date().nullable(),
        endsAt: z.date(),
        placement: z.enum(['spread', 'pack', 'distinct']),
        reason: z.string().trim().max(500),
      }),
    )
    .mutation(async function* ({
      ctx,
      input,
      signal,
    }): AsyncGenerator<{ student: string; result: Started; done: number; of: number }> {
      const { lab, course } = await labOf(ctx, input.labId)
      const overview = await labOverview(ctx.db, { id: lab.id, projectId: course.projectId })
      const students = overview
        .map((row) => row.student)
        .filter((s) => input.studentIds === undefined || input.studentIds.includes(s.id))
      const start = {
        lab: {
          id: lab.id,
          name: lab.name,
          courseId: course.id,
          projectId: course.projectId,
          topology: topologyOf(lab),
        },
        actorId: ctx.person.id,
        endsAt: input.endsAt,
        placement: input.placement,
        reason: input.reason || `Lab ${lab.name} of the course ${course.name}.`,
      }
      await auditLabRun(ctx.db, ctx.person.id, 'lab.start', lab.id, students.length)
      for (const [i, student] of students.entries()) {
        if (signal?.aborted) return
        // Each asks at a time of its own: they are admitted in the order of the list.
        const now = ctx.now()
        yield {
          student: student.name,
          result: await startFor(ctx.db, { ...start, startsAt: input.startsAt ?? now, now }, student),
          done: i + 1,
          of: students.length,
        }
      }
    }),

  stop: instructor.input(z.object({ labId: Id })).mutation(async function* ({
    ctx,
    input,
    signal,
  }): AsyncGenerator<{ student: string; problem: string | null; done: number; of: number }> {
    const { lab } = await labOf(ctx, input.labId)
    const live = await liveOf(ctx.db, lab.id)
    await auditLabRun(ctx.db, ctx.person.id, 'lab.stop', lab.id, live.length)
    for (const [i, slice] of live.entries()) {
      if (signal?.aborted) return
      const ended = await endFor(ctx.db, { live: slice, actor: ctx.person, now: ctx.now() })
      yield {
        student: slice.student,
        problem: ended.ok ? null : ended.problem.message,
        done: i + 1,
        of: live.length,
      }
    }
  }),

  remove: instructor.input(z.object({ labId: Id })).mutation(async ({ ctx, input }) => {
    const { lab } = await labOf(ctx, input.labId)
    orRefuse(await removeLab(ctx.db, { actorId: ctx.person.id, labId: lab.id, now: ctx.now() }))
  }),
})
