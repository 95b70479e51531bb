// Substrate nodes for tests: each a process with its own network and mount namespace, its own /run and BPF file system,
// and a real trellis in it. Nothing is made outside these namespaces, so nothing is left when their processes end.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { Trellis } from './trellis'

export const kernelFolder = path.resolve(import.meta.dirname, '..')
export const trellisBinary = process.env.TRELLIS ?? path.join(kernelFolder, 'build/trellis')
/** A test run in a chroot would be refused user namespaces: its root is made that of the node. */
const atRoot = path.resolve(kernelFolder, '../packages/box/at-root.sh')
export const RUN = '/run/myvini'

export interface Output {
  code: number
  stdout: string
  stderr: string
}

const setUp = `
  mount -t tmpfs tmpfs /run && mkdir /run/myvini /run/bpf && mount -t bpf bpf /run/bpf
  mount -t sysfs sysfs /sys
  ip link set lo up
  # else a cable's addresses are for a second not used to find a neighbour (RFC 4862 5.4)
  echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad; echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad
  echo ready
  exec cat`

/** End n of a cable. */
export const onCable = (network: string, n: number, prefixed = false): string =>
  network.includes(':') ? `${network}::${n}${prefixed ? '/64' : ''}` : `${network}.${n}${prefixed ? '/24' : ''}`

export class LabNode {
  readonly name: string
  readonly #holder: ChildProcess
  #trellis: Trellis | undefined

  constructor(name: string, holder: ChildProcess) {
    this.name = name
    this.#holder = holder
  }

  get pid(): number {
    if (this.#holder.pid === undefined) throw new Error(`${this.name} has no process`)
    return this.#holder.pid
  }

  /** The command line that runs argv inside this node. */
  inside(argv: string[]): [string, string[]] {
    const proc = `/proc/${this.pid}/ns`
    // The root as well: a test run inside a chroot would find itself at the machine's own otherwise.
    const where = [
      `--net=${proc}/net`,
      `--mount=${proc}/mnt`,
      `--pid=${proc}/pid_for_children`,
      `--root=/proc/${this.pid}/root`,
      '--wd=/',
    ]
    // nsenter stays outside as the parent; killed, it takes along what runs inside.
    return ['nsenter', [...where, '--', 'setpriv', '--pdeathsig', 'KILL', '--', ...argv]]
  }

  /** Signals those of its processes that have all these words among their arguments. */
  kill(signal: string, ...words: string[]): void {
    const found = words.map((word) => `printf '%s\\n' "$line" | grep -qx -- ${word}`).join(' && ')
    this.run(
      'sh',
      '-c',
      `for p in /proc/[0-9]*; do line=$(tr '\\0' '\\n' < $p/cmdline)
      ${found} && kill -${signal} \${p#/proc/}; done; true`,
    )
  }

  /** ... inside one of its network namespaces. */
  insideHost(host: string, argv: string[]): [string, string[]] {
    return this.inside(['nsenter', `--net=${RUN}/netns/${host}`, '--', ...argv])
  }

  run(...argv: string[]): string {
    const [file, rest] = this.inside(argv)
    return execFileSync(file, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }

  try(...argv: string[]): Output {
    return attempt(this.inside(argv))
  }

  host(host: string, ...argv: string[]): Output {
    return attempt(this.insideHost(host, argv))
  }

  /**
   * Lets hosts send nothing by themselves (router solicitations, MLD), for up to minutes after they are made: it would be
   * counted among what a test sends.
   */
  silence(...hosts: string[]): void {
    for (const host of hosts) {
      const done = this.host(host, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1')
      if (done.code) throw new Error(`${host} of ${this.name} goes on speaking: ${done.stderr}`)
    }
  }

  /** The command line of `trellis enter` for a host of the owner "slice". */
  enterArgv(host: string, options: string[], command: string[]): string[] {
    const where = ['--run', RUN, '--namespace', host, '--owner', 'slice', '--hostname', host]
    return [trellisBinary, 'enter', ...where, ...options, '--', ...command]
  }

  enter(host: string, options: string[], ...command: string[]): Output {
    return attempt(this.inside(this.enterArgv(host, options, command)))
  }

  get trellis(): Trellis {
    this.#trellis ??= new Trellis(...this.inside([trellisBinary, 'serve', ...this.folders()]))
    return this.#trellis
  }

  folders(objects = path.join(kernelFolder, 'build')): string[] {
    return ['--run', RUN, '--bpf', '/run/bpf/myvini', '--objects', objects]
  }

  /** A second trellis on the same node, or the one that comes after a crash. */
  anotherTrellis(objects?: string): Trellis {
    return new Trellis(...this.inside([trellisBinary, 'serve', ...this.folders(objects)]))
  }

  async end(): Promise<void> {
    await this.#trellis?.end()
    this.#holder.stdin?.end()
    if (this.#holder.exitCode === null) await once(this.#holder, 'exit')
  }
}

function attempt([file, argv]: [string, string[]]): Output {
  const done = spawnSync(file, argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 })
  return { code: done.status ?? 128, stdout: done.stdout, stderr: done.stderr }
}

export class Lab {
  readonly #nodes: LabNode[] = []

  static check(): void {
    if (!existsSync(trellisBinary)) throw new Error(`${trellisBinary} is missing: run make in ${kernelFolder}`)
  }

  async node(name: string): Promise<LabNode> {
    Lab.check()
    // `cat` ends when this process does, however it ends, and takes the namespaces and all in them with it.
    const own = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    const holder = spawn('unshare', [...own, 'sh', atRoot, 'sh', '-ec', setUp], { stdio: ['pipe', 'pipe', 'inherit'] })
    const node = new LabNode(name, holder)
    this.#nodes.push(node)
    await once(holder.stdout, 'data')
    return node
  }

  /** A cable: the device on each side is called u- and the other node's name. `network` is 192.0.2 or 2001:db8:1. */
  connect(a: LabNode, b: LabNode, network: string, mtu = 1542): void {
    // from outside its PID namespace, where the other node's process has a number
    const cable = ['ip', 'link', 'add', `u-${b.name}`, 'mtu', `${mtu}`, 'type', 'veth', 'peer', 'name', `u-${a.name}`]
    execFileSync('nsenter', [`--net=/proc/${a.pid}/ns/net`, '--', ...cable, 'mtu', `${mtu}`, 'netns', `${b.pid}`])
    a.run('ip', 'address', 'add', onCable(network, 1, true), 'dev', `u-${b.name}`, 'nodad')
    b.run('ip', 'address', 'add', onCable(network, 2, true), 'dev', `u-${a.name}`, 'nodad')
    a.run('ip', 'link', 'set', `u-${b.name}`, 'up')
    b.run('ip', 'link', 'set', `u-${a.name}`, 'up')
    if (!network.includes(':')) return
    // The kernel notices a carrier within a second, and only then gives the address that neighbours are asked from.
    const ready = (device: string) =>
      `until ip -6 -o address show dev ${device} | grep fe80 | grep -qv tentative; do sleep 0.02; done`
    a.run('timeout', '10', 'sh', '-c', ready(`u-${b.name}`))
    b.run('timeout', '10', 'sh', '-c', ready(`u-${a.name}`))
  }

  async end(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.end()))
  }
}
