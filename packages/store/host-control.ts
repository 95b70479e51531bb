// What do people do to a host that runs: stop it, start it, give it a fresh disk, give it more? Kept beside the reservation,
// whose drawing never changes, and laid over it when a node's spec is compiled.
import type { HostControl } from '@myvini/core/desired/host-control'
import { checkNeeds } from '@myvini/core/images/needs'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { checkRouting } from '@myvini/core/routing/check'
import type { Topology, VirtualHost } from '@myvini/core/topology/topology'
import { underGuard } from './admission'
import type { Database, Transaction } from './database'
import { needsOfRunning } from './image-needs'
import { topologyOf } from './slices'

/** By reservation, then by host. */
export async function loadControls(
  tx: Database | Transaction,
  reservations: readonly string[],
): Promise<Map<string, Map<string, HostControl>>> {
  const controls = new Map<string, Map<string, HostControl>>()
  if (reservations.length === 0) return controls
  const rows = await tx.hostControl.findMany({ where: { reservationId: { in: [...reservations] } } })
  for (const { reservationId, virtualId, states: _, imageBefore: __, ...control } of rows) {
    const hosts = controls.get(reservationId) ?? new Map<string, HostControl>()
    controls.set(reservationId, hosts.set(virtualId, control))
  }
  return controls
}

export interface RunningHost {
  reservationId: string
  host: VirtualHost
  /** As it was booked. */
  topology: Topology
  nodeId: string
  control: {
    isOff: boolean
    starts: number
    state: number
    states: number
    imageBefore: string | null
  } & Partial<HostControl>
}

const FRESH = { isOff: false, starts: 0, state: 0, states: 0, stateBefore: null, image: null, imageBefore: null }

/** Hosts of the slice that are on a node now. */
export async function findRunningHosts(
  tx: Transaction,
  sliceId: string,
  ids: readonly string[],
): Promise<Result<RunningHost[]>> {
  const row = await tx.reservation.findFirst({
    where: { sliceId, state: { in: ['provisioning', 'running', 'degraded', 'failed'] } },
    include: { revision: true, placements: true, controls: true },
  })
  const topology = row === null ? null : topologyOf(row.revision)
  const found = ids.flatMap((id): RunningHost[] => {
    const host = topology?.hosts.find((h) => h.id === id)
    const nodeId = row?.placements.find((p) => p.virtualId === id)?.nodeId
    if (!row || !topology || !host || nodeId === undefined) return []
    const control = row.controls.find((c) => c.virtualId === id)
    return [{ reservationId: row.id, host, topology, nodeId, control: control ?? FRESH }]
  })
  return found.length === ids.length && ids.length > 0
    ? ok(found)
    : fail({
        code: 'host.not-running',
        message: 'This host is not part of what runs now.',
        hint: 'It can be stopped, started and changed while its slice runs.',
      })
}

/** Has the nodes' specs compiled anew, and tells the controllers so. */
async function touchNodes(tx: Transaction, nodes: ReadonlySet<string>): Promise<void> {
  // In one order, so that two of these never wait for each other in a circle.
  for (const id of [...nodes].toSorted()) {
    await tx.substrateNode.update({ where: { id }, data: { specHash: '' } })
    await tx.$executeRaw`SELECT pg_notify('myvini', 'spec ' || ${id}::text)`
  }
}

export type PowerAction = 'stop' | 'start' | 'restart' | 'reset' | 'undo-reset'

/** Another disk, of the image by that hash; null: as drawn. */
const anew = (control: RunningHost['control'], image: string | null) => ({
  ...{ isOff: false, state: control.states + 1, states: control.states + 1 },
  ...{ stateBefore: control.state, image, imageBefore: control.image ?? null },
})

/** What it has and what it had change places: an undo can be undone. */
const undone = ({ state, stateBefore, image, imageBefore }: RunningHost['control']) => ({
  isOff: false,
  ...(typeof stateBefore === 'number' && {
    state: stateBefore,
    stateBefore: state,
    image: imageBefore,
    imageBefore: image ?? null,
  }),
})

function afterAction(action: PowerAction, { control }: RunningHost) {
  switch (action) {
    case 'stop':
      return { isOff: true }
    case 'start':
      return { isOff: false }
    case 'restart':
      return { isOff: false, starts: control.starts + 1 }
    case 'reset':
      return anew(control, null)
    case 'undo-reset':
      return undone(control)
  }
}

/** `host.no-disk`: only a container has files of its own to start anew with. */
export async function actOnHosts(
  tx: Transaction,
  sliceId: string,
  ids: readonly string[],
  action: PowerAction | { restore: string },
): Promise<Result<RunningHost[]>> {
  const found = await findRunningHosts(tx, sliceId, ids)
  if (!found.ok) return found
  const without = found.value.find(({ host }) => host.class !== 'vserver')
  if (without && action !== 'stop' && action !== 'start')
    return fail({
      code: 'host.no-disk',
      message: `${without.host.name} is of class netns: there is no system in it to ${action === 'restart' ? 'restart' : 'reset'}.`,
      hint: 'Stop it and start it again, or draw it as a vserver.',
    })
  for (const running of found.value) {
    const key = { reservationId: running.reservationId, virtualId: running.host.id }
    const data = typeof action === 'string' ? afterAction(action, running) : anew(running.control, action.restore)
    await tx.hostControl.upsert({
      where: { reservationId_virtualId: key },
      create: { ...key, ...data },
      update: data,
    })
  }
  await touchNodes(tx, new Set(found.value.map((f) => f.nodeId)))
  return found
}

export interface Resizing {
  cpuPercent: number
  cpuCapped: boolean
  memoryMib: number
  /** Class vserver: what its disk grows to when it starts next; absent: as it is. */
  diskMib?: number | undefined
  processes: number
}

/** Whether what it is to have is below what runs in it needs: its image, or its routing software. */
async function tooLittleFor(tx: Transaction, running: RunningHost, wish: Resizing): Promise<Problem | null> {
  const { host, topology, reservationId, control } = running
  if (host.class !== 'vserver') return null
  const needs = await needsOfRunning(tx, { reservationId, drawn: host.image, restored: control.image })
  const hosts = topology.hosts.map((h) => (h.id === host.id ? { ...h, ...wish } : h))
  return (
    checkNeeds({ ...host, ...wish }, host.image, needs) ??
    checkRouting({ ...topology, hosts }).find((p) => p.code === 'routing.memory' && p.subject?.id === host.id) ??
    null
  )
}

/** `host.disk-shrinks`: what is written on it might not fit any more. */
const shrinks = (host: VirtualHost, now: number, wished: number) =>
  fail<Problem>({
    code: 'host.disk-shrinks',
    message: `The disk of ${host.name} has ${now} MiB and cannot become smaller: ${wished} MiB were asked for.`,
    hint: `Ask for ${now} MiB or more.`,
    subject: { kind: 'field', id: 'diskMib' },
  })

const inWords = ({ cpuPercent, memoryMib, diskMib }: Resizing): string =>
  diskMib === undefined
    ? `${cpuPercent} % CPU and ${memoryMib} MiB of memory`
    : `${cpuPercent} % CPU, ${memoryMib} MiB of memory and ${diskMib} MiB of disk`

/**
 * Gives a running host more or less, if its node has it until the reservation ends: what is claimed changes with what is
 * given, and the database refuses what would exceed the node.
 */
export async function resizeHost(
  db: Database,
  sliceId: string,
  id: string,
  wish: Resizing,
  record: (tx: Transaction, host: VirtualHost) => Promise<void>,
): Promise<Result<null>> {
  const attempt = () =>
    db.$transaction(
      async (tx): Promise<Result<null>> => {
        // One after the other, each sees what the one before was given; nodes are locked after it, as everywhere.
        await tx.$queryRaw`SELECT 1 FROM "Reservation" WHERE "sliceId" = ${sliceId} FOR UPDATE`
        const found = await findRunningHosts(tx, sliceId, [id])
        if (!found.ok) return found
        const [running] = found.value
        if (!running) throw new Error('a host that was found is gone')
        const { reservationId, host, nodeId, control } = running
        const diskNow = control.diskMib ?? host.diskMib
        const diskMib = host.class === 'vserver' ? (wish.diskMib ?? diskNow) : host.diskMib
        if (diskMib < diskNow) return shrinks(host, diskNow, diskMib)
        const tooLittle = await tooLittleFor(tx, running, { ...wish, diskMib })
        if (tooLittle) return fail(tooLittle)
        const milli = (percent: number) => Math.round(percent * 10)
        await tx.nodeClaim.updateMany({
          where: { reservationId, nodeId },
          data: {
            cpuMilli: { increment: milli(wish.cpuPercent) - milli(control.cpuPercent ?? host.cpuPercent) },
            memoryMib: { increment: wish.memoryMib - (control.memoryMib ?? host.memoryMib) },
            diskMib: { increment: diskMib - diskNow },
          },
        })
        const key = { reservationId, virtualId: id }
        await tx.hostControl.upsert({
          where: { reservationId_virtualId: key },
          create: { ...key, ...wish, diskMib },
          update: { ...wish, diskMib },
        })
        await touchNodes(tx, new Set([nodeId]))
        await record(tx, host)
        return ok(null)
      },
      { timeout: 20_000, maxWait: 20_000 },
    )
  const done = await underGuard(attempt)
  if (typeof done === 'object') return done
  return fail({
    code: 'host.node-full',
    message:
      done === 'stale'
        ? 'Its node takes nothing new at the moment.'
        : `Its node does not have ${inWords(wish)} for it until the slice ends.`,
    hint: 'Ask for less, or book the slice again: it may then be placed elsewhere.',
  })
}
