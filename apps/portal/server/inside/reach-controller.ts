// Which controller takes a command? One that was killed is still listed for seconds, and a command may not be said twice: so
// before anything is said it has to answer. A connection alone tells nothing: the kernel takes those for a process that stands
// still, and for a moment even for one that has just been killed.
import { connect, type Socket } from 'node:net'

/** One that is there and at work answers at once. */
const PATIENCE_MS = 3000

function connectTo(url: string): Promise<Socket | null> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) })
    let heard = ''
    const give = (result: Socket | null) => {
      clearTimeout(timer)
      socket.off('data', hear).off('close', lose).off('error', lose)
      if (result === null) socket.on('error', () => undefined).destroy()
      resolve(result)
    }
    const lose = () => give(null)
    const hear = (chunk: Buffer) => {
      heard += chunk.toString('latin1')
      // The answer has no body: where its head ends, the connection is free for the request itself.
      if (heard.endsWith('\r\n\r\n')) give(socket)
    }
    const timer = setTimeout(lose, PATIENCE_MS)
    socket.on('data', hear).on('close', lose).on('error', lose)
    socket.once('connect', () => socket.write(`OPTIONS /inside HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`))
  })
}

/** Null: none of them takes one. */
export async function reachController(urls: readonly string[]): Promise<{ url: string; socket: Socket } | null> {
  for (const url of urls) {
    const socket = await connectTo(url)
    if (socket) return { url, socket }
  }
  return null
}
