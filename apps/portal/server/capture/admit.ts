// May this person see what passes that end of a link, and which controller takes it here?
import { CaptureLimits } from '@myvini/core/desired/capture'
import { deviceName, partKey } from '@myvini/core/desired/naming'
import { isOnNodes } from '@myvini/core/reservation/state'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { graphOf, linkName } from '@myvini/core/topology/graph'
import { mayUseSlice, type Person } from '@myvini/store/access'
import { findLiveController } from '@myvini/store/live-controller'
import { currentReservation } from '@myvini/store/slice-status'
import { topologyOf } from '@myvini/store/slices'
import { sealTicket } from '@myvini/store/ticket'
import { z } from 'zod'
import type { AdmitDeps } from '../terminal/admit'

export const CaptureAsked = CaptureLimits.extend({
  slice: z.string().min(1).max(40),
  link: z.string().min(1).max(24),
  /** The first or second end of the link as it was drawn. */
  end: z.enum(['a', 'b']),
})
export type CaptureAsked = z.infer<typeof CaptureAsked>

const TICKET_MS = 30_000

const problem = (code: string, message: string, hint: string) => fail<Problem>({ code, message, hint })

export async function admitCapture(
  { db, secret, now }: AdmitDeps,
  person: Person,
  asked: CaptureAsked,
): Promise<Result<{ url: string; detail: Record<string, string> }>> {
  const { slice: sliceId, link: linkId, end, ...limits } = asked
  const slice = await mayUseSlice(db, person, sliceId)
  if (!slice.ok) return slice
  const reservation = await currentReservation(db, sliceId)
  if (!reservation || !isOnNodes(reservation.state))
    return problem('capture.not-running', 'This slice is not running.', 'Book it first, or wait until it has come up.')
  const topology = topologyOf(reservation.revision)
  const link = topology.links.find((l) => l.id === linkId)
  const drawn = link?.ends[end === 'a' ? 0 : 1]
  const at = drawn && (drawn.kind === 'lan' ? drawn.lan : drawn.host)
  const placement = reservation.placements.find((p) => p.virtualId === at)
  const egreKey = reservation.links.find((l) => l.linkId === linkId)?.egreKey
  if (!link || !placement || egreKey === undefined)
    return problem(
      'capture.no-link',
      'This link is not part of what runs.',
      'It was drawn after the slice was booked. Stop the slice and book it again to run it.',
    )
  const controller = await findLiveController(db, now)
  if (!controller)
    return problem(
      'capture.no-controller',
      'No controller is running at the moment.',
      'Try again; if it stays so, tell an admin.',
    )
  const ticket = sealTicket(
    {
      node: placement.nodeId,
      host: partKey(reservation.id, placement.virtualId),
      session: 'capture',
      capture: { ...limits, device: deviceName(egreKey, end) },
      user: person.email,
      expiresAtMs: now.getTime() + TICKET_MS,
    },
    secret,
  )
  return ok({
    url: `${controller.gatewayUrl}/capture?${new URLSearchParams({ ticket })}`,
    detail: { link: linkName(graphOf(topology), link), end, node: placement.node.name },
  })
}
