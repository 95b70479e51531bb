// How soon does a changed link behave as it was told to? A chain of 500 hosts runs; one link is cut and healed by the portal's
// API, as the inspector does it, while a datagram passes it each millisecond: the last or the first to arrive tells when.

import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { addressOf } from '@myvini/core/addressing/cidr'
import { partKey } from '@myvini/core/desired/naming'
import { UNIMPAIRED } from '@myvini/core/topology/emulation'
import type { Topology } from '@myvini/core/topology/topology'
import { z } from 'zod'
import { type Figure, median, quantile } from '../figure'
import type { BenchOptions } from '../main'
import { chainOf } from './chain'
import type { SpawnInHost } from './in-node'
import type { Installation } from './installation'
import { bringUp, type Running, type SliceWatch, takeDown } from './slice-timing'

const HOSTS = 500
const PULSE = fileURLToPath(new URL('./pulse.py', import.meta.url))
const DOWN = { ...UNIMPAIRED, down: true }
/** Silence for so long is no late datagram. */
const SILENT_MS = 150
const PATIENCE_MS = 10_000
const Places = z.object({ hosts: z.record(z.string(), z.looseObject({ node: z.string().nullable() })) })

const nowMs = () => Number(process.hrtime.bigint()) / 1e6 // CLOCK_MONOTONIC, as of the datagrams

/** Instants at which datagrams arrived, in ms. */
class Arrivals {
  private times: number[] = []
  put = (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n')) if (line !== '') this.times.push(Number(line) / 1e6)
  }
  private async until(what: string, found: () => number | null): Promise<number> {
    for (const end = nowMs() + PATIENCE_MS; nowMs() < end; await sleep(5)) {
      const at = found()
      if (at !== null) return at
    }
    throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s`)
  }
  first = (since: number) => this.until('a datagram', () => this.times.find((t) => t >= since) ?? null)
  last = (since: number) =>
    this.until('silence', () => {
      const last = Math.max(since, this.times.at(-1) ?? 0)
      return nowMs() - last > SILENT_MS ? last : null
    })
}

/** A link in the middle of what one node has. */
function middleOf(topology: Topology) {
  const link = topology.links[Math.floor(HOSTS / 8)]
  const [from, to] = link?.ends ?? []
  if (!link || from?.kind !== 'interface' || to?.kind !== 'interface') throw new Error('the chain has no such link')
  const far = topology.hosts.find((h) => h.id === to.host)?.interfaces.find((i) => i.id === to.interface)?.ipv4
  if (!far) throw new Error('the far end of the link has no address')
  return { link: link.id, from: from.host, to: to.host, address: addressOf(far) }
}

async function rounds(
  { portal }: Installation,
  { sliceId, reservationId }: Running,
  topology: Topology,
  spawnInHost: SpawnInHost,
  { quick, log }: BenchOptions,
): Promise<number[]> {
  const { link: linkId, from, to, address } = middleOf(topology)
  const { hosts } = Places.parse(await portal.query('reservations.status', { sliceId }))
  const start = (host: string, ...argv: string[]) =>
    spawnInHost(hosts[host]?.node ?? '', partKey(reservationId, host), ['/usr/bin/python3', PULSE, ...argv])
  const arrivals = new Arrivals()
  const [receiver, sender] = [await start(to), await start(from, address)]
  receiver.stdout?.on('data', arrivals.put)
  const times: number[] = []
  try {
    await arrivals.first(0)
    for (let round = 0; round < (quick ? 5 : 15); round++) {
      await sleep(700) // reports of the change before are told by then
      for (const isCut of [true, false]) {
        const from = nowMs()
        await portal.mutate('emulation.change', { reservationId, linkId, emulation: isCut ? [DOWN, DOWN] : null })
        // It was silent before it is healed, so the first to arrive tells.
        times.push((isCut ? await arrivals.last(from) : await arrivals.first(from)) - from)
      }
    }
    log(
      `a link of ${HOSTS} hosts changed within ${quantile(times, 0).toFixed(0)} to ${quantile(times, 1).toFixed(0)} ms`,
    )
    return times
  } finally {
    for (const child of [receiver, sender]) child.kill('SIGKILL')
  }
}

export async function measureChange(
  installation: Installation,
  watch: SliceWatch,
  spawnInHost: SpawnInHost,
  options: BenchOptions,
): Promise<Figure[]> {
  const nodes = installation.nodes.map((n) => n.name)
  const topology = chainOf({ hosts: HOSTS, nodes })
  const running = await bringUp(installation.portal, watch, installation.projectId, topology)
  try {
    const times = await rounds(installation, running, topology, spawnInHost, options)
    return [
      {
        ...{ id: 'change_link_ms', value: median(times), unit: 'ms', baseline: null, goal: '≤ 100 (30)' },
        n: times.length,
        method:
          'chain of 500 over 4 nodes; from the portal’s API call to the last (cut) or first (healed) datagram, one each ms',
      },
    ]
  } finally {
    await takeDown(installation.portal, watch, running)
  }
}
