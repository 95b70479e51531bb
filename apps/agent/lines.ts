// How are JSON lines read from a stream without letting one endless line take all memory?
import type { Readable } from 'node:stream'

/** Calls `onLine` for each full line; a line longer than `mostBytes` ends the reading by `onTooLong`. */
export function readLines(
  stream: Readable,
  mostBytes: number,
  onLine: (line: string) => void,
  onTooLong: () => void,
): void {
  let parts: Buffer[] = []
  let held = 0
  stream.on('data', (chunk: Buffer | string) => {
    let rest = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = Buffer.concat([...parts, rest.subarray(0, end)]).toString('utf8')
      parts = []
      held = 0
      rest = rest.subarray(end + 1)
      if (line.trim() !== '') onLine(line)
    }
    if (rest.length === 0) return
    held += rest.length
    if (held > mostBytes) {
      stream.pause()
      onTooLong()
      return
    }
    parts.push(rest)
  })
}
