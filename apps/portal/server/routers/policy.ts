// The policy that bookings are held to, and what roles and projects have otherwise, as admins change it. What holds for
// somebody is reservations.policy.
import { Exception, Policy, ROLES } from '@myvini/core/reservation/policy'
import { writeAudit } from '@myvini/store/audit'
import { listExceptions, loadPolicy, saveException, savePolicy } from '@myvini/store/policy'
import { TRPCError } from '@trpc/server'
import { z } from 'zod'
import { admin, router } from '../trpc'

/** Approving at once what is then refused would be no policy. */
const Sound = Policy.omit({ roles: true }).superRefine(({ most, automatic }, context) => {
  for (const what of ['hosts', 'cpuPercent', 'linkMbps', 'windowHours'] as const)
    if (automatic[what] > most[what])
      context.addIssue({
        code: 'custom',
        path: ['automatic', what],
        message: `Not more than the ${most[what]} that are allowed at most`,
      })
})

export const policyRouter = router({
  get: admin.query(({ ctx }) => loadPolicy(ctx.db)),

  save: admin.input(Sound).mutation(({ ctx, input }) =>
    ctx.db.$transaction(async (tx) => {
      // Roles are changed by themselves: a page that was opened before does not take their exceptions back.
      const { roles } = await loadPolicy(tx)
      await savePolicy(tx, { ...input, roles })
      await writeAudit(tx, {
        actorId: ctx.person.id,
        action: 'policy.save',
        subjectType: 'policy',
        subjectId: 'policy',
        detail: { ...input },
      })
    }),
  ),

  saveRole: admin
    .input(z.object({ role: z.enum(ROLES), exception: Exception.nullable() }))
    .mutation(({ ctx, input: { role, exception } }) =>
      ctx.db.$transaction(async (tx) => {
        const policy = await loadPolicy(tx)
        const { [role]: _, ...others } = policy.roles
        await savePolicy(tx, { ...policy, roles: exception ? { ...others, [role]: exception } : others })
        await writeAudit(tx, {
          actorId: ctx.person.id,
          action: 'policy.save-role',
          subjectType: 'policy',
          subjectId: role,
          detail: { exception },
        })
      }),
    ),

  projects: admin.query(({ ctx }) => listExceptions(ctx.db)),

  saveProject: admin
    .input(z.object({ projectId: z.string().max(64), exception: Exception.nullable() }))
    .mutation(({ ctx, input }) =>
      ctx.db.$transaction(async (tx) => {
        if (!(await saveException(tx, input)))
          throw new TRPCError({ code: 'NOT_FOUND', message: 'This project is no longer there.' })
        await writeAudit(tx, {
          actorId: ctx.person.id,
          action: 'policy.save-project',
          subjectType: 'project',
          subjectId: input.projectId,
          detail: { exception: input.exception },
        })
      }),
    ),
})
