// What is promised at this instant? Slices that come, run and go by the portal's API, and what each should look like on
// the nodes.
import { deviceName, partKey } from '@myvini/core/desired/naming'
import type { LinkEnd, Topology } from '@myvini/core/topology/topology'
import { z } from 'zod'
import type { PortalClient } from '../portal-client'

const Status = z.object({
  state: z.string(),
  reservation: z.looseObject({ id: z.string() }).nullable(),
  hosts: z.record(z.string(), z.looseObject({ state: z.string(), node: z.string().nullable() })),
  links: z.record(z.string(), z.looseObject({ state: z.string(), egreKey: z.number().nullable() })),
})
export type Status = z.infer<typeof Status>

export interface Promised {
  /** By node: names of namespaces and of devices. */
  namespaces: Map<string, Set<string>>
  devices: Map<string, Set<string>>
}

export class LiveSlice {
  private last: Status | null = null

  constructor(
    readonly sliceId: string,
    readonly topology: Topology,
    private readonly portal: PortalClient,
  ) {}

  async status(): Promise<Status> {
    this.last = Status.parse(await this.portal.query('reservations.status', { sliceId: this.sliceId }))
    return this.last
  }

  get reservationId(): string {
    return this.last?.reservation?.id ?? ''
  }

  isUp(): boolean {
    const all = this.last ? [...Object.values(this.last.hosts), ...Object.values(this.last.links)] : []
    return this.last?.state === 'running' && all.length > 0 && all.every((p) => p.state === 'up')
  }

  places(): { node: string; key: string }[] {
    return Object.entries(this.last?.hosts ?? {}).flatMap(([id, { node }]) =>
      node === null ? [] : [{ node, key: partKey(this.reservationId, id) }],
    )
  }

  addTo(promised: Promised) {
    const put = (map: Map<string, Set<string>>, node: string, name: string) =>
      map.set(node, (map.get(node) ?? new Set()).add(name))
    for (const { node, key } of this.places()) put(promised.namespaces, node, key)
    const nodeOf = (end: LinkEnd) => this.last?.hosts[end.kind === 'lan' ? end.lan : end.host]?.node
    for (const link of this.topology.links) {
      const key = this.last?.links[link.id]?.egreKey
      if (key === null || key === undefined) continue
      for (const [i, end] of link.ends.entries()) {
        const node = nodeOf(end)
        if (node) put(promised.devices, node, deviceName(key, i === 0 ? 'a' : 'b'))
      }
    }
  }
}

/** Asks again while the portal or the database is being started anew, as a person would. */
export async function insist<T>(work: () => Promise<T>, patienceMs = 120_000): Promise<T> {
  for (const end = Date.now() + patienceMs; ; ) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
