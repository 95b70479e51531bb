// How does an SSH channel look that carries a capture? Bytes on one side, and a reason on the other when there are none.
import type { ClientChannel } from 'ssh2'
import type { Capture } from './node-connection'

const LONGEST_REASON = 2000

export function toCapture(channel: ClientChannel): Capture {
  const ends: ((exitCode: number | null, reason: string) => void)[] = []
  let exitCode: number | null = null
  let over = false
  let reason = ''
  // Taken from the first byte on: a channel that nobody reads is never told to be closed.
  const early: Buffer[] = []
  let take: (data: Buffer) => void = (data) => void early.push(data)
  channel.on('data', (data: Buffer) => take(data))
  channel.stderr.on('data', (data: Buffer) => {
    reason = (reason + data.toString('utf8')).slice(-LONGEST_REASON)
  })
  channel.on('exit', (code: number | null) => {
    exitCode = code
  })
  channel.on('close', () => {
    over = true
    for (const end of ends) end(exitCode, reason.trim())
  })
  channel.on('error', () => channel.close()) // the connection is lost; "close" follows
  return {
    onData(listener) {
      for (const data of early.splice(0)) listener(data)
      take = listener
    },
    onEnd(listener) {
      if (over) listener(exitCode, reason.trim())
      else ends.push(listener)
    },
    pause: () => void channel.pause(),
    resume: () => void channel.resume(),
    finish: () => void (over || channel.end()), // it writes its last block, and ends
    close: () => channel.close(),
  }
}
