// What would approving a request do? To each node and link within its window, and to others that wait.
import { embedSteps } from '@myvini/core/embedding/embed'
import { requestOf } from '@myvini/core/embedding/request'
import { claimsOf } from '@myvini/core/reservation/claims'
import { crowdedOut, type Waiting } from '@myvini/core/reservation/crowded-out'
import { Timeline } from '@myvini/core/reservation/timeline'
import { listRivals, type RequestToDecide } from '@myvini/store/approvals'
import type { Database } from '@myvini/store/database'
import { topologyOf } from '@myvini/store/slices'
import { listPlaces, loadSubstrate } from '@myvini/store/substrate'
import { loadClaims } from '@myvini/store/usage'
import { z } from 'zod'
import { inTurns } from './in-turns'

const Placement = z.enum(['spread', 'pack', 'distinct']).catch('spread')
const SEED = 1
/** Of others that wait within the same window, so many are asked about. */
const MOST_RIVALS = 25

const asWaiting = (row: RequestToDecide): Waiting => ({
  id: row.id,
  request: requestOf(topologyOf(row.revision)),
  placement: Placement.parse(row.placement),
  window: { fromMs: row.startsAt.getTime(), untilMs: row.endsAt.getTime() },
})

export async function approvalEffect(db: Database, row: RequestToDecide) {
  const mine = asWaiting(row)
  const rivals = await listRivals(db, row, MOST_RIVALS)
  // Windows of others reach beyond this one's.
  const span = {
    startsAt: new Date(Math.min(...[row, ...rivals].map((r) => r.startsAt.getTime()))),
    endsAt: new Date(Math.max(...[row, ...rivals].map((r) => r.endsAt.getTime()))),
  }
  const [substrate, places, claims] = await Promise.all([
    loadSubstrate(db),
    listPlaces(db),
    loadClaims(db, span, row.id),
  ])
  const usage = new Timeline(claims).usageWithin(mine.window)
  const options = { placement: mine.placement, seed: SEED }
  const solved = await inTurns(embedSteps(substrate, usage, mine.request, options))
  const adds = solved.ok ? claimsOf(mine.request, solved.value) : null
  const crowded = solved.ok
    ? await inTurns(
        crowdedOut({
          substrate,
          claims,
          approved: { ...mine, embedding: solved.value },
          others: rivals.map(asWaiting),
          seed: SEED,
        }),
      )
    : []
  const at = new Map(places.map((p) => [p.id, p]))
  const names = new Map(substrate.nodes.map((n) => [n.id, n.name]))
  const hostsOn = (id: (typeof substrate.nodes)[number]['id']) =>
    mine.request.nodes.flatMap((n) => (solved.ok && solved.value.nodes.get(n.id) === id ? [n.name] : []))
  return {
    topology: topologyOf(row.revision),
    problem: solved.ok ? null : solved.problem,
    nodes: substrate.nodes.map((node) => {
      const used = usage.nodes.get(node.id)
      const more = adds?.nodes.get(node.id)
      return {
        id: node.id,
        name: node.name,
        site: node.site,
        available: node.available,
        latitude: at.get(node.id)?.latitude ?? 0,
        longitude: at.get(node.id)?.longitude ?? 0,
        carries: hostsOn(node.id),
        cpu: { of: node.cpuMilli / 10, used: (used?.cpuMilli ?? 0) / 10, adds: (more?.cpuMilli ?? 0) / 10 },
        memory: { of: node.memoryMib, used: used?.memoryMib ?? 0, adds: more?.memoryMib ?? 0 },
        disk: { of: node.diskMib, used: used?.diskMib ?? 0, adds: more?.diskMib ?? 0 },
        hosts: { of: node.hostSlots, used: used?.hostSlots ?? 0, adds: more?.hostSlots ?? 0 },
      }
    }),
    links: substrate.links.map((link) => ({
      id: link.id,
      a: link.a,
      b: link.b,
      delayMs: link.delayMs,
      name: `${names.get(link.a)}–${names.get(link.b)}`,
      mbps: { of: link.capacityMbps, used: usage.links.get(link.id) ?? 0, adds: adds?.links.get(link.id) ?? 0 },
    })),
    /** Others that wait and would no longer fit. */
    conflicts: crowded.flatMap(({ id, problem }) => {
      const rival = rivals.find((r) => r.id === id)
      return rival
        ? [
            {
              id,
              slice: rival.slice.name,
              requester: rival.requester.name,
              startsAt: rival.startsAt,
              endsAt: rival.endsAt,
              message: problem.message,
            },
          ]
        : []
    }),
  }
}
