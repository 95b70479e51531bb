// What is there to break? An installation of its own: its services' processes and its nodes, reached from outside.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findNodes } from '@myvini/box/find-nodes'
import { boxFolder, type Instance, openInstance, postgresFolder, supervisorPath } from '@myvini/launcher/instance'
import { type OwnInstance, startInstance } from '@myvini/launcher/own-instance'
import { z } from 'zod'
import { type Installation, openInstallation } from '../hosts/installation'

const Services = z.object({ services: z.record(z.string(), z.object({ pid: z.number() }).nullable()) })

export class World {
  private constructor(
    readonly own: OwnInstance,
    private readonly instance: Instance,
    readonly installation: Installation,
  ) {}

  static async start(): Promise<World> {
    const own = await startInstance('chaos')
    const instance = await openInstance({ MYVINI_INSTANCE: own.name })
    return new World(own, instance, await openInstallation(own.url))
  }

  get nodes(): string[] {
    return this.installation.nodes.map((n) => n.name).toSorted()
  }

  /** Null while it is down: the supervisor is about to start it again. */
  async pidOf(service: 'controller' | 'portal' | 'postgres'): Promise<number | null> {
    if (service === 'postgres') {
      const text = await readFile(join(postgresFolder(this.instance), 'data', 'postmaster.pid'), 'utf8').catch(() => '')
      return Number(text.split('\n')[0]) || null
    }
    const record = Services.parse(JSON.parse(await readFile(supervisorPath(this.instance), 'utf8')))
    return record.services[service]?.pid ?? null
  }

  /** In the node's own namespaces; throws with what it printed. */
  async inNode(node: string, argv: readonly string[]): Promise<string> {
    const first = (await findNodes(join(boxFolder(this.instance), 'nodes'))).get(node)?.first.pid
    if (first === undefined) throw new Error(`${node} is off`)
    const into = [`--target=${first}`, '--mount', '--root', '--wd', '--net', '--uts', '--pid', '--']
    const { stdout } = await promisify(execFile)('nsenter', [...into, ...argv], { maxBuffer: 64 * 1024 * 1024 })
    return stdout
  }

  inHost = (node: string, key: string, argv: readonly string[]): Promise<string> =>
    this.inNode(node, ['nsenter', `--net=/run/myvini/netns/${key}`, '--', ...argv])
}
