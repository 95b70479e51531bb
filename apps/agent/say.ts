// How does the agent write to its log? In a way that never ends it: the log may be on the very disk that is full.
import { writeSync } from 'node:fs'

const STDERR = 2

/** A line that cannot be written is lost; what it tells of goes on. */
export function say(line: string): void {
  try {
    writeSync(STDERR, `${new Date().toISOString()} ${line}\n`)
  } catch {
    // ENOSPC, or a reader that is gone: there is nowhere left to say so.
  }
}
