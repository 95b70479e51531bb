// Can the gateways of a drawing work, and if not, which field of which one stands in the way?
import type { Topology, VirtualHost } from '../topology/topology'
import type { TopologyProblem } from '../topology/validate'
import { MOST_FORWARDS } from './forward'

const firstAddress = (host: VirtualHost) => host.interfaces.find((i) => i.ipv4 !== null)?.ipv4 ?? null

/** All gateways together, as two of them may come to the same node. */
export function checkGatewayDrawing(topology: Topology): TopologyProblem[] {
  const hosts = new Map(topology.hosts.map((h) => [h.id, h]))
  const taken = new Map<string, string>()
  return topology.hosts.flatMap((gateway): TopologyProblem[] => {
    const error = (code: string, message: string, hint: string): TopologyProblem => ({
      ...{ severity: 'error', code: `topology.${code}`, message, hint },
      subject: { kind: 'host', id: gateway.id },
    })
    if (gateway.kind !== 'gateway') return []
    const problems: TopologyProblem[] = []
    if (gateway.class !== 'netns')
      problems.push(
        error(
          'gateway-class',
          `${gateway.name} is a gateway of class ${gateway.class}.`,
          'Choose netns: the node itself keeps a gateway’s rules, and nobody works inside.',
        ),
      )
    if ((gateway.forwards ?? []).length > MOST_FORWARDS)
      problems.push(
        error('forwards-many', `${gateway.name} has more than ${MOST_FORWARDS} forwards.`, 'Remove some of them.'),
      )
    for (const { protocol, outsidePort, to } of gateway.forwards ?? []) {
      const target = hosts.get(to)
      if (!target || target.kind === 'gateway')
        problems.push(
          error(
            'forward-target',
            `${gateway.name} forwards port ${outsidePort} to ${target ? 'a gateway' : 'a host that is not in the drawing'}.`,
            'Choose a host or a router.',
          ),
        )
      else if (firstAddress(target) === null)
        problems.push(
          error(
            'forward-address',
            `${gateway.name} forwards port ${outsidePort} to ${target.name}, which has no IPv4 address.`,
            `Link ${target.name} to something, or give it an address.`,
          ),
        )
      const port = `${protocol} ${outsidePort}`
      const other = taken.get(port)
      if (other !== undefined)
        problems.push(
          error(
            'forward-port-taken',
            `Outside port ${outsidePort} (${protocol}) is used twice: by ${other} and by ${gateway.name}.`,
            'Choose another outside port for one of them.',
          ),
        )
      taken.set(port, gateway.name)
    }
    return problems
  })
}
