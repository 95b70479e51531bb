// agent.mjs daemon | serve | upload | image HASH | enrol

import { execFile } from 'node:child_process'
import { createWriteStream, existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { startDaemon } from './daemon'
import { type AgentEnv, readEnv } from './env'
import { receiveImage } from './images'
import { restrictKey, unpack, writeScripts } from './install'
import { imagesFolder } from './paths'
import { serve } from './serve'
import { probeKernel } from './trellis'

declare const AGENT_VERSION: string

const run = promisify(execFile)

async function daemon({ paths }: AgentEnv): Promise<number> {
  const probe = await probeKernel(paths)
  const bundle = (await readFile(join(paths.programs, 'bundle.sha256'), 'utf8').catch(() => 'unpacked')).trim()
  if (bundle !== 'unpacked') await writeScripts(paths, process.execPath)
  const running = await startDaemon(paths, { agentVersion: AGENT_VERSION, bundle, probe })
  const signal = new Promise<void>((resolve) => {
    process.on('SIGTERM', () => resolve())
    process.on('SIGINT', () => resolve())
  })
  await Promise.race([signal, running.restartAsked])
  await running.close()
  return 0
}

/** Where systemd runs, the agent is a service of it; elsewhere `serve` starts the daemon when it is needed. */
async function startService(root: string) {
  if (!existsSync('/run/systemd/system')) return
  await run('ln', ['-sf', join(root, 'myvini-agent.service'), '/etc/systemd/system/myvini-agent.service'])
  await run('systemctl', ['daemon-reload'])
  await run('systemctl', ['enable', 'myvini-agent.service'])
  await run('systemctl', ['restart', 'myvini-agent.service'])
}

async function install({ paths }: AgentEnv, bundle: string): Promise<string> {
  const root = join(paths.state, 'agent')
  const { hash } = await unpack(bundle, paths, process.execPath)
  await startService(root)
  return hash
}

/** First time: the controller's key, given on stdin, is bound to the agent and is good for nothing else from then on. */
async function enrol(env: AgentEnv): Promise<number> {
  const [script] = process.argv.slice(1)
  if (script === undefined) throw new Error('cannot tell where the agent itself is')
  const hash = await install(env, script)
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  const file = join(homedir(), '.ssh', 'authorized_keys')
  const now = await readFile(file, 'utf8').catch(() => '')
  await mkdir(join(homedir(), '.ssh'), { recursive: true, mode: 0o700 })
  await writeFile(
    `${file}.myvini`,
    restrictKey(now, Buffer.concat(chunks).toString(), join(env.paths.state, 'agent', 'entry')),
    { mode: 0o600 },
  )
  await rename(`${file}.myvini`, file)
  process.stdout.write(`${JSON.stringify({ enrolled: hash })}\n`)
  return 0
}

/** A newer agent on stdin, from the controller that is bound to this node already. */
async function upload(env: AgentEnv): Promise<number> {
  const root = join(env.paths.state, 'agent')
  await mkdir(root, { recursive: true, mode: 0o755 })
  const beside = join(root, `upload-${process.pid}.mjs`)
  try {
    await pipeline(process.stdin, createWriteStream(beside, { mode: 0o600 }))
    await chmod(beside, 0o600)
    const hash = await install(env, beside)
    process.stdout.write(`${JSON.stringify({ installed: hash })}\n`)
    return 0
  } finally {
    await rm(beside, { force: true })
  }
}

/** An image on stdin, named by its hash. */
async function image({ paths }: AgentEnv, hash: string): Promise<number> {
  const outcome = await receiveImage(imagesFolder(paths), hash, process.stdin)
  process.stdout.write(`${JSON.stringify({ [outcome]: hash })}\n`)
  return 0
}

async function dispatch(env: AgentEnv, command: string | undefined): Promise<number> {
  switch (command) {
    case 'daemon':
      return daemon(env)
    case 'serve':
      await serve(env.paths)
      return 0
    case 'upload':
      return upload(env)
    case 'image':
      return image(env, process.argv[3] ?? '')
    case 'enrol':
      return enrol(env)
    default:
      process.stderr.write(`"${command ?? ''}" is not something this agent does.\n`)
      return 2
  }
}

process.exitCode = await dispatch(readEnv(process.env), process.argv[2])
process.exit()
