// What may a gateway let in from the outside? A port of the substrate node leads to a port of one virtual host.
import { z } from 'zod'
import { HostId } from '../ids'

export const MOST_FORWARDS = 32

/** RFC 6335 §6: 16 bits, and 0 is reserved. */
const Port = z.number().int().min(1).max(65_535)

export const Forward = z.object({
  protocol: z.enum(['tcp', 'udp']),
  /** On the substrate node that carries the gateway. */
  outsidePort: Port,
  to: HostId,
  port: Port,
})
export type Forward = z.infer<typeof Forward>
