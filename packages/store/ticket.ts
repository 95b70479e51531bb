// May whoever comes with this open that terminal? The portal has checked and signs; the controller trusts the signature.
// HMAC-SHA-256 over the text; both hold the same secret, which no browser ever sees.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { CaptureDevice, CaptureLimits } from '@myvini/core/desired/capture'
import { InsideRequest } from '@myvini/core/inside/request'
import { z } from 'zod'

export const Ticket = z.object({
  /** Substrate node and virtual host: where to. */
  node: z.string(),
  host: z.string(),
  session: z.string().regex(/^[A-Za-z0-9._-]{1,20}$/),
  /** Instead of a terminal: what passes that virtual interface. */
  capture: CaptureLimits.extend({ device: CaptureDevice }).optional(),
  /** Instead of a terminal: one command inside that host. */
  inside: InsideRequest.optional(),
  /** What the terminal shows is kept for the instructor of that lab. */
  record: z.object({ lab: z.string(), slice: z.string(), user: z.string(), host: z.string() }).optional(),
  /** Who asked; for the log. */
  user: z.string(),
  /** Milliseconds since 1970. A ticket is good for one connection made at once, not for keeping. */
  expiresAtMs: z.number(),
})
export type Ticket = z.infer<typeof Ticket>

const sign = (payload: string, secret: string): Buffer => createHmac('sha256', secret).update(payload).digest()

/** Throws on one that `openTicket` would not take, which is a fault of whoever made it. */
export function sealTicket(ticket: Ticket, secret: string): string {
  const payload = Buffer.from(JSON.stringify(Ticket.parse(ticket))).toString('base64url')
  return `${payload}.${sign(payload, secret).toString('base64url')}`
}

/** Null for one that is forged, damaged or too old. */
export function openTicket(text: string, secret: string, nowMs: number): Ticket | null {
  const [payload, signature, extra] = text.split('.')
  if (payload === undefined || signature === undefined || extra !== undefined) return null
  const given = Buffer.from(signature, 'base64url')
  const right = sign(payload, secret)
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null
  const parsed = Ticket.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
  return parsed.success && parsed.data.expiresAtMs > nowMs ? parsed.data : null
}
