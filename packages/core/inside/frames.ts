// What does `trellis exec` say (kernel/trellis/exec.h)? Frames: a letter, a length, that many bytes. Read as they come, in
// whatever pieces a connection makes of them.
import { z } from 'zod'

const HEADER = 5
/** As the node cuts them (kernel/trellis/session.h). */
const LARGEST_FRAME = 65_536

const End = z.object({ exitCode: z.number().int(), cut: z.boolean(), late: z.boolean(), bytes: z.number() })

/** How a command ended. */
export interface InsideEnd {
  /** 128 and a signal's number where a signal ended it; 125 where it could not be begun. */
  exitCode: number
  /** It said more than was wanted: the rest is lost. */
  cut: boolean
  /** Its time was over, and it was killed. */
  late: boolean
  /** How much it said in all. */
  bytes: number
}

export type InsideFrame = { kind: 'stdout' | 'stderr'; bytes: Uint8Array } | { kind: 'end'; end: InsideEnd }

const KINDS: Record<string, 'stdout' | 'stderr'> = { o: 'stdout', e: 'stderr' }

function frameOf(letter: string, bytes: Uint8Array): InsideFrame {
  const kind = KINDS[letter]
  if (kind) return { kind, bytes }
  // It is ASCII: numbers and words of the node's own.
  return { kind: 'end', end: End.parse(JSON.parse(String.fromCharCode(...bytes))) }
}

export class FrameReader {
  private held = new Uint8Array(0)

  /** Throws on what is no frame: then what is at the other end is no `trellis exec`. */
  push(chunk: Uint8Array): InsideFrame[] {
    const all = new Uint8Array(this.held.length + chunk.length)
    all.set(this.held)
    all.set(chunk, this.held.length)
    const view = new DataView(all.buffer)
    const frames: InsideFrame[] = []
    let at = 0
    while (all.length - at >= HEADER) {
      const length = view.getUint32(at + 1, true)
      const letter = String.fromCharCode(view.getUint8(at))
      if (length > LARGEST_FRAME || !'oex'.includes(letter)) throw new Error(`no frame: ${letter}, ${length} bytes`)
      if (all.length - at < HEADER + length) break
      frames.push(frameOf(letter, all.subarray(at + HEADER, at + HEADER + length)))
      at += HEADER + length
    }
    this.held = all.slice(at)
    return frames
  }
}

/** As the node writes them: for nodes that are played. */
export function writeFrame(letter: 'o' | 'e' | 'x', bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER + bytes.length)
  frame[0] = letter.charCodeAt(0)
  new DataView(frame.buffer).setUint32(1, bytes.length, true)
  frame.set(bytes, HEADER)
  return frame
}
