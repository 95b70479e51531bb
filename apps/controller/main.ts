// The controller as a process: settings in, signals obeyed.
import { readFile } from 'node:fs/promises'
import { embed } from '@myvini/core/embedding/embed'
import { SimulatedTransport } from '@myvini/testkit/simulated-node'
import type { NodeTransport } from '@myvini/transport/node-connection'
import { SshTransport } from '@myvini/transport/ssh'
import { pino } from 'pino'
import { startController } from './controller'
import { type ControllerEnv, readEnv } from './env'

async function transportOf(env: ControllerEnv): Promise<NodeTransport> {
  if (env.MYVINI_SIMULATE) return new SimulatedTransport(env.MYVINI_SIMULATE_PACE_MS)
  const { MYVINI_SSH_KEY_FILE: keyFile, MYVINI_AGENT_BUNDLE: bundleFile } = env
  if (keyFile === undefined || bundleFile === undefined)
    throw new Error('MYVINI_SSH_KEY_FILE and MYVINI_AGENT_BUNDLE are needed to reach substrate nodes')
  const [privateKey, publicKey, agentBundle] = await Promise.all([
    readFile(keyFile, 'utf8'),
    readFile(`${keyFile}.pub`, 'utf8'),
    readFile(bundleFile),
  ])
  return new SshTransport({ privateKey, publicKey, agentBundle })
}

const env = readEnv(process.env)
const log = pino({ level: env.MYVINI_LOG_LEVEL, base: { part: 'controller' } })
const controller = await startController({
  databaseUrl: env.DATABASE_URL,
  transport: await transportOf(env),
  embed,
  secret: env.MYVINI_SECRET,
  gatewayHost: env.MYVINI_GATEWAY_HOST,
  gatewayPort: env.MYVINI_GATEWAY_PORT,
  now: () => new Date(),
  ...(env.MYVINI_IMAGES !== undefined && { imagesFolder: env.MYVINI_IMAGES }),
  log,
})

let ending = false
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    if (ending) return
    ending = true
    log.info({ signal }, 'ending')
    controller.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'did not end cleanly')
        process.exit(1)
      },
    )
  })
