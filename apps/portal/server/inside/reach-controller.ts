// Which controller takes a command? One that was killed is still listed for seconds, and a command may not be said twice: so
// a connection is made before anything is said, to the first that takes one.
import { connect, type Socket } from 'node:net'

/** A machine that is there takes a connection at once, or refuses it. */
const PATIENCE_MS = 3000

function connectTo(url: string): Promise<Socket | null> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) })
    const give = (result: Socket | null) => {
      clearTimeout(timer)
      socket.removeAllListeners()
      if (result === null) socket.on('error', () => undefined).destroy()
      resolve(result)
    }
    const timer = setTimeout(() => give(null), PATIENCE_MS)
    socket.once('connect', () => give(socket))
    socket.once('error', () => give(null))
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
