// The controller as it is deployed: a process of its own, started from the built file, that can be killed at any instant.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const BUILT = fileURLToPath(new URL('../../apps/controller/dist/controller.mjs', import.meta.url))
const AGENT = fileURLToPath(new URL('../../apps/agent/dist/agent.mjs', import.meta.url))

export interface ControllerProcess {
  pid: number
  /** Kills it as a crash would, and waits until it is gone. */
  kill(): Promise<void>
  log(): string
}

export const spawnController = (databaseUrl: string, sshKeyFile: string): ControllerProcess =>
  start(databaseUrl, {
    MYVINI_SSH_KEY_FILE: sshKeyFile,
    MYVINI_AGENT_BUNDLE: AGENT,
    MYVINI_LOG_LEVEL: 'debug',
  })

/** Its nodes are played by the process itself, each as fast as it can. */
export const spawnSimulatingController = (databaseUrl: string): ControllerProcess =>
  start(databaseUrl, { MYVINI_SIMULATE: 'true', MYVINI_SIMULATE_PACE_MS: '0', MYVINI_LOG_LEVEL: 'warn' })

function start(databaseUrl: string, settings: Record<string, string>): ControllerProcess {
  const child: ChildProcess = spawn(process.execPath, [BUILT], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      DATABASE_URL: databaseUrl,
      MYVINI_SECRET: 's'.repeat(40),
      ...settings,
    },
  })
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const gone = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  if (child.pid === undefined) throw new Error('the controller could not be started: is it built?')
  return {
    pid: child.pid,
    log: () => output,
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}
