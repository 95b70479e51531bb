// What is promised at this instant? Slices that come, run, are changed and go by the portal's API, and what each should
// look like on the nodes.
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
  /** By node: names of namespaces, of devices and of containers. */
  namespaces: Map<string, Set<string>>
  devices: Map<string, Set<string>>
  containers: Map<string, Set<string>>
}

export const nothingPromised = (): Promised => ({ namespaces: new Map(), devices: new Map(), containers: new Map() })

export class LiveSlice {
  private last: Status | null = null
  /** What its first link was told to wait, in ms one way. */
  delayMs = 0

  constructor(
    readonly sliceId: string,
    readonly topology: Topology,
    private readonly portal: PortalClient,
  ) {}

  async status(): Promise<Status> {
    this.last = Status.parse(await this.portal.query('reservations.status', { sliceId: this.sliceId }))
    return this.last
  }

  get state(): string {
    return this.last?.state ?? 'not known'
  }

  get reservationId(): string {
    return this.last?.reservation?.id ?? ''
  }

  /** What is not up, in words; null when all is. */
  lacks(): string | null {
    const { last } = this
    if (!last) return 'its state is not known'
    const parts = [...Object.entries(last.hosts), ...Object.entries(last.links)]
    const bad = parts.filter(([, part]) => part.state !== 'up')
    if (bad.length > 0 || parts.length === 0)
      return `it is ${last.state}, and not up are: ${bad.map(([id, part]) => `${id} (${part.state})`).join(', ') || 'all'}`
    return last.state === 'running' ? null : `it is ${last.state}`
  }

  places(): { id: string; node: string; key: string }[] {
    return Object.entries(this.last?.hosts ?? {}).flatMap(([id, { node }]) =>
      node === null ? [] : [{ id, node, key: partKey(this.reservationId, id) }],
    )
  }

  keys(): number[] {
    return Object.values(this.last?.links ?? {}).flatMap((link) => link.egreKey ?? [])
  }

  /** Where the two ends of a link are, and the address at the second. */
  endsOf(link: Topology['links'][number] | undefined): { from: { node: string; key: string }; to: string } | null {
    const [a, b] = link?.ends ?? []
    if (a?.kind !== 'interface' || b?.kind !== 'interface') return null
    const there = this.topology.hosts.find((h) => h.id === b.host)?.interfaces.find((i) => i.id === b.interface)
    const from = this.places().find((p) => p.id === a.host)
    const to = there?.ipv4?.split('/')[0]
    return from && to !== undefined ? { from, to } : null
  }

  addTo(promised: Promised) {
    const put = (map: Map<string, Set<string>>, node: string, name: string) =>
      map.set(node, (map.get(node) ?? new Set()).add(name))
    for (const { id, node, key } of this.places()) {
      put(promised.namespaces, node, key)
      if (this.topology.hosts.find((h) => h.id === id)?.class === 'vserver') put(promised.containers, node, key)
    }
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
export async function insist<T>(work: () => Promise<T>, patienceMs = 60_000): Promise<T> {
  for (const end = performance.now() + patienceMs; ; ) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
