// How does an SSH channel with a PTY look as a terminal?
import type { ClientChannel } from 'ssh2'
import type { Terminal } from './node-connection'

export function toTerminal(channel: ClientChannel): Terminal {
  const ends: ((exitCode: number | null) => void)[] = []
  let exitCode: number | null = null
  let over = false
  channel.on('exit', (code: number | null) => {
    exitCode = code
  })
  channel.on('close', () => {
    over = true
    for (const end of ends) end(exitCode)
  })
  channel.on('error', () => channel.close()) // the connection is lost; "close" follows
  return {
    write: (data) => void (over || channel.write(data)),
    resize: ({ columns, rows }) => void (over || channel.setWindow(rows, columns, 0, 0)),
    onData(listener) {
      channel.on('data', listener)
      channel.stderr.on('data', listener)
    },
    onEnd(listener) {
      if (over) listener(exitCode)
      else ends.push(listener)
    },
    pause: () => void channel.pause(),
    resume: () => void channel.resume(),
    close: () => channel.close(),
  }
}
