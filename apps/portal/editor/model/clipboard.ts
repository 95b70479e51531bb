// What is copied, and what does pasting add? A fragment keeps its shape; names, ids and addresses are new.
import type { HostId, InterfaceId, LanId } from '@myvini/core/ids'
import type { Edit } from '@myvini/core/topology/edit'
import type { Lan, LinkEnd, Topology, VirtualHost, VirtualInterface, VirtualLink } from '@myvini/core/topology/topology'
import type { NewIds } from './new-id'
import { chosenIn, keyOfLink, keyOfNode, type Selection, type ThingKey } from './selection'

export interface Fragment {
  hosts: readonly VirtualHost[]
  lans: readonly Lan[]
  /** Only those with both ends in the fragment. */
  links: readonly VirtualLink[]
}

const nodeOf = (end: LinkEnd): string => (end.kind === 'lan' ? end.lan : end.host)

export function copyFrom(topology: Topology, selection: Selection): Fragment | null {
  const { hosts, lans } = chosenIn(topology, selection)
  if (hosts.length + lans.length === 0) return null
  const inside = new Set<string>([...hosts, ...lans].map((thing) => thing.id))
  return { hosts, lans, links: topology.links.filter((l) => l.ends.every((end) => inside.has(nodeOf(end)))) }
}

/** web-1 becomes web-2, web becomes web-2, and so on to the first that is free. */
export function nextFreeName(name: string, taken: ReadonlySet<string>): string {
  const match = /^(.*?)(\d+)$/.exec(name)
  const stem = match?.[1] ?? `${name}-`
  for (let n = match ? Number(match[2]) + 1 : 2; ; n++) if (!taken.has(`${stem}${n}`)) return `${stem}${n}`
}

interface Renaming {
  taken: Set<string>
}

const rename = (name: string, { taken }: Renaming): string => {
  const free = taken.has(name) ? nextFreeName(name, taken) : name
  taken.add(free)
  return free
}

export interface Pasted {
  edit: Extract<Edit, { kind: 'insert' }>
  selection: Selection
}

export function pasteInto(topology: Topology, fragment: Fragment, by: { x: number; y: number }, ids: NewIds): Pasted {
  const naming: Renaming = { taken: new Set([...topology.hosts, ...topology.lans].map((t) => t.name)) }
  const hostIds = new Map<HostId, HostId>(fragment.hosts.map((h) => [h.id, ids.host()]))
  const lanIds = new Map<LanId, LanId>(fragment.lans.map((l) => [l.id, ids.lan()]))
  const linked = new Set(
    fragment.links.flatMap((l) => l.ends.flatMap((e) => (e.kind === 'interface' ? [e.interface] : []))),
  )
  const interfaceIds = new Map<InterfaceId, InterfaceId>()
  const copyInterface = (iface: VirtualInterface): VirtualInterface => {
    const id = ids.interface()
    interfaceIds.set(iface.id, id)
    // Two hosts with one address help nobody: the copy's are planned.
    return { ...iface, id, ipv4: null, ipv6: null, planned: true }
  }
  const moved = <T extends { position: { x: number; y: number } }>(thing: T) => ({
    x: thing.position.x + by.x,
    y: thing.position.y + by.y,
  })
  const hosts = fragment.hosts.map(
    (host): VirtualHost => ({
      ...host,
      id: hostIds.get(host.id) ?? ids.host(),
      name: rename(host.name, naming),
      position: moved(host),
      loopback: null,
      interfaces: host.interfaces.filter((i) => linked.has(i.id)).map(copyInterface),
    }),
  )
  const lans = fragment.lans.map(
    (lan): Lan => ({
      ...lan,
      id: lanIds.get(lan.id) ?? ids.lan(),
      name: rename(lan.name, naming),
      position: moved(lan),
    }),
  )
  const copyEnd = (end: LinkEnd): LinkEnd =>
    end.kind === 'lan'
      ? { ...end, lan: lanIds.get(end.lan) ?? end.lan }
      : {
          kind: 'interface',
          host: hostIds.get(end.host) ?? end.host,
          interface: interfaceIds.get(end.interface) ?? end.interface,
        }
  const links = fragment.links.map(
    (link): VirtualLink => ({
      ...link,
      id: ids.link(),
      ends: [copyEnd(link.ends[0]), copyEnd(link.ends[1])],
    }),
  )
  const keys: ThingKey[] = [
    ...hosts.map((h) => keyOfNode({ kind: 'host', id: h.id })),
    ...lans.map((l) => keyOfNode({ kind: 'lan', id: l.id })),
    ...links.map((l) => keyOfLink(l.id)),
  ]
  return { edit: { kind: 'insert', hosts, lans, links }, selection: new Set(keys) }
}
