// How are JSON lines read from a stream without letting one endless line take all memory?
import type { Readable } from 'node:stream'

const NEWLINE = 10

/**
 * Calls `onLine` for each full line that is not blank. Of one longer than `mostBytes` nothing is kept: `onTooLong` is called
 * as soon as it is known to be one, and the rest is passed over up to the next line.
 */
export function readLines(
  stream: Readable,
  mostBytes: number,
  onLine: (line: string) => void,
  onTooLong: () => void,
): void {
  let parts: Buffer[] = []
  let held = 0
  let passingOver = false
  const hold = (piece: Buffer) => {
    held += piece.length
    if (passingOver) return
    parts.push(piece)
    if (held <= mostBytes) return
    passingOver = true
    parts = []
    onTooLong()
  }
  stream.on('data', (chunk: Buffer | string) => {
    let rest = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      hold(rest.subarray(0, end))
      const line = passingOver ? '' : Buffer.concat(parts).toString('utf8')
      parts = []
      held = 0
      passingOver = false
      rest = rest.subarray(end + 1)
      if (line.trim() !== '') onLine(line)
    }
    if (rest.length > 0) hold(rest)
  })
}
