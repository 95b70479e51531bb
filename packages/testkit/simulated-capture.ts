// What does a capture on a simulated node show? There is no kernel behind it: a file without packets, and it says so.
import type { Capture } from '@myvini/transport/node-connection'

/** A pcapng section and one Ethernet interface without a name, as kernel/trellis/pcapng.c writes them. */
const EMPTY = Buffer.from(
  `0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000${'01000000140000000100000000010000'}14000000`,
  'hex',
)

export const simulatedCapture = (): Capture => stream(EMPTY)

/** A played host forwards nothing: both its tables are empty. */
export const simulatedRoutes = (): Capture => stream(Buffer.from('[ ]\n\n[ ]\n\n'))

function stream(content: Buffer): Capture {
  const ends: ((exitCode: number | null, reason: string) => void)[] = []
  const end = () => {
    for (const listener of ends) listener(0, '')
  }
  return {
    onData: (listener) => void setTimeout(() => listener(content), 0),
    onEnd: (listener) => void ends.push(listener),
    pause: () => undefined,
    resume: () => undefined,
    finish: end,
    close: end,
  }
}
