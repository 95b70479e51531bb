// Is everything exactly as promised, and nothing beside it? Asked of the portal, of each node and of the database.
import { type Inspection, inspectNode } from './inspect-node'
import { type LiveSlice, nothingPromised, type Promised } from './slices'
import type { World } from './world'

const NOBODY: ReadonlySet<string> = new Set()

function differences(what: string, node: string, wanted: ReadonlySet<string>, there: Iterable<string>): string[] {
  const has = new Set(there)
  return [
    ...[...wanted].filter((name) => !has.has(name)).map((name) => `${what} ${name} is missing on ${node}`),
    ...[...has].filter((name) => !wanted.has(name)).map((name) => `${what} ${name} is left over on ${node}`),
  ]
}

/** What the datapath has beside what is promised would carry frames of a slice that is not there. */
function compare(node: string, promised: Promised, keys: ReadonlySet<number>, seen: Inspection): string[] {
  const [namespaces, devices, containers] = [promised.namespaces, promised.devices, promised.containers].map(
    (map) => map.get(node) ?? NOBODY,
  ) as [ReadonlySet<string>, ReadonlySet<string>, ReadonlySet<string>]
  const extra = (what: string, names: readonly string[], allowed: ReadonlySet<string>) =>
    names.filter((name) => !allowed.has(name)).map((name) => `${what} ${name} is left over on ${node}`)
  return [
    ...differences('namespace', node, namespaces, seen.namespaces),
    ...differences(
      'interface',
      node,
      devices,
      seen.devices.filter((name) => /^mv[0-9a-f]{8}[ab]$/.test(name)),
    ),
    ...differences('path from', node, devices, seen.virtual),
    ...differences('container', node, containers, seen.containers),
    ...differences('process', node, new Set(['agent', 'trellis']), seen.processes),
    ...(seen.processes.filter((p) => p === 'agent').length > 1 ? [`two agents run on ${node}`] : []),
    ...extra('folder', seen.folders, namespaces),
    ...extra('disk', seen.disks, containers),
    ...extra('cgroup', seen.cgroups, namespaces),
    ...extra('delay line of', seen.lines, devices),
    ...seen.keys.filter((key) => !keys.has(key)).map((key) => `a path for key ${key} is left over on ${node}`),
  ]
}

/** Rows that claim or lease something for a reservation that holds nothing any more. */
const LEASES = [
  ...['HostPlacement', 'LinkPlacement', 'NodeClaim', 'LinkClaim'],
  ...['AddressLease', 'UidRangeLease', 'HostUidLease', 'OutsidePortLease'],
]

async function findLeases(world: World): Promise<string[]> {
  const parts = LEASES.map(
    (table) => `SELECT '${table}' AS "table", count(*)::int AS n FROM "${table}" t JOIN "Reservation" r
      ON r."id" = t."reservationId" WHERE r."state" IN ('ended', 'denied')`,
  )
  const rows = await world.ask<{ table: string; n: number }>(parts.join(' UNION ALL '))
  return rows.filter(({ n }) => n > 0).map(({ table, n }) => `${n} rows of ${table} belong to what has ended`)
}

/** What is not as promised, in words; empty when all is. `leaving` are to be gone altogether. */
export async function findDivergences(
  world: World,
  slices: readonly LiveSlice[],
  leaving: readonly LiveSlice[],
): Promise<string[]> {
  const found: string[] = []
  const promised = nothingPromised()
  await Promise.all([...slices, ...leaving].map((slice) => slice.status()))
  for (const slice of slices) {
    const lacks = slice.lacks()
    if (lacks !== null) found.push(`slice ${slice.sliceId}: ${lacks}`)
    slice.addTo(promised)
  }
  for (const slice of leaving)
    if (slice.state !== 'ended') found.push(`slice ${slice.sliceId} should have ended and is ${slice.state}`)
  if (found.length > 0) return found
  const keys = new Set(slices.flatMap((slice) => slice.keys()))
  const seen = await Promise.all(world.ring.map((node) => inspectNode(world, node)))
  for (const [i, node] of world.ring.entries()) {
    const inspection = seen[i]
    if (inspection) found.push(...compare(node, promised, keys, inspection))
  }
  found.push(...(await findLeases(world)))
  if (found.length > 0) return found
  return (await Promise.all(slices.map((slice) => findSilence(world, slice)))).flat()
}

/** Neighbours on the chain answer, over the links that are most and least likely to have been touched. */
async function findSilence(world: World, slice: LiveSlice): Promise<string[]> {
  const found: string[] = []
  for (const link of new Set([slice.topology.links[0], slice.topology.links.at(-1)])) {
    const ends = slice.endsOf(link)
    if (!ends) continue
    const { from, to } = ends
    const delayMs = link === slice.topology.links[0] ? slice.delayMs : 0
    const said = await world.inHost(from.node, from.key, ['ping', '-c', '1', '-W', '1', to]).catch(() => '')
    const rttMs = Number(/ time=([\d.]+) ms/.exec(said)?.[1])
    if (!(rttMs >= 0)) found.push(`${from.key} on ${from.node} gets no answer from ${to}`)
    else if (rttMs < 2 * delayMs)
      found.push(`the link of ${from.key} takes ${rttMs} ms there and back, not ${2 * delayMs}`)
  }
  return found
}
