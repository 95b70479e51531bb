// Where do controllers come in, and who is the one agent of this node? A socket that only root may open, made again when it
// was deleted; and a name that one process at a time can have.
import { chmodSync, statSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'

const DELETED = 'the agent’s socket was deleted; it was made again'

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => server.once('error', reject).listen(path, resolve))
}

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))

/**
 * Takes the name of the agent that keeps `run`, or throws when another has it. In the abstract namespace (unix(7)), where
 * the kernel gives a name to one socket only and takes it back when that one's process ends, however it does: between
 * looking for another agent and beginning to listen two could slip through together. Nothing is said over it.
 */
async function takeName(run: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy())
  try {
    await listen(server, `\0myvini-agent ${run}`)
  } catch (cause) {
    throw new Error(`another agent keeps ${run} already: two of them would fight over the node`, { cause })
  }
  return server
}

export class Door {
  private server: Server | null = null
  private inode = 0

  private constructor(
    private readonly name: Server,
    private readonly path: string,
    private readonly pidPath: string,
    private readonly onCaller: (socket: Socket) => void,
  ) {}

  /** Takes the name; nobody is let in before `open`. */
  static async take(path: string, pidPath: string, onCaller: (socket: Socket) => void): Promise<Door> {
    return new Door(await takeName(dirname(path)), path, pidPath, onCaller)
  }

  async open(): Promise<void> {
    // Closing takes the path away, so the old one goes first. Who has come in stays.
    this.server?.close()
    await mkdir(dirname(this.path), { recursive: true, mode: 0o711 })
    await rm(this.path, { force: true })
    // Who has said all may still wait for answers: the other half is closed by whoever gives them.
    this.server = createServer({ allowHalfOpen: true }, this.onCaller)
    await listen(this.server, this.path)
    chmodSync(this.path, 0o600)
    this.inode = statSync(this.path).ino
    await writeFile(this.pidPath, `${process.pid}\n`)
  }

  /** Opens it again if somebody deleted it, as by emptying the run folder; tells what was found. */
  async look(): Promise<string | null> {
    if (statSync(this.path, { throwIfNoEntry: false })?.ino === this.inode) return null
    await this.open()
    return DELETED
  }

  async close(): Promise<void> {
    await Promise.all([this.server, this.name].map((server) => server && close(server)))
  }
}
