// What SSH starts for a controller: its stdin and stdout joined to the daemon's socket. The daemon is started if it is not
// there, so that a node without an init system of its own works as well.
import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Paths, socketPath } from './paths'

function tryConnect(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(null))
  })
}

/** Detached and with its own log, so that it outlives the SSH session that happened to need it first. */
async function startDetached(paths: Paths) {
  await mkdir(paths.state, { recursive: true, mode: 0o711 })
  const log = openSync(join(paths.state, 'agent.log'), 'a', 0o600)
  const [entry] = process.argv.slice(1)
  if (entry === undefined) throw new Error('cannot tell where the agent itself is')
  spawn(process.execPath, [entry, 'daemon'], { detached: true, stdio: ['ignore', log, log], cwd: '/' }).unref()
}

const START_AGAIN_MS = 2000

export async function connectDaemon(paths: Paths, patienceMs = 10_000): Promise<Socket> {
  const path = socketPath(paths)
  const first = await tryConnect(path)
  if (first) return first
  await startDetached(paths)
  let startedMs = performance.now()
  for (const until = startedMs + patienceMs; performance.now() < until; ) {
    await sleep(20)
    // The one before may have been about to end, and kept this one out.
    if (performance.now() - startedMs > START_AGAIN_MS) {
      await startDetached(paths)
      startedMs = performance.now()
    }
    const socket = await tryConnect(path)
    if (socket) return socket
  }
  throw new Error(
    `the agent did not answer on ${path} within ${patienceMs / 1000} s; its log is ${join(paths.state, 'agent.log')}`,
  )
}

export async function serve(paths: Paths): Promise<void> {
  const socket = await connectDaemon(paths)
  process.stdin.pipe(socket)
  socket.pipe(process.stdout)
  await new Promise<void>((resolve) => {
    socket.on('close', () => resolve())
    socket.on('error', () => resolve()) // the daemon restarts or dies: the controller sees the channel close
    process.stdin.on('close', () => resolve())
  })
}
