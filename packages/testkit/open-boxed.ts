// A box of real nodes: real namespaces, real sshd, the real agent; gone when it is closed.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Box, type RunningNode } from '@myvini/box/box'
import type { NodeConnection, NodeTarget } from '@myvini/transport/node-connection'
import { SshTransport } from '@myvini/transport/ssh'

const run = promisify(execFile)
const BUNDLE = fileURLToPath(new URL('../../apps/agent/dist/agent.mjs', import.meta.url))

export interface Boxed {
  box: Box
  nodes: RunningNode[]
  transport: SshTransport
  /** The controller's private key. */
  keyFile: string
  /** Runs a command in a node's namespaces and gives what it printed; throws with its stderr. */
  inNode(node: string, argv: readonly string[]): Promise<string>
  /** The same inside a virtual host of that node, in its network namespace. */
  inHost(node: string, key: string, argv: readonly string[]): Promise<string>
  targetOf(node: string): NodeTarget
  /** Enrolled and connected. */
  connect(node: string): Promise<NodeConnection>
}

async function command(argv: readonly string[]): Promise<string> {
  const [program = '', ...args] = argv
  try {
    return (await run(program, args, { maxBuffer: 64 * 1024 * 1024 })).stdout
  } catch (cause) {
    const { stderr = '', stdout = '' } = cause as { stderr?: string; stdout?: string }
    throw new Error(`${argv.join(' ')}: ${stderr}${stdout}`, { cause })
  }
}

export interface OpenBoxed extends Boxed {
  close(): Promise<void>
}

export async function openBoxed(count: number, options: { hasOutside?: boolean } = {}): Promise<OpenBoxed> {
  const boxed = {} as OpenBoxed // filled below, before anyone has it
  // Under /var/lib: a node's own /tmp and /run are fresh, and would hide what lies there.
  const folder = await mkdtemp('/var/lib/myvini-test-')
  const key = join(folder, 'controller')
  await command(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key])
  const publicKey = (await readFile(`${key}.pub`, 'utf8')).trim()
  boxed.box = await Box.open({ folder: join(folder, 'box'), controllerKey: publicKey, ...options }, count)
  boxed.close = async () => {
    await boxed.box.stop()
    await rm(folder, { recursive: true, force: true })
  }
  boxed.nodes = await boxed.box.start().catch(async (error: unknown) => {
    await boxed.close()
    throw error
  })
  boxed.keyFile = key
  boxed.transport = new SshTransport({
    privateKey: await readFile(key, 'utf8'),
    publicKey,
    agentBundle: await readFile(BUNDLE),
  })
  boxed.inNode = async (node, argv) => {
    const pid = await boxed.box.pidOf(node)
    if (pid === null) throw new Error(`${node} does not run`)
    return command([
      'nsenter',
      `--target=${pid}`,
      '--mount',
      '--root',
      '--wd',
      '--net',
      '--uts',
      '--pid',
      '--',
      ...argv,
    ])
  }
  boxed.inHost = (node, key, argv) => boxed.inNode(node, ['nsenter', `--net=/run/myvini/netns/${key}`, '--', ...argv])
  boxed.targetOf = (name) => {
    const node = boxed.nodes.find((n) => n.name === name)
    if (!node) throw new Error(`no node ${name}`)
    return { name, host: node.address, port: 22, user: 'root', hostKey: node.hostKey }
  }
  boxed.connect = async (name) => {
    const signal = AbortSignal.timeout(20_000)
    const enrolled = await boxed.transport.enrol(boxed.targetOf(name), signal)
    if (!enrolled.ok) throw new Error(enrolled.problem.message)
    const connected = await boxed.transport.connect(boxed.targetOf(name), signal)
    if (!connected.ok) throw new Error(connected.problem.message)
    return connected.value
  }
  return boxed
}
