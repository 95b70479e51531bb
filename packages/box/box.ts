// The substrate in a box: servers as namespaces of this machine, each with its own network, mounts, names, processes,
// sshd and disk. The controller reaches them by SSH and cannot tell the difference.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { findNodes, type NodeProcesses } from './find-nodes'
import { type BoxLayout, type BoxNode, MOST_BOXES, planBox } from './layout'
import { writeNodeFiles } from './node-files'
import { Outside } from './outside'
import { signal, waitUntilGone } from './process-identity'
import { run } from './run'
import { freeIndex, linksOf, wireLink, wireManagement, wireOutside } from './wiring'

/** Which addresses this box has taken; which of its nodes run is read from the machine, never remembered. */
const Memory = z.object({ index: z.number().int(), count: z.number().int() })
type Memory = z.infer<typeof Memory>

export interface BoxOptions {
  /** Where its servers' disks and its memory of them are kept. */
  folder: string
  /** The controller's public key, as a line of authorized_keys. */
  controllerKey: string
  /** Nodes have a default route to a namespace that stands for the world outside; never to this machine's own network. */
  hasOutside?: boolean
}

export interface RunningNode extends BoxNode {
  hostKey: string
}

const AT_ROOT = fileURLToPath(new URL('./at-root.sh', import.meta.url))
const INIT = fileURLToPath(new URL('./node-init.sh', import.meta.url))
const START_MS = 10_000

export class Box {
  readonly outside: Outside

  private constructor(
    private readonly options: BoxOptions,
    readonly layout: BoxLayout,
  ) {
    this.outside = new Outside(join(options.folder, 'outside'))
  }

  /** Opens the box of that folder, or plans a new one with `count` nodes. Nothing is started. */
  static async open(options: BoxOptions, count: number): Promise<Box> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 })
    const known = await readMemory(options.folder)
    const index = known?.index ?? (await freeIndex(MOST_BOXES))
    const path = join(options.folder, 'box.json')
    await writeFile(`${path}.new`, JSON.stringify({ index, count } satisfies Memory))
    await rename(`${path}.new`, path)
    return new Box(options, planBox(index, count))
  }

  private folderOf(node: string): string {
    return join(this.options.folder, 'nodes', node)
  }

  async isRunning(node: string): Promise<boolean> {
    return (await this.running()).has(node)
  }

  private running(): Promise<Map<string, NodeProcesses>> {
    return findNodes(join(this.options.folder, 'nodes'))
  }

  /** Starts the nodes that do not run and joins them to those that do. */
  async start(): Promise<RunningNode[]> {
    const before = await this.running()
    const wanted = new Set(this.layout.nodes.map((n) => n.name))
    for (const name of before.keys()) if (!wanted.has(name)) await this.powerOff(name)
    // One that was started anew has lost its ends of all cables.
    const isFresh = this.options.hasOutside === true && (await this.outside.start())
    const stopped = this.layout.nodes.filter((node) => !before.has(node.name))
    await Promise.all(stopped.map((node) => this.boot(node)))
    await this.wire(stopped)
    if (isFresh) await this.wireOutside(this.layout.nodes.filter((node) => before.has(node.name)))
    const running: RunningNode[] = []
    for (const node of this.layout.nodes) running.push({ ...node, hostKey: await this.filesOf(node) })
    return running
  }

  async powerOn(name: string): Promise<void> {
    const node = this.layout.nodes.find((n) => n.name === name)
    if (!node) throw new Error(`the box has no node ${name}; it has ${this.layout.nodes.map((n) => n.name).join(', ')}`)
    if (await this.isRunning(name)) return
    await this.boot(node)
    await this.wire([node])
  }

  /** As if the plug were pulled: nothing on the node gets a chance to tidy up. */
  async powerOff(name: string): Promise<void> {
    const known = (await this.running()).get(name)
    if (known) {
      await signal(known.first, 'SIGKILL')
      await signal(known.holder, 'SIGKILL')
      if (!(await waitUntilGone(known.holder, 5000)))
        throw new Error(`${name} does not go down: process ${known.holder.pid} stays`)
      await waitUntilGone(known.first, 5000)
    }
    await this.waitUntilUnplugged(name)
    await removeCgroups(this.cgroupOf(name))
  }

  /** The kernel buries namespaces a moment after their last process; with them goes our end of the node's cable. */
  private async waitUntilUnplugged(name: string) {
    const device = this.layout.nodes.find((n) => n.name === name)?.device
    for (const until = performance.now() + 5000; device !== undefined && existsSync(`/sys/class/net/${device}`); ) {
      if (performance.now() > until) throw new Error(`${name} is off, but its network does not go away`)
      await sleep(10)
    }
  }

  /** Finds what runs by looking, so that it also ends what a killed or crashed `up` left behind. */
  async stop(): Promise<void> {
    await Promise.all([...(await this.running()).keys()].map((name) => this.powerOff(name)))
    await this.outside.stop()
  }

  /** The first process of a running node: whose namespaces tests and tools look into. */
  async pidOf(name: string): Promise<number | null> {
    return (await this.running()).get(name)?.first.pid ?? null
  }

  private cgroupOf(name: string): string {
    return `myvini-box${this.layout.index}/${name}`
  }

  private filesOf(node: BoxNode): Promise<string> {
    return writeNodeFiles(this.folderOf(node.name), node, this.options.controllerKey)
  }

  private async boot(node: BoxNode) {
    await this.filesOf(node)
    const folder = this.folderOf(node.name)
    await rm(join(folder, 'wired'), { force: true })
    const log = await open(join(folder, 'boot.log'), 'w')
    const flags = ['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--mount-proc', '--kill-child']
    const child = spawn('unshare', [...flags, 'sh', AT_ROOT, 'sh', INIT, folder, node.name], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      cwd: '/',
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        MYVINI_CGROUP: this.cgroupOf(node.name),
      },
    })
    child.unref()
    await log.close()
    if (child.pid === undefined) throw new Error(`${node.name} could not be started: unshare did not run`)
    for (const until = performance.now() + START_MS; !(await this.isRunning(node.name)); ) {
      if (performance.now() > until || child.exitCode !== null)
        throw new Error(`${node.name} did not start: ${await tail(join(folder, 'boot.log'))}`)
      await sleep(10)
    }
  }

  private async waitForSsh(node: BoxNode) {
    for (const until = performance.now() + START_MS; ; ) {
      // Asked together: where the node is gone, somebody else's machine may answer on its address.
      const [runs, listens] = [await this.isRunning(node.name), await answers(node.address, 22)]
      if (runs && listens) return
      if (!runs)
        throw new Error(`${node.name} ended as it started: ${await tail(join(this.folderOf(node.name), 'boot.log'))}`)
      if (performance.now() > until)
        throw new Error(
          `${node.name} started, but its sshd does not answer: ${await tail(join(this.folderOf(node.name), 'boot.log'))}`,
        )
      await sleep(20)
    }
  }

  private async wireOutside(nodes: readonly BoxNode[]) {
    const outside = await this.outside.pid()
    if (outside === null) return
    const running = await this.running()
    for (const node of nodes) {
      const pid = running.get(node.name)?.first.pid
      if (pid !== undefined) await wireOutside(node, pid, outside)
    }
  }

  private async wire(started: readonly BoxNode[]) {
    const pids = new Map([...(await this.running())].map(([name, { first }]) => [name, first.pid]))
    await Promise.all(started.map((node) => wireManagement(node, pids.get(node.name) ?? 0)))
    await this.wireOutside(started)
    const links = new Set(started.flatMap((node) => linksOf(this.layout, node.name)))
    for (const link of links) await wireLink(link, pids)
    for (const node of started) await writeFile(join(this.folderOf(node.name), 'wired'), '')
    await Promise.all(started.map((node) => this.waitForSsh(node)))
  }
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 500 })
    const give = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => give(true))
    socket.once('timeout', () => give(false))
    socket.once('error', () => give(false))
  })
}

async function readMemory(folder: string): Promise<Memory | null> {
  const text = await readFile(join(folder, 'box.json'), 'utf8').catch(() => null)
  return text === null ? null : Memory.parse(JSON.parse(text))
}

const tail = async (path: string): Promise<string> =>
  (await readFile(path, 'utf8').catch(() => 'no log')).trim().split('\n').slice(-3).join(' | ')

/** Cgroups are not part of the namespaces: what a killed node leaves there is removed from outside, deepest first. */
async function removeCgroups(path: string) {
  const found = await run('find', ['/sys/fs/cgroup', '-depth', '-type', 'd', '-path', `*/${path}*`]).catch(() => '')
  for (const folder of found.split('\n').filter((line) => line !== '')) {
    await run('rmdir', [folder]).catch((error: Error) => process.stderr.write(`${error.message}\n`))
  }
}
