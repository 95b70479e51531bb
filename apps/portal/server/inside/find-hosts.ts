// On which virtual hosts may this person run commands and keep files, where are they, and which controller takes it there?
import { partKey } from '@myvini/core/desired/naming'
import type { InsideRequest } from '@myvini/core/inside/request'
import { isOnNodes } from '@myvini/core/reservation/state'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { mayUseSlice, type Person } from '@myvini/store/access'
import { listLiveControllers } from '@myvini/store/live-controller'
import { currentReservation } from '@myvini/store/slice-status'
import { topologyOf } from '@myvini/store/slices'
import { sealTicket } from '@myvini/store/ticket'
import type { AdmitDeps } from '../terminal/admit'

export interface InsideHost {
  id: string
  name: string
  nodeName: string
  /** Null: it runs; else why nothing can be done inside it. */
  refusal: Problem | null
  /** For one command, asked at once. */
  seal(request: InsideRequest): string
}

export interface InsideHosts {
  hosts: InsideHost[]
  /** Of controllers, in the order to ask them: where tickets are taken. Looked up anew for each command. */
  urls(): Promise<string[]>
  /** Beyond the time that a command was given: one that says nothing for so long has lost its controller or its node. */
  patienceMs: number
}

const TICKET_MS = 30_000
/** A busy node takes a while to start eight commands at once. */
const PATIENCE_MS = 30_000

const problem = (code: string, message: string, hint: string): Problem => ({ code: `inside.${code}`, message, hint })

function refusalOf(host: { name: string; kind: string }, isOff: boolean): Problem | null {
  if (host.kind === 'gateway')
    return problem(
      'gateway',
      `${host.name} is a gateway: the node keeps its rules, and nobody works inside.`,
      'Choose a host or a router beside it.',
    )
  return isOff ? problem('stopped', `${host.name} is stopped.`, 'Start it first.') : null
}

export async function findHosts(
  { db, secret, now }: AdmitDeps,
  person: Person,
  sliceId: string,
): Promise<Result<InsideHosts>> {
  const slice = await mayUseSlice(db, person, sliceId)
  if (!slice.ok) return slice
  const reservation = await currentReservation(db, sliceId)
  if (!reservation || !isOnNodes(reservation.state))
    return fail(problem('not-running', 'This slice is not running.', 'Book it first, or wait until it has come up.'))
  const sinceMs = performance.now()
  const urls = async () => {
    const live = await listLiveControllers(db, new Date(now.getTime() + performance.now() - sinceMs))
    return live.map(({ gatewayUrl }) => `${gatewayUrl.replace(/^ws/, 'http')}/inside`)
  }
  if ((await urls()).length === 0)
    return fail(problem('no-controller', 'No controller is running at the moment.', 'Try again; else tell an admin.'))
  const hosts = topologyOf(reservation.revision).hosts.flatMap((host): InsideHost[] => {
    const placement = reservation.placements.find((p) => p.virtualId === host.id)
    if (!placement) return []
    const isOff = reservation.controls.find((c) => c.virtualId === host.id)?.isOff ?? false
    return [
      {
        id: host.id,
        name: host.name,
        nodeName: placement.node.name,
        refusal: refusalOf(host, isOff),
        seal: (inside) =>
          sealTicket(
            {
              node: placement.nodeId,
              host: partKey(reservation.id, host.id),
              session: inside.word,
              inside,
              user: person.email,
              expiresAtMs: Date.now() + TICKET_MS,
            },
            secret,
          ),
      },
    ]
  })
  return ok({ hosts, urls, patienceMs: PATIENCE_MS })
}

/** By its id or its name, which a slice has once. */
export function pickHost({ hosts }: InsideHosts, wanted: string): Result<InsideHost> {
  const host = hosts.find((h) => h.id === wanted) ?? hosts.find((h) => h.name === wanted)
  if (!host)
    return fail({
      ...problem(
        'no-host',
        `"${wanted.slice(0, 80)}" is not part of what runs.`,
        'Name a host as it is drawn; one that was drawn after the slice was booked is not there yet.',
      ),
      subject: { kind: 'field', id: 'hosts' },
    })
  return host.refusal ? fail(host.refusal) : ok(host)
}
