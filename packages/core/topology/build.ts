// How is a topology written down in a few lines of code? For templates, tests and importers.
import type { HostId, InterfaceId, LanId, LinkId } from '../ids'
import { applyEdit, type Edit, type NodeRef } from './edit'
import {
  emptyTopology,
  type HostRouting,
  type Lan,
  type LinkVlan,
  NO_ROUTING,
  type Topology,
  type VirtualHost,
} from './topology'

export interface NodeDraft {
  name: string
  kind: VirtualHost['kind'] | 'lan'
  x: number
  y: number
  class?: VirtualHost['class']
  image?: string
  pin?: VirtualHost['pin']
  /** Of a LAN. */
  stp?: boolean
  vlanFiltering?: boolean
  cpuPercent?: number
  memoryMib?: number
  diskMib?: number
  routing?: Partial<HostRouting>
}

export interface LinkDraft {
  from: string
  to: string
  capacityMbps?: number
  maxDelayMs?: number | null
  cost?: number
  /** At the ends that are LANs. */
  vlans?: [LinkVlan | null, LinkVlan | null]
}

/** What a new host asks for: enough for a shell, iperf and a routing daemon, little enough that forty fit on a core. */
export const DEFAULTS = { cpuPercent: 2, memoryMib: 32, capacityMbps: 10 } as const

// Ids are opaque texts; brands exist only for the compiler, so making one is the one place that needs `as`.
const hostId = (text: string) => text as HostId
const lanId = (text: string) => text as LanId
const linkId = (text: string) => text as LinkId
const interfaceId = (text: string) => text as InterfaceId

export function newHost(id: HostId, draft: Omit<NodeDraft, 'kind'> & { kind: VirtualHost['kind'] }): VirtualHost {
  return {
    id,
    name: draft.name,
    kind: draft.kind,
    class: draft.class ?? 'netns',
    image: draft.image ?? 'host-usr',
    position: { x: draft.x, y: draft.y },
    cpuPercent: draft.cpuPercent ?? DEFAULTS.cpuPercent,
    cpuCapped: false,
    cpus: null,
    processes: 512,
    files: [],
    commands: [],
    diskMib: draft.diskMib ?? 256,
    diskMibps: 0,
    memoryMib: draft.memoryMib ?? DEFAULTS.memoryMib,
    pin: draft.pin ?? null,
    loopback: null,
    interfaces: [],
    routing: { ...NO_ROUTING, ...draft.routing },
  }
}

export function newLan(id: LanId, draft: Omit<NodeDraft, 'kind'>): Lan {
  const { name, x, y, pin = null, stp = false, vlanFiltering = false } = draft
  return { id, name, position: { x, y }, pin, stp, vlanFiltering }
}

function must(topology: Topology, edit: Edit): Topology {
  const result = applyEdit(topology, edit)
  if (!result.ok) throw new Error(`${result.problem.message} ${result.problem.hint}`)
  return result.value
}

/** Nodes are named by their names; ids follow from them, or from the order where a name is long. Throws on an unknown name. */
export function buildTopology(nodes: readonly NodeDraft[], links: readonly LinkDraft[]): Topology {
  let topology = emptyTopology()
  const refs = new Map<string, NodeRef>()
  for (const [i, draft] of nodes.entries()) {
    const text = draft.name.length <= 20 ? draft.name : `n${i + 1}`
    if (draft.kind === 'lan') {
      const id = lanId(`lan-${text}`)
      const lan = newLan(id, draft)
      topology = must(topology, { kind: 'add-lan', lan })
      refs.set(draft.name, { kind: 'lan', id })
    } else {
      const id = hostId(text)
      topology = must(topology, { kind: 'add-host', host: newHost(id, { ...draft, kind: draft.kind }) })
      refs.set(draft.name, { kind: 'host', id })
    }
  }
  for (const [i, draft] of links.entries()) {
    const [from, to] = [refs.get(draft.from), refs.get(draft.to)]
    if (!from || !to) throw new Error(`link ${i + 1} joins ${draft.from} and ${draft.to}, and one of them is not there`)
    const link = linkId(`l${i + 1}`)
    const capacityMbps = draft.capacityMbps ?? DEFAULTS.capacityMbps
    const interfaces: [InterfaceId, InterfaceId] = [interfaceId(`l${i + 1}a`), interfaceId(`l${i + 1}b`)]
    topology = must(topology, { kind: 'connect', from, to, link, interfaces, capacityMbps })
    const { maxDelayMs, cost } = draft
    const patch = { ...(maxDelayMs === undefined ? {} : { maxDelayMs }), ...(cost === undefined ? {} : { cost }) }
    if (Object.keys(patch).length > 0) topology = must(topology, { kind: 'update-link', link, patch })
    for (const end of [0, 1] as const) {
      const vlan = draft.vlans?.[end] ?? null
      if (vlan !== null) topology = must(topology, { kind: 'set-vlan', link, end, vlan })
    }
  }
  return topology
}
