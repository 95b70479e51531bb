// May this person have a terminal on that host, and which controller takes it there?
import { createHash } from 'node:crypto'
import { partKey } from '@myvini/core/desired/naming'
import { isOnNodes } from '@myvini/core/reservation/state'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { mayUseSlice, type Person } from '@myvini/store/access'
import type { Database } from '@myvini/store/database'
import { findLiveController } from '@myvini/store/live-controller'
import { currentReservation } from '@myvini/store/slice-status'
import { topologyOf } from '@myvini/store/slices'
import { sealTicket } from '@myvini/store/ticket'
import { z } from 'zod'

export const TerminalRequest = z.object({
  slice: z.string().min(1).max(40),
  host: z.string().min(1).max(24),
  /** Names the session on the node, so that it is joined again after a reload. */
  session: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  columns: z.coerce.number().int().min(2).max(1000),
  rows: z.coerce.number().int().min(1).max(500),
})
export type TerminalRequest = z.infer<typeof TerminalRequest>

/** Two people who name their sessions alike do not meet in one. Short, for on the node it is a part of a socket's path. */
const sessionOf = (person: Person, name: string): string =>
  createHash('sha256').update(`${person.id} ${name}`).digest('hex').slice(0, 20)

export interface AdmitDeps {
  db: Database
  secret: string
  now: Date
}

/** A ticket is used at once; this allows for clocks of two machines that differ a little. */
const TICKET_MS = 30_000

const problem = (code: string, message: string, hint: string) => fail<Problem>({ code, message, hint })

export async function admitTerminal(
  { db, secret, now }: AdmitDeps,
  person: Person,
  request: TerminalRequest,
): Promise<Result<{ url: string; hostName: string; nodeName: string }>> {
  const slice = await mayUseSlice(db, person, request.slice)
  if (!slice.ok) return slice
  const reservation = await currentReservation(db, request.slice)
  if (!reservation || !isOnNodes(reservation.state))
    return problem('terminal.not-running', 'This slice is not running.', 'Book it first, or wait until it has come up.')
  const host = topologyOf(reservation.revision).hosts.find((h) => h.id === request.host)
  const placement = reservation.placements.find((p) => p.virtualId === request.host)
  if (!host || !placement)
    return problem(
      'terminal.no-host',
      'This host is not part of what runs.',
      'It was drawn after the slice was booked. Stop the slice and book it again to run it.',
    )
  if (host.kind === 'gateway')
    return problem(
      'terminal.gateway',
      `${host.name} is a gateway: the node keeps its rules, and nobody works inside.`,
      'Open a terminal on a host or a router beside it.',
    )
  const controller = await findLiveController(db, now)
  if (!controller)
    return problem(
      'terminal.no-controller',
      'No controller is running at the moment.',
      'It is tried again by itself; if it stays so, tell an admin.',
    )
  const { id: sliceId, labId } = slice.value
  const select = { recordsTerminals: true }
  const lab = labId === null ? null : await db.lab.findUnique({ where: { id: labId }, select })
  const record = { lab: labId ?? '', slice: sliceId, user: person.id, host: host.name }
  const ticket = sealTicket(
    {
      node: placement.nodeId,
      host: partKey(reservation.id, request.host),
      session: sessionOf(person, request.session),
      ...(lab?.recordsTerminals && { record }),
      user: person.email,
      expiresAtMs: now.getTime() + TICKET_MS,
    },
    secret,
  )
  const query = new URLSearchParams({ ticket, columns: String(request.columns), rows: String(request.rows) })
  return ok({
    url: `${controller.gatewayUrl}/terminal?${query}`,
    hostName: host.name,
    nodeName: placement.node.name,
  })
}
