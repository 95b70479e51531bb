// How is a command inside a virtual host asked for over SSH, and how does its channel look?
import type { InsideRequest } from '@myvini/core/inside/request'
import type { ClientChannel } from 'ssh2'
import type { Inside } from './node-connection'

const LONGEST_REASON = 2000

/** Hexadecimal digits are no part of any shell's language, whoever reads them on the way. */
export const insideWords = (host: string, request: InsideRequest): string =>
  [
    request.word,
    host,
    String(Math.trunc(request.seconds)),
    String(Math.trunc(request.mostBytes)),
    ...request.arguments.map((argument) => Buffer.from(argument, 'utf8').toString('hex')),
  ].join(' ')

export function toInside(channel: ClientChannel): Inside {
  let reason = ''
  channel.stderr.on('data', (data: Buffer) => {
    reason = (reason + data.toString('utf8')).slice(-LONGEST_REASON)
  })
  channel.on('error', () => channel.close()) // the connection is lost; "close" follows
  return { stream: channel, reason: () => reason.trim() }
}
