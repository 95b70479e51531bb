// Can this drawing be booked, and if not, which thing is in the way and what would do?
import { type Cidr, formatCidr, isUsableByHost, networkOf, overlaps, parseCidr } from '../addressing/cidr'
import { checkGatewayDrawing } from '../gateway/check'
import type { Problem } from '../result'
import { checkRouting } from '../routing/check'
import { emulationProblems } from './emulation-problems'
import { endName, type Graph, graphOf, linkName, type Segment } from './graph'
import { lanProblems } from './lan-problems'
import { checkSliceTexts, checkStartUp } from './start-up'
import { DNS_LABEL, INTERFACE_NAME, type Topology, type VirtualHost } from './topology'

export interface TopologyProblem extends Problem {
  /** Errors stand in the way of booking; warnings only tell. */
  severity: 'error' | 'warning'
}

type Report = (problem: TopologyProblem) => void

function checkNames(topology: Topology, report: Report) {
  const seen = new Map<string, string>()
  const named = [
    ...topology.hosts.map((h) => ({
      kind: h.kind as string,
      subject: { kind: 'host' as const, id: h.id as string },
      name: h.name,
    })),
    ...topology.lans.map((l) => ({ kind: 'LAN', subject: { kind: 'lan' as const, id: l.id as string }, name: l.name })),
  ]
  for (const { kind, subject, name } of named) {
    if (!DNS_LABEL.test(name))
      report({
        severity: 'error',
        code: 'topology.name-invalid',
        subject,
        message: name === '' ? `A ${kind} has no name.` : `"${name}" cannot be a name: it is not a DNS label.`,
        hint: 'Use lower-case letters, digits and hyphens, at most 63, with no hyphen at either end, such as web-1.',
      })
    else if (name === 'localhost')
      report({
        severity: 'error',
        code: 'topology.name-reserved',
        subject,
        message: '"localhost" is what every host calls itself.',
        hint: 'Give it another name.',
      })
    else if (seen.has(name))
      report({
        severity: 'error',
        code: 'topology.name-taken',
        subject,
        message: `The name "${name}" is used by two: a ${seen.get(name)} and a ${kind}.`,
        hint: `Rename one of them, for example to ${freeName(name, seen)}.`,
      })
    else seen.set(name, kind)
  }
}

function freeName(name: string, taken: ReadonlyMap<string, string>): string {
  const stem = name.replace(/-?\d+$/, '')
  for (let n = 2; ; n++) if (!taken.has(`${stem}-${n}`)) return `${stem}-${n}`
}

function checkInterfaces(host: VirtualHost, graph: Graph, report: Report) {
  const seen = new Set<string>()
  for (const iface of host.interfaces) {
    const subject = { kind: 'interface' as const, id: iface.id }
    if (!INTERFACE_NAME.test(iface.name) || iface.name === 'lo')
      report({
        severity: 'error',
        code: 'topology.interface-name-invalid',
        subject,
        message: `${host.name} has an interface named "${iface.name}", which Linux would not take.`,
        hint: 'Use at most 15 letters, digits, dots, hyphens or underscores, starting with a letter, such as eth0; lo is taken.',
      })
    else if (seen.has(iface.name))
      report({
        severity: 'error',
        code: 'topology.interface-name-taken',
        subject,
        message: `${host.name} has two interfaces named ${iface.name}.`,
        hint: 'Rename one of them.',
      })
    seen.add(iface.name)
    if (graph.ports.get(iface.id)?.link === null)
      report({
        severity: 'warning',
        code: 'topology.interface-unlinked',
        subject,
        message: `${host.name} ${iface.name} is not linked to anything.`,
        hint: 'Draw a link from it, or remove it.',
      })
  }
  if (host.interfaces.length === 0)
    report({
      severity: 'warning',
      code: 'topology.host-alone',
      subject: { kind: 'host', id: host.id },
      message: `${host.name} has no links.`,
      hint: 'Draw a link from it to another host, a router or a LAN.',
    })
}

function checkLinks(topology: Topology, graph: Graph, report: Report) {
  const linkOf = new Map<string, string>()
  for (const link of topology.links) {
    const subject = { kind: 'link' as const, id: link.id }
    const [a, b] = link.ends
    const missing = link.ends.find((end) =>
      end.kind === 'lan' ? !graph.lans.has(end.lan) : !graph.ports.has(end.interface),
    )
    if (missing) {
      report({
        severity: 'error',
        code: 'topology.link-end-missing',
        subject,
        message: `A link ends at something that is not in the drawing (${missing.kind === 'lan' ? missing.lan : missing.interface}).`,
        hint: 'Remove the link and draw it again.',
      })
      continue
    }
    const loop = a.kind === 'interface' && b.kind === 'interface' && a.interface === b.interface
    const sameHost = a.kind === 'interface' && b.kind === 'interface' && a.host === b.host
    const sameLan = a.kind === 'lan' && b.kind === 'lan' && a.lan === b.lan
    if (loop || sameHost || sameLan)
      report({
        severity: 'error',
        code: 'topology.link-loop',
        subject,
        message: loop
          ? `The link at ${endName(graph, a)} starts and ends on that one interface.`
          : `A link leads from ${endName(graph, a)} back to ${endName(graph, b)}.`,
        hint: 'Drag one of its ends to another host, router or LAN, or remove it.',
      })
    for (const problem of emulationProblems(link, graph)) report(problem)
    for (const end of link.ends) {
      if (end.kind !== 'interface') continue
      const other = linkOf.get(end.interface)
      if (other !== undefined && other !== link.id)
        report({
          severity: 'error',
          code: 'topology.interface-linked-twice',
          subject,
          message: `${endName(graph, end)} has two links; an interface takes one.`,
          hint: 'Give the host another interface for the second link, or join them by a LAN.',
        })
      linkOf.set(end.interface, link.id)
    }
  }
}

interface Used {
  cidr: Cidr
  who: string
  subject: NonNullable<Problem['subject']>
  segment: Segment | null
}

function addressesOf(topology: Topology, graph: Graph): Used[] {
  const used: Used[] = []
  for (const host of topology.hosts) {
    const loopback = parseCidr(host.loopback ?? '')
    if (loopback)
      used.push({ cidr: loopback, who: `${host.name} lo`, subject: { kind: 'host', id: host.id }, segment: null })
    for (const iface of host.interfaces)
      for (const text of [iface.ipv4, iface.ipv6]) {
        const cidr = parseCidr(text ?? '')
        if (!cidr) continue
        const segment = graph.networkOf.get(iface.id) ?? null
        used.push({ cidr, who: `${host.name} ${iface.name}`, subject: { kind: 'interface', id: iface.id }, segment })
      }
  }
  return used
}

function checkAddresses(topology: Topology, graph: Graph, report: Report) {
  const owner = new Map<string, string>()
  const all = addressesOf(topology, graph)
  for (const { cidr, who, subject } of all) {
    const text = formatCidr({ ...cidr, prefixLength: cidr.version === 4 ? 32 : 128 }).split('/')[0] ?? ''
    const other = owner.get(text)
    if (other !== undefined)
      report({
        severity: 'error',
        code: 'topology.address-taken',
        subject,
        message: `${other} and ${who} both have the address ${text}.`,
        hint: 'Change one of them, or let the address be planned.',
      })
    owner.set(text, who)
    if (!isUsableByHost(cidr))
      report({
        severity: 'error',
        code: 'topology.address-unusable',
        subject,
        message: `${who} has ${formatCidr(cidr)}, which names the network itself or everyone in it.`,
        hint: `Use an address between them, such as ${formatCidr({ ...networkOf(cidr), address: networkOf(cidr).address + 1n })}.`,
      })
  }
  checkOverlaps(all, report)
}

/** Sorted by first address, an overlap shows between neighbours, or with the widest network still open. */
function checkOverlaps(all: readonly Used[], report: Report) {
  for (const version of [4, 6] as const) {
    const networks = all
      .filter((u) => u.cidr.version === version && u.segment !== null)
      .map((u) => ({ ...u, net: networkOf(u.cidr) }))
      .toSorted((a, b) =>
        a.net.address < b.net.address
          ? -1
          : a.net.address > b.net.address
            ? 1
            : a.net.prefixLength - b.net.prefixLength,
      )
    let open = networks[0]
    const told = new Set<Segment | null>()
    for (const next of networks.slice(1)) {
      if (!open) break
      if (!overlaps(open.net, next.net)) open = next
      else if (next.segment !== open.segment && !told.has(next.segment)) {
        told.add(next.segment)
        report({
          severity: 'error',
          code: 'topology.network-overlap',
          subject: next.subject,
          message: `${next.who} (${formatCidr(next.cidr)}) is on another link than ${open.who} (${formatCidr(open.cidr)}), yet in the same network.`,
          hint: 'Give each link or LAN a network of its own, or let the addresses be planned.',
        })
      }
    }
  }
}

function checkSegments(graph: Graph, report: Report) {
  for (const segment of graph.segments) {
    const [lan] = segment.lans
    if (lan && segment.ports.length < 2)
      report({
        severity: 'warning',
        code: 'topology.lan-lonely',
        subject: { kind: 'lan', id: lan.id },
        message: `The LAN ${lan.name} joins ${segment.ports.length === 0 ? 'nothing' : 'only one interface'}.`,
        hint: 'Draw links from hosts or routers to it.',
      })
  }
  for (const segment of graph.networks) {
    const [lan] = segment.lans
    const networks = new Set(
      segment.ports.flatMap(({ iface }) => {
        const cidr = parseCidr(iface.ipv4 ?? '')
        return cidr ? [formatCidr(networkOf(cidr))] : []
      }),
    )
    const [link] = segment.links
    if (networks.size > 1 && link)
      report({
        severity: 'warning',
        code: 'topology.networks-differ',
        subject: lan ? { kind: 'lan', id: lan.id } : { kind: 'link', id: link.id },
        message: `The ends of ${lan ? lan.name : linkName(graph, link)} are in different networks: ${[...networks].join(', ')}.`,
        hint: 'Hosts in different networks reach each other only by a router. Put both ends in one network.',
      })
  }
}

/** Everything that is wrong with a drawing, in the order of the drawing. Empty means it can be booked. */
export function validateTopology(topology: Topology): TopologyProblem[] {
  const problems: TopologyProblem[] = []
  const report: Report = (problem) => void problems.push(problem)
  if (topology.hosts.length === 0)
    report({
      severity: 'error',
      code: 'topology.empty',
      message: 'There are no hosts in this drawing yet.',
      hint: 'Drag a host or a router onto the canvas, or start from a template.',
    })
  const graph = graphOf(topology)
  checkNames(topology, report)
  for (const host of topology.hosts) {
    checkInterfaces(host, graph, report)
    checkStartUp(host, report)
  }
  const texts = checkSliceTexts(topology)
  if (texts) report({ severity: 'error', ...texts })
  checkLinks(topology, graph, report)
  checkAddresses(topology, graph, report)
  checkSegments(graph, report)
  lanProblems(topology, graph).forEach(report)
  checkRouting(topology).forEach(report)
  checkGatewayDrawing(topology).forEach(report)
  return problems
}

export const hasErrors = (problems: readonly TopologyProblem[]): boolean => problems.some((p) => p.severity === 'error')
