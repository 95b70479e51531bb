// Who may draw a gateway, and what may pass it? Part of the policy that an admin edits; by default there is no way out.
import { z } from 'zod'
import { parseCidr } from '../addressing/cidr'
import { fail, ok, type Result } from '../result'
import type { Topology } from '../topology/topology'

const ROLES = ['researcher', 'instructor', 'admin'] as const

const Destination = z
  .string()
  .refine((text) => parseCidr(text)?.version === 4, 'Write IPv4 networks, such as 203.0.113.0/24')

const Ports = z
  .object({ from: z.number().int().min(1024).max(65_535), to: z.number().int().min(1024).max(65_535) })
  .refine(({ from, to }) => from <= to, 'The first port is beyond the last')

export const GatewayPolicy = z.object({
  /** Whose drawings may have gateways; nobody's: off. */
  allowed: z.array(z.enum(ROLES)).max(ROLES.length),
  /** Where traffic may go. What is between the substrate’s nodes is never among it, whatever is written here. */
  destinations: z.array(Destination).max(64),
  /** Of one gateway, in each direction. */
  mbps: z.number().int().min(1).max(100_000),
  /** Which ports of a substrate node may lead in. */
  outsidePorts: Ports,
})
export type GatewayPolicy = z.infer<typeof GatewayPolicy>

export const NO_GATEWAYS: GatewayPolicy = {
  allowed: [],
  destinations: [],
  mbps: 10,
  outsidePorts: { from: 20_000, to: 29_999 },
}

/** Whether somebody in `role` may book this drawing's gateways; a refusal names the gateway and what would do. */
export function checkGateways(
  topology: Pick<Topology, 'hosts'>,
  role: (typeof ROLES)[number],
  policy: GatewayPolicy,
): Result<null> {
  const gateways = topology.hosts.filter((h) => h.kind === 'gateway')
  const [first] = gateways
  if (!first) return ok(null)
  if (!policy.allowed.includes(role))
    return fail({
      code: 'booking.gateway-not-allowed',
      message: `${first.name} is a gateway, and the policy allows ${policy.allowed.length === 0 ? 'nobody' : `only ${policy.allowed.join(' and ')}`} a way to the outside.`,
      hint: `Remove ${first.name} from the drawing, or ask an admin to allow gateways for the role ${role}.`,
      subject: { kind: 'host', id: first.id },
    })
  const { from, to } = policy.outsidePorts
  for (const gateway of gateways) {
    const beyond = gateway.forwards?.find((f) => f.outsidePort < from || f.outsidePort > to)
    if (beyond)
      return fail({
        code: 'booking.gateway-port',
        message: `${gateway.name} would be reached at port ${beyond.outsidePort}; the policy opens ${from} to ${to}.`,
        hint: `Choose an outside port from ${from} to ${to}.`,
        subject: { kind: 'host', id: gateway.id },
      })
  }
  return ok(null)
}
