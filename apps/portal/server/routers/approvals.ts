// What waits for an admin, what it would take of the substrate, and what becomes of it.
import { embed } from '@myvini/core/embedding/embed'
import { requestOf } from '@myvini/core/embedding/request'
import { claimsOf } from '@myvini/core/reservation/claims'
import { listApprovals } from '@myvini/store/approvals'
import { takeAction } from '@myvini/store/reservation-actions'
import { topologyOf } from '@myvini/store/slices'
import { loadSubstrate } from '@myvini/store/substrate'
import { loadUsage } from '@myvini/store/usage'
import { z } from 'zod'
import { orRefuse, refuse } from '../problems'
import { admin, type Context, router } from '../trpc'

const Id = z.string().min(1).max(40)
const Placement = z.enum(['spread', 'pack', 'distinct']).catch('spread')
const MOST = 300

async function findRequest(ctx: Context, id: string) {
  const row = await ctx.db.reservation.findUnique({ where: { id }, include: { revision: true } })
  if (!row)
    refuse({
      code: 'reservation.gone',
      message: 'This request is no longer there.',
      hint: 'Somebody may have deleted the slice. Look at the next one.',
    })
  return row
}

export const approvalsRouter = router({
  count: admin.query(({ ctx }) => ctx.db.reservation.count({ where: { state: 'requested' } })),

  list: admin
    .input(z.object({ kind: z.enum(['waiting', 'decided']) }))
    .query(({ ctx, input }) => listApprovals(ctx.db, input.kind, MOST)),

  /** What approving would do to each node and link within the window, were it done now. */
  effect: admin.input(z.object({ reservationId: Id })).query(async ({ ctx, input }) => {
    const row = await findRequest(ctx, input.reservationId)
    const window = { startsAt: row.startsAt, endsAt: row.endsAt }
    const topology = topologyOf(row.revision)
    const request = requestOf(topology)
    const [substrate, usage] = await Promise.all([loadSubstrate(ctx.db), loadUsage(ctx.db, window, row.id)])
    const solved = embed(substrate, usage, request, { placement: Placement.parse(row.placement), seed: 1 })
    const claims = solved.ok ? claimsOf(request, solved.value) : null
    const names = new Map(substrate.nodes.map((n) => [n.id, n.name]))
    return {
      topology,
      problem: solved.ok ? null : solved.problem,
      nodes: substrate.nodes.map((node) => {
        const used = usage.nodes.get(node.id)
        const adds = claims?.nodes.get(node.id)
        return {
          id: node.id,
          name: node.name,
          site: node.site,
          available: node.available,
          cpu: { of: node.cpuMilli / 10, used: (used?.cpuMilli ?? 0) / 10, adds: (adds?.cpuMilli ?? 0) / 10 },
          memory: { of: node.memoryMib, used: used?.memoryMib ?? 0, adds: adds?.memoryMib ?? 0 },
          hosts: { of: node.hostSlots, used: used?.hostSlots ?? 0, adds: adds?.hostSlots ?? 0 },
        }
      }),
      links: substrate.links.map((link) => ({
        id: link.id,
        name: `${names.get(link.a)}–${names.get(link.b)}`,
        mbps: { of: link.capacityMbps, used: usage.links.get(link.id) ?? 0, adds: claims?.links.get(link.id) ?? 0 },
      })),
    }
  }),

  decide: admin
    .input(
      z
        .object({
          reservationId: Id,
          action: z.enum(['approve', 'deny']),
          /** Shown to whoever asked; a denial without a reason helps nobody. */
          note: z.string().trim().max(500, 'At most 500 characters'),
        })
        .refine(({ action, note }) => action === 'approve' || note !== '', {
          path: ['note'],
          message: 'Say why, and what would do instead',
        }),
    )
    .mutation(async ({ ctx, input }) => {
      const row = await findRequest(ctx, input.reservationId)
      if (input.action === 'approve' && row.endsAt <= ctx.now())
        refuse({
          code: 'approvals.window-over',
          message: 'The window of this request is over.',
          hint: 'Deny it, so that whoever asked can choose another.',
        })
      const state = orRefuse(
        await takeAction(ctx.db, {
          ...input,
          actor: 'admin',
          personId: ctx.person.id,
          personName: ctx.person.name,
          now: ctx.now(),
        }),
      )
      return { state }
    }),
})
