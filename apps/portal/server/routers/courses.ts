// Courses: who teaches, who is in them. For instructors; each sees their own, admins see all.
import { mayTeachCourse } from '@myvini/store/access'
import {
  addStudents,
  createCourse,
  inviteAgain,
  listCourses,
  listStudents,
  removeStudent,
  renameCourse,
} from '@myvini/store/courses'
import { listLabs } from '@myvini/store/labs'
import { z } from 'zod'
import { pathTo } from '../../paths'
import { orRefuse } from '../problems'
import { instructor, router } from '../trpc'

const Id = z.string().min(1).max(40)
const Name = z.string().trim().min(1, 'Give it a name').max(80, 'At most 80 characters')
const UserId = z.string().min(1).max(80)

const MOST_STUDENTS = 2000

export const coursesRouter = router({
  list: instructor.query(({ ctx }) => listCourses(ctx.db, ctx.person)),

  get: instructor.input(z.object({ courseId: Id })).query(async ({ ctx, input }) => {
    const course = orRefuse(await mayTeachCourse(ctx.db, ctx.person, input.courseId))
    const [students, labs, teacher] = await Promise.all([
      listStudents(ctx.db, course.projectId),
      listLabs(ctx.db, course.id),
      ctx.db.user.findUniqueOrThrow({ where: { id: course.instructorId }, select: { id: true, name: true } }),
    ])
    return {
      id: course.id,
      name: course.name,
      project: { id: course.projectId, slug: course.project.slug },
      instructor: teacher,
      students,
      labs,
    }
  }),

  create: instructor
    .input(z.object({ name: Name }))
    .mutation(({ ctx, input }) => createCourse(ctx.db, { name: input.name, instructorId: ctx.person.id })),

  rename: instructor.input(z.object({ courseId: Id, name: Name })).mutation(async ({ ctx, input }) => {
    orRefuse(await mayTeachCourse(ctx.db, ctx.person, input.courseId))
    await renameCourse(ctx.db, { ...input, actorId: ctx.person.id })
  }),

  addStudents: instructor
    .input(
      z.object({
        courseId: Id,
        students: z
          .array(
            z.object({
              name: z.string().trim().min(1, 'A name is missing').max(80),
              email: z.email('This is not an e-mail address').max(200),
            }),
          )
          .min(1, 'The list is empty')
          .max(MOST_STUDENTS, `At most ${MOST_STUDENTS} at once`),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const course = orRefuse(await mayTeachCourse(ctx.db, ctx.person, input.courseId))
      const enrolled = orRefuse(
        await addStudents(ctx.db, { ...input, actorId: ctx.person.id, projectId: course.projectId, now: ctx.now() }),
      )
      return enrolled.map(({ token, ...row }) => ({
        ...row,
        link: token === null ? null : linkOf(ctx.publicUrl, token),
      }))
    }),

  inviteAgain: instructor
    .input(z.object({ courseId: Id, userIds: z.array(UserId).min(1).max(MOST_STUDENTS) }))
    .mutation(async ({ ctx, input }) => {
      const course = orRefuse(await mayTeachCourse(ctx.db, ctx.person, input.courseId))
      const invited = orRefuse(
        await inviteAgain(ctx.db, { ...input, actorId: ctx.person.id, projectId: course.projectId, now: ctx.now() }),
      )
      return invited.map(({ token, ...row }) => ({
        ...row,
        link: token === null ? null : linkOf(ctx.publicUrl, token),
      }))
    }),

  removeStudent: instructor.input(z.object({ courseId: Id, userId: UserId })).mutation(async ({ ctx, input }) => {
    const course = orRefuse(await mayTeachCourse(ctx.db, ctx.person, input.courseId))
    orRefuse(await removeStudent(ctx.db, { ...input, actorId: ctx.person.id, projectId: course.projectId }))
  }),
})

const linkOf = (publicUrl: string, token: string): string => new URL(pathTo.join(token), publicUrl).toString()
