// Projects and who is in them. Leads add and remove people; admins may everything a lead may.
import { membershipOf, projectsOf } from '@myvini/store/access'
import { writeAudit } from '@myvini/store/audit'
import { addMember, createProject, listMembers, removeMember, setMemberRole } from '@myvini/store/projects'
import { z } from 'zod'
import { orRefuse, refuse } from '../problems'
import { type Context, router, signedIn } from '../trpc'

const Id = z.string().min(1).max(40)
const Name = z.string().trim().min(1, 'Give it a name').max(80, 'At most 80 characters')
const Description = z.string().trim().max(500, 'At most 500 characters')
const Role = z.enum(['lead', 'member'])

type SignedIn = Context & { person: NonNullable<Context['person']> }

async function mayLead(ctx: SignedIn, projectId: string): Promise<void> {
  const membership = await membershipOf(ctx.db, ctx.person, projectId)
  if (membership?.role === 'lead' || ctx.person.role === 'admin') return
  if (membership)
    refuse({ code: 'access.refused', message: 'This is for leads of the project.', hint: 'Ask one of them.' })
  refuse({
    code: 'access.not-found',
    message: 'There is no such project, or it is not yours to see.',
    hint: 'Check the address, or ask a lead of the project to add you.',
  })
}

export const projectsRouter = router({
  mine: signedIn.query(async ({ ctx }) => {
    const rows = await projectsOf(ctx.db, ctx.person)
    return rows.map(({ role, project }) => ({
      id: project.id,
      slug: project.slug,
      name: project.name,
      role,
      courseId: project.course?.id ?? null,
    }))
  }),

  get: signedIn.input(z.object({ slug: z.string().max(80) })).query(async ({ ctx, input }) => {
    const project = await ctx.db.project.findUnique({ where: { slug: input.slug }, include: { course: true } })
    const membership = project ? await membershipOf(ctx.db, ctx.person, project.id) : null
    if (!project || (ctx.person.role !== 'admin' && (!membership || membership.role === 'student')))
      refuse({
        code: 'access.not-found',
        message: 'There is no such project, or it is not yours to see.',
        hint: 'Check the address, or ask a lead of the project to add you.',
      })
    return {
      id: project.id,
      slug: project.slug,
      name: project.name,
      description: project.description,
      courseId: project.course?.id ?? null,
      mayLead: membership?.role === 'lead' || ctx.person.role === 'admin',
      members: await listMembers(ctx.db, project.id),
    }
  }),

  create: signedIn
    .input(z.object({ name: Name, description: Description.default('') }))
    .mutation(({ ctx, input }) => ctx.db.$transaction((tx) => createProject(tx, { ...input, leadId: ctx.person.id }))),

  update: signedIn
    .input(z.object({ projectId: Id, name: Name, description: Description }))
    .mutation(async ({ ctx, input }) => {
      await mayLead(ctx, input.projectId)
      await ctx.db.$transaction(async (tx) => {
        const { projectId, name, description } = input
        await tx.project.update({ where: { id: projectId }, data: { name, description } })
        await writeAudit(tx, {
          actorId: ctx.person.id,
          action: 'project.update',
          subjectType: 'project',
          subjectId: projectId,
          detail: { name },
        })
      })
    }),

  addMember: signedIn
    .input(z.object({ projectId: Id, email: z.email('This is not an e-mail address').max(200), role: Role }))
    .mutation(async ({ ctx, input }) => {
      await mayLead(ctx, input.projectId)
      return orRefuse(await addMember(ctx.db, { ...input, actorId: ctx.person.id }))
    }),

  setMemberRole: signedIn
    .input(z.object({ projectId: Id, userId: Id, role: Role }))
    .mutation(async ({ ctx, input }) => {
      await mayLead(ctx, input.projectId)
      orRefuse(await setMemberRole(ctx.db, { ...input, actorId: ctx.person.id }))
    }),

  removeMember: signedIn.input(z.object({ projectId: Id, userId: Id })).mutation(async ({ ctx, input }) => {
    // Anyone may leave; only leads send others away.
    if (input.userId !== ctx.person.id) await mayLead(ctx, input.projectId)
    orRefuse(await removeMember(ctx.db, { ...input, actorId: ctx.person.id }))
  }),
})
