// Slices of containers that weigh nothing but their disks: for tests of what is promised of disk.
import { embed } from '@myvini/core/embedding/embed'
import { requestOf } from '@myvini/core/embedding/request'
import { NOTHING_USED } from '@myvini/core/substrate/usage'
import { buildTopology } from '@myvini/core/topology/build'
import type { Topology } from '@myvini/core/topology/topology'
import { writeAdmission } from '@myvini/store/admission'
import type { Database } from '@myvini/store/database'
import { loadSubstrate } from '@myvini/store/substrate'
import { loadUsage } from '@myvini/store/usage'
import { addPerson, addProject, addRing, addSlice, type RingOptions } from './rows'

/** A ring of nodes that take containers. */
export async function addContainerRing(db: Database, options: RingOptions) {
  const ring = await addRing(db, options)
  const ids = ring.nodes.map(({ id }) => id)
  await db.substrateNode.updateMany({
    where: { id: { in: ids } },
    data: { capabilities: ['netns', 'vserver', 'egre-bpf', 'userns', 'disk-limit'] },
  })
  return ring
}

/** Hosts h1, h2, … of class vserver with disks of so many MiB, and no links. */
export function containersOf(disks: readonly number[]): Topology {
  const drawn = buildTopology(
    disks.map((_, i) => ({
      name: `h${i + 1}`,
      kind: 'host',
      class: 'vserver',
      cpuPercent: 1,
      memoryMib: 16,
      x: i,
      y: 0,
    })),
    [],
  )
  return { ...drawn, hosts: drawn.hosts.map((host, i) => ({ ...host, diskMib: disks[i] ?? host.diskMib })) }
}

export type Approved = Awaited<ReturnType<typeof addContainers>>

/** An approved reservation of them. */
export async function addContainers(db: Database, disks: readonly number[], startsAt: Date, endsAt: Date) {
  const person = await addPerson(db)
  const project = await addProject(db, [{ person, role: 'lead' }])
  const topology = containersOf(disks)
  const sliceId = await addSlice(db, project.id, person, topology)
  const revision = await db.topologyRevision.findFirstOrThrow({ where: { sliceId } })
  const window = { startsAt, endsAt }
  const { id } = await db.reservation.create({
    data: { sliceId, revisionId: revision.id, requesterId: person.id, state: 'approved', ...window },
  })
  return { id, sliceId, person, topology, window }
}

/** As a controller admits; `stale`: as if it had seen an empty substrate. */
export async function admitContainers(db: Database, made: Approved, stale = false) {
  const substrate = await loadSubstrate(db)
  const usage = stale ? NOTHING_USED : await loadUsage(db, made.window)
  const request = requestOf(made.topology)
  const solved = embed(substrate, usage, request, { placement: 'spread', seed: 1 })
  if (!solved.ok) return solved.problem
  const { id, topology } = made
  return writeAdmission(db, { reservationId: id, topology, request, embedding: solved.value, substrate })
}
