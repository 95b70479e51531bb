// What stands in the way of routers speaking the protocol that the drawing says?
import { HOST_USR } from '../images/image'
import type { Problem } from '../result'
import type { Topology, VirtualHost } from '../topology/topology'
import { LEAST_MEMORY_MIB } from './fit'
import { asNumbers, protocolOf } from './model'
import { SOFTWARE_NAMES, softwareOf } from './setup'

type Found = Problem & { severity: 'error' | 'warning' }

const about = (host: VirtualHost) => ({ kind: 'host' as const, id: host.id as string })

/** It speaks BGP with neighbours on its links, and is in none of the nodes' own programs. */
function checkExabgp(topology: Topology, host: VirtualHost): Found[] {
  const found: Found[] = []
  const problem = (code: string, message: string, hint: string) =>
    found.push({ severity: 'error', code, subject: about(host), message, hint })
  const brings = host.routing.replaces && host.routing.config.trim() !== ''
  if (host.image === HOST_USR)
    problem(
      'routing.exabgp-image',
      `${host.name} runs ExaBGP, which is not among the node’s own programs.`,
      'Choose the image router for it, or one of your own that has ExaBGP.',
    )
  if (topology.routing !== 'bgp' && !brings)
    problem(
      'routing.exabgp-protocol',
      `${host.name} runs ExaBGP, which speaks BGP alone, and the drawing’s routes are not found by BGP.`,
      'Choose BGP for the drawing, or give it a configuration of your own in place of what is generated.',
    )
  const numbers = asNumbers(topology)
  const same = topology.hosts.filter((h) => h.id !== host.id && numbers.get(h.id) === numbers.get(host.id))
  if (topology.routing === 'bgp' && same.length > 0)
    problem(
      'routing.exabgp-as',
      `${host.name} runs ExaBGP and shares AS ${numbers.get(host.id)} with ${same[0]?.name}: inside an AS it would have to speak OSPF too.`,
      'Give it an AS number of its own.',
    )
  return found
}

function checkRouter(topology: Topology, host: VirtualHost): Found[] {
  const found: Found[] = []
  const software = softwareOf(topology, host)
  const { config, replaces } = host.routing
  if (software !== 'none' && host.class === 'netns')
    found.push({
      severity: 'error',
      code: 'routing.class',
      subject: about(host),
      message: `${host.name} is to run ${SOFTWARE_NAMES[software]}, for which a bare network stack is not enough.`,
      hint: 'Give it the class vserver, or set its routing software to none.',
    })
  if (software !== 'none' && host.memoryMib < LEAST_MEMORY_MIB)
    found.push({
      severity: 'error',
      code: 'routing.memory',
      subject: about(host),
      message: `${host.name} reserves ${host.memoryMib} MiB of memory; routing software needs ${LEAST_MEMORY_MIB}.`,
      hint: `Reserve at least ${LEAST_MEMORY_MIB} MiB.`,
    })
  if (topology.routing === 'isis' && software === 'bird' && !(replaces && config.trim() !== ''))
    found.push({
      severity: 'error',
      code: 'routing.bird-isis',
      subject: about(host),
      message: `${host.name} runs BIRD, which does not speak IS-IS.`,
      hint: 'Choose FRR for it, or OSPF for the drawing.',
    })
  if (software === 'exabgp') found.push(...checkExabgp(topology, host))
  // Control characters would end a line early in the eyes of some daemon; tabs and line ends are what texts are made of.
  const control = /[^\P{Cc}\t\r\n]/u.exec(config)
  if (control)
    found.push({
      severity: 'error',
      code: 'routing.config-characters',
      subject: about(host),
      message: `The routing configuration of ${host.name} holds a control character at position ${control.index + 1}.`,
      hint: 'Paste it as plain text.',
    })
  return found
}

/** Sessions inside an AS lead from loopback to loopback. */
function checkAs(topology: Topology): Found[] {
  const numbers = asNumbers(topology)
  const members = new Map<number, VirtualHost[]>()
  for (const host of topology.hosts) {
    const number = numbers.get(host.id)
    if (number !== undefined) members.set(number, [...(members.get(number) ?? []), host])
  }
  return [...members].flatMap(([number, hosts]) =>
    hosts
      .filter((h) => hosts.length > 1 && h.loopback === null)
      .map((h) => ({
        severity: 'error' as const,
        code: 'routing.no-loopback',
        subject: about(h),
        message: `${h.name} shares AS ${number} with others but has no loopback address for its sessions with them.`,
        hint: 'Give it a loopback, such as 10.255.0.1/32, or let addresses be planned.',
      })),
  )
}

/** In the order of the drawing; empty when there is nothing to say. */
export function checkRouting(topology: Topology): Found[] {
  const routers = topology.hosts.filter((h) => h.kind === 'router')
  const found = routers.flatMap((host) => checkRouter(topology, host))
  const protocol = protocolOf(topology)
  if (protocol === 'bgp') found.push(...checkAs(topology))
  if (protocol !== null && routers.length === 0)
    found.push({
      severity: 'warning',
      code: 'routing.no-routers',
      message: 'Routers are to find routes by themselves, but there are none in this drawing.',
      hint: 'Add a router, or let the routes be set.',
    })
  return found
}
