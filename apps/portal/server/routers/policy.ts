// The policy that bookings are held to. Everyone may read it (reservations.policy); admins change it.
import { Policy } from '@myvini/core/reservation/policy'
import { writeAudit } from '@myvini/store/audit'
import { savePolicy } from '@myvini/store/policy'
import { admin, router } from '../trpc'

/** Approving at once what is then refused would be no policy. */
const Sound = Policy.superRefine(({ most, automatic }, context) => {
  for (const what of ['hosts', 'cpuPercent', 'linkMbps', 'windowHours'] as const)
    if (automatic[what] > most[what])
      context.addIssue({
        code: 'custom',
        path: ['automatic', what],
        message: `Not more than the ${most[what]} that are allowed at most`,
      })
})

export const policyRouter = router({
  save: admin.input(Sound).mutation(({ ctx, input }) =>
    ctx.db.$transaction(async (tx) => {
      await savePolicy(tx, input)
      await writeAudit(tx, {
        actorId: ctx.person.id,
        action: 'policy.save',
        subjectType: 'policy',
        subjectId: 'policy',
        detail: { ...input },
      })
    }),
  ),
})
