// What is there to break? An installation of its own: its services' processes, its nodes, their disks and their clocks, all
// reached from outside.
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findNodes } from '@myvini/box/find-nodes'
import { planBox } from '@myvini/box/layout'
import { boxFolder, type Instance, openInstance, postgresFolder, supervisorPath } from '@myvini/launcher/instance'
import { ofThisCheckout, ownMyvini, startInstance } from '@myvini/launcher/own-instance'
import { clusterUrl } from '@myvini/store/server/cluster'
import pg from 'pg'
import { z } from 'zod'
import { type Installation, openInstallation } from '../hosts/installation'
import { OFFSET_FILE, OwnView } from './own-view'

const Services = z.object({ services: z.record(z.string(), z.object({ pid: z.number() }).nullable()) })
const NAME = 'chaos'
/** One more than the box's ring needs to have relays. */
const NODES = 4
export const DISK_MIB = 512
/** Of one command on a node: a node may lose its power in the middle of it. */
const LIMITS = { maxBuffer: 64 * 1024 * 1024, timeout: 20_000, killSignal: 'SIGKILL' } as const

export type Service = 'controller' | 'portal' | 'postgres'

/** The one on that folder, known by its arguments: its own note of itself went with the disk that it lay on. */
async function endPostgres(data: string) {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
    if (argv[0]?.endsWith('/postgres') && argv[1] === '-D' && argv[2] === data) process.kill(Number(pid), 'SIGKILL')
  }
}

export class World {
  /** How often each node has lost its power: what a node carried before is another thing after. */
  readonly boots = new Map<string, number>()

  private constructor(
    readonly view: OwnView,
    readonly myvini: (...args: string[]) => Promise<void>,
    readonly instance: Instance,
    readonly installation: Installation,
    /** Names of the nodes; a cable joins each with the next. */
    readonly ring: readonly string[],
  ) {}

  static async start(): Promise<World> {
    const instance = await openInstance({ MYVINI_INSTANCE: ofThisCheckout(NAME) })
    // What a run that was killed left behind lives in a view that nobody has any more.
    await endPostgres(join(postgresFolder(instance), 'data'))
    await ownMyvini(NAME)('down', '--purge')
    const ring = planBox(0, NODES).nodes.map((n) => n.name)
    const disks = [postgresFolder(instance), ...ring.map((n) => join(boxFolder(instance), 'nodes', n, 'state'))]
    const view = await OwnView.open(disks, DISK_MIB)
    try {
      const own = await startInstance(NAME, { extra: ['--nodes', String(NODES)], within: view.within })
      return new World(view, own.myvini, instance, await openInstallation(own.url), ring)
    } catch (error) {
      await ownMyvini(NAME, view.within)('down').catch(() => undefined) // why it did not start is what counts
      await view.close()
      throw error
    }
  }

  get postgresDisk(): string {
    return postgresFolder(this.instance)
  }

  /** Null while it is down: the supervisor is about to start it again. */
  async pidOf(service: Service): Promise<number | null> {
    if (service === 'postgres') {
      const path = this.view.pathOf(join(this.postgresDisk, 'data', 'postmaster.pid'))
      return Number((await readFile(path, 'utf8').catch(() => '')).split('\n')[0]) || null
    }
    const record = Services.parse(JSON.parse(await readFile(supervisorPath(this.instance), 'utf8')))
    return record.services[service]?.pid ?? null
  }

  /** The first process of a node, whose view is the node's. */
  private async firstOf(node: string): Promise<number> {
    const first = (await findNodes(join(boxFolder(this.instance), 'nodes'))).get(node)?.first.pid
    if (first === undefined) throw new Error(`${node} is off`)
    return first
  }

  /** Put before a command's arguments: it then runs in the node's own namespaces. */
  async within(node: string): Promise<string[]> {
    return ['nsenter', `--target=${await this.firstOf(node)}`, ...'--mount --root --wd --net --uts --pid --'.split(' ')]
  }

  /** In the node's own namespaces; throws with what it printed. */
  async inNode(node: string, argv: readonly string[]): Promise<string> {
    const [program = '', ...args] = [...(await this.within(node)), ...argv]
    return (await promisify(execFile)(program, args, LIMITS)).stdout
  }

  inHost = (node: string, key: string, argv: readonly string[]): Promise<string> =>
    this.inNode(node, ['nsenter', `--net=/run/myvini/netns/${key}`, '--', ...argv])

  async powerOff(node: string) {
    this.boots.set(node, (this.boots.get(node) ?? 0) + 1)
    await this.myvini('box', 'off', node)
  }

  powerOn = (node: string): Promise<void> => this.myvini('box', 'on', node)

  /** The file that the clock of a node reads, and that of the services. A node has its own once it was asked for. */
  async clockOf(node: string | null): Promise<string> {
    if (node === null) return this.view.pathOf(OFFSET_FILE)
    await this.inNode(node, [
      ...['sh', '-c'],
      `mountpoint -q ${OFFSET_FILE} || { head -c 8 /dev/zero > /run/clock; mount --bind /run/clock ${OFFSET_FILE}; }`,
    ])
    return `/proc/${await this.firstOf(node)}/root${OFFSET_FILE}`
  }

  /** Asks the database itself, without the portal; a connection each time, as it may be killed in between. */
  async ask<T extends pg.QueryResultRow>(sql: string): Promise<T[]> {
    const runAs = this.instance.user
    const port = Number(
      (await readFile(this.view.pathOf(join(this.postgresDisk, 'data/postmaster.pid')), 'utf8')).split('\n')[3],
    )
    const folder = this.view.pathOf(this.postgresDisk)
    const url = await clusterUrl({ folder, port, ...(runAs && { runAs }) }, 'myvini')
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000, query_timeout: 5000 })
    client.on('error', () => undefined) // what is being asked fails as well, and says so
    await client.connect()
    try {
      return (await client.query<T>(sql)).rows
    } finally {
      // Of a connection that was lost the end is never heard.
      void client.end().catch(() => undefined)
    }
  }

  async end() {
    await this.myvini('down')
    await this.view.close()
    await ownMyvini(NAME)('down', '--purge')
  }
}
