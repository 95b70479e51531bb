// What may be asked of a capture on a virtual interface? One shape from the browser to the node, with limits that hold.
import { z } from 'zod'

/** As `trellis capture` takes them (kernel/trellis/capture.c). */
export const CaptureLimits = z.object({
  /** Bytes kept of each packet. */
  snapBytes: z.coerce.number().int().min(64).max(2048).default(256),
  /** Only packets of this length, in bytes from the Ethernet header on. */
  leastBytes: z.coerce.number().int().min(0).max(65_535).default(0),
  mostBytes: z.coerce.number().int().min(14).max(65_535).default(65_535),
  /** One of so many, at random. */
  every: z.coerce.number().int().min(1).max(1_000_000).default(1),
  /** It ends by itself after so long, or so many packets. */
  seconds: z.coerce.number().int().min(1).max(3600).default(300),
  packets: z.coerce.number().int().min(1).max(100_000).default(10_000),
})
export type CaptureLimits = z.infer<typeof CaptureLimits>

/** A virtual interface as its node calls it (naming.ts). */
export const CaptureDevice = z.string().regex(/^mv[0-9a-f]{8}[ab]$/)

export interface CaptureRequest extends CaptureLimits {
  device: string
}

/** The words of the command that the node's agent takes over SSH; none of them can be anything but a name or a number. */
export const captureWords = (request: CaptureRequest): string[] => [
  CaptureDevice.parse(request.device),
  ...[request.snapBytes, request.leastBytes, request.mostBytes, request.every, request.seconds, request.packets].map(
    (n) => String(Math.trunc(n)),
  ),
]
