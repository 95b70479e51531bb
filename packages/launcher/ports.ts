// Which TCP ports of this machine are free?
import { createServer } from 'node:net'

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** `wanted`, or the first free one after it. */
export async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 200; port++) if (await isPortFree(port)) return port
  throw new Error(`no port from ${wanted} to ${wanted + 199} is free`)
}
