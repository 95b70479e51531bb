// What can be done to a drawing, and what does the drawing look like after it? Edits are data, so that undo, autosave
// and tests all speak of the same things.
import { planAddresses, replanAddresses } from '../addressing/plan'
import { replanMoved } from '../addressing/replan-moved'
import type { HostId, InterfaceId, LanId, LinkId } from '../ids'
import { fail, ok, type Result } from '../result'
import { setRouting } from '../routing/fit'
import type { Datapath, Lan, LinkEnd, LinkVlan, Topology, VirtualHost, VirtualInterface, VirtualLink } from './topology'

export type NodeRef = { kind: 'host'; id: HostId } | { kind: 'lan'; id: LanId }

export type HostPatch = Partial<
  Pick<
    VirtualHost,
    | 'name'
    | 'kind'
    | 'forwards'
    | 'class'
    | 'image'
    | 'cpuPercent'
    | 'cpuCapped'
    | 'cpus'
    | 'memoryMib'
    | 'processes'
    | 'diskMib'
    | 'diskMibps'
    | 'files'
    | 'commands'
    | 'pin'
    | 'loopback'
    | 'routing'
  >
>
export type LinkPatch = Partial<Pick<VirtualLink, 'capacityMbps' | 'maxDelayMs' | 'cost' | 'useIdle' | 'emulation'>>

/** New ids come with the edit, so that applying it twice gives the same drawing. */
export type Edit =
  | { kind: 'add-host'; host: VirtualHost }
  | { kind: 'add-lan'; lan: Lan }
  | {
      kind: 'connect'
      from: NodeRef
      to: NodeRef
      link: LinkId
      interfaces: [InterfaceId, InterfaceId]
      capacityMbps: number
    }
  | { kind: 'move'; moves: { node: NodeRef; x: number; y: number }[] }
  | { kind: 'update-host'; host: HostId; patch: HostPatch }
  | { kind: 'update-lan'; lan: LanId; patch: Partial<Omit<Lan, 'id' | 'position'>> }
  | { kind: 'update-link'; link: LinkId; patch: LinkPatch }
  /** Null: as if nothing had been said. */
  | { kind: 'set-vlan'; link: LinkId; end: 0 | 1; vlan: LinkVlan | null }
  | { kind: 'update-interface'; interface: InterfaceId; patch: Partial<Omit<VirtualInterface, 'id'>> }
  | { kind: 'remove'; nodes: NodeRef[]; links: LinkId[] }
  | { kind: 'insert'; hosts: VirtualHost[]; lans: Lan[]; links: VirtualLink[] }
  | { kind: 'set-routing'; routing: Topology['routing'] }
  | { kind: 'set-datapath'; datapath: Datapath }
  | { kind: 'replan-addresses' }
  | { kind: 'replace'; topology: Topology }

/** The first of eth0, eth1, … that the host does not have yet. */
export function nextInterfaceName(host: VirtualHost): string {
  const taken = new Set(host.interfaces.map((i) => i.name))
  for (let n = 0; ; n++) if (!taken.has(`eth${n}`)) return `eth${n}`
}

/** The first of stem1, stem2, … that nothing in the drawing is called. */
export function nextName(topology: Topology, stem: string): string {
  const taken = new Set([...topology.hosts, ...topology.lans].map((thing) => thing.name))
  for (let n = 1; ; n++) if (!taken.has(`${stem}${n}`)) return `${stem}${n}`
}

const gone = (what: string, id: string) =>
  fail({
    code: 'edit.gone',
    message: `The ${what} ${id} is no longer in the drawing.`,
    hint: 'Somebody may have removed it in another tab. Reload to see the drawing as it is.',
  })

function connect(topology: Topology, edit: Extract<Edit, { kind: 'connect' }>): Result<Topology> {
  const { from, to } = edit
  if (from.kind === to.kind && (from.id as string) === (to.id as string))
    return fail({
      code: 'topology.link-loop',
      message: 'A link cannot lead from a thing back to itself.',
      hint: 'Drop the end of the link on another host, router or LAN.',
    })
  const hosts = [...topology.hosts]
  const ends: LinkEnd[] = []
  for (const [i, node] of [from, to].entries()) {
    if (node.kind === 'lan') {
      if (!topology.lans.some((l) => l.id === node.id)) return gone('LAN', node.id)
      ends.push({ kind: 'lan', lan: node.id })
      continue
    }
    const index = hosts.findIndex((h) => h.id === node.id)
    const host = hosts[index]
    if (!host) return gone('host', node.id)
    const id = edit.interfaces[i === 0 ? 0 : 1]
    const added: VirtualInterface = { id, name: nextInterfaceName(host), ipv4: null, ipv6: null, planned: true }
    hosts[index] = { ...host, interfaces: [...host.interfaces, added] }
    ends.push({ kind: 'interface', host: host.id, interface: id })
  }
  const [a, b] = ends
  if (!a || !b) return gone('end', edit.link)
  const link: VirtualLink = {
    id: edit.link,
    ends: [a, b],
    capacityMbps: edit.capacityMbps,
    maxDelayMs: null,
    cost: null,
    useIdle: false,
    emulation: null,
  }
  return ok(planAddresses({ ...topology, hosts, links: [...topology.links, link] }))
}

/** Takes away nodes and links, and with a link the interfaces it hung on. */
function remove(topology: Topology, nodes: readonly NodeRef[], linkIds: readonly LinkId[]): Topology {
  const hosts = new Set(nodes.flatMap((n) => (n.kind === 'host' ? [n.id] : [])))
  const lans = new Set(nodes.flatMap((n) => (n.kind === 'lan' ? [n.id] : [])))
  const links = new Set(linkIds)
  const falls = (link: VirtualLink) =>
    links.has(link.id) || link.ends.some((e) => (e.kind === 'lan' ? lans.has(e.lan) : hosts.has(e.host)))
  const bare = new Set(
    topology.links.filter(falls).flatMap((l) => l.ends.flatMap((e) => (e.kind === 'interface' ? [e.interface] : []))),
  )
  return {
    ...topology,
    hosts: topology.hosts
      .filter((h) => !hosts.has(h.id))
      .map((h) =>
        h.interfaces.some((i) => bare.has(i.id))
          ? { ...h, interfaces: h.interfaces.filter((i) => !bare.has(i.id)) }
          : h,
      ),
    lans: topology.lans.filter((l) => !lans.has(l.id)),
    links: topology.links.filter((l) => !falls(l)),
  }
}

function move(topology: Topology, moves: Extract<Edit, { kind: 'move' }>['moves']): Topology {
  const to = new Map(moves.map((m) => [`${m.node.kind} ${m.node.id}`, { x: m.x, y: m.y }]))
  const place = <T extends Lan | VirtualHost>(kind: NodeRef['kind'], thing: T): T => {
    const position = to.get(`${kind} ${thing.id}`)
    return position ? { ...thing, position } : thing
  }
  return {
    ...topology,
    hosts: topology.hosts.map((h) => place('host', h)),
    lans: topology.lans.map((l) => place('lan', l)),
  }
}

function updateInterface(topology: Topology, edit: Extract<Edit, { kind: 'update-interface' }>): Result<Topology> {
  let found = false
  const hosts = topology.hosts.map((host) => {
    if (!host.interfaces.some((i) => i.id === edit.interface)) return host
    found = true
    return { ...host, interfaces: host.interfaces.map((i) => (i.id === edit.interface ? { ...i, ...edit.patch } : i)) }
  })
  return found ? ok(planAddresses({ ...topology, hosts })) : gone('interface', edit.interface)
}

function setVlan(topology: Topology, edit: Extract<Edit, { kind: 'set-vlan' }>): Result<Topology> {
  const change = (end: LinkEnd, i: number): LinkEnd =>
    i !== edit.end || end.kind !== 'lan'
      ? end
      : { kind: 'lan', lan: end.lan, ...(edit.vlan !== null && { vlan: edit.vlan }) }
  const links = updateIn(topology.links, edit.link, (l) => ({
    ...l,
    ends: [change(l.ends[0], 0), change(l.ends[1], 1)] satisfies VirtualLink['ends'],
  }))
  return links ? ok(replanMoved({ ...topology, links })) : gone('link', edit.link)
}

function updateIn<T extends { id: string }>(list: readonly T[], id: string, change: (thing: T) => T): T[] | null {
  return list.some((t) => t.id === id) ? list.map((t) => (t.id === id ? change(t) : t)) : null
}

/** Applies one edit. The drawing may be left with problems that `validateTopology` names: a half-typed name is no loss. */
export function applyEdit(topology: Topology, edit: Edit): Result<Topology> {
  switch (edit.kind) {
    case 'add-host':
      return ok(planAddresses({ ...topology, hosts: [...topology.hosts, edit.host] }))
    case 'add-lan':
      return ok({ ...topology, lans: [...topology.lans, edit.lan] })
    case 'connect':
      return connect(topology, edit)
    case 'move':
      return ok(move(topology, edit.moves))
    case 'update-host': {
      const hosts = updateIn(topology.hosts, edit.host, (h) => ({ ...h, ...edit.patch }))
      if (!hosts) return gone('host', edit.host)
      const cleared = hosts.map((h) => (h.id === edit.host && h.kind === 'host' ? { ...h, loopback: null } : h))
      return ok(planAddresses({ ...topology, hosts: cleared }))
    }
    case 'update-lan': {
      const lans = updateIn(topology.lans, edit.lan, (l) => ({ ...l, ...edit.patch }))
      if (!lans) return gone('LAN', edit.lan)
      const changed = { ...topology, lans }
      return ok(edit.patch.vlanFiltering === undefined ? changed : replanMoved(changed))
    }
    case 'update-link': {
      const links = updateIn(topology.links, edit.link, (l) => ({ ...l, ...edit.patch }))
      return links ? ok({ ...topology, links }) : gone('link', edit.link)
    }
    case 'set-vlan':
      return setVlan(topology, edit)
    case 'update-interface':
      return updateInterface(topology, edit)
    case 'remove':
      return ok(remove(topology, edit.nodes, edit.links))
    case 'insert':
      return ok(
        planAddresses({
          ...topology,
          hosts: [...topology.hosts, ...edit.hosts],
          lans: [...topology.lans, ...edit.lans],
          links: [...topology.links, ...edit.links],
        }),
      )
    case 'set-routing':
      return ok(setRouting(topology, edit.routing))
    case 'set-datapath': {
      const { datapath: _, ...rest } = topology
      return ok(edit.datapath === 'auto' ? rest : { ...rest, datapath: edit.datapath })
    }
    case 'replan-addresses':
      return ok(replanAddresses(topology))
    case 'replace':
      return ok(edit.topology)
  }
}
