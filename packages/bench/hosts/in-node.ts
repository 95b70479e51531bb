// How does a benchmark look into a node of its installation's box, beside the agent? By that node's namespaces.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { findNodes } from '@myvini/box/find-nodes'
import { boxFolder, openInstance } from '@myvini/launcher/instance'

/** Starts a command in the network of a virtual host, by its key, on that node. */
export type SpawnInHost = (node: string, key: string, argv: readonly string[]) => Promise<ChildProcess>

/** `instance`: what MYVINI_INSTANCE is for the installation. */
export async function openNodes(instance: string): Promise<SpawnInHost> {
  const folder = join(boxFolder(await openInstance({ MYVINI_INSTANCE: instance })), 'nodes')
  return async (node, key, argv) => {
    const first = (await findNodes(folder)).get(node)?.first.pid
    if (first === undefined) throw new Error(`${node} does not run`)
    const intoNode = [`--target=${first}`, '--mount', '--root', '--wd', '--net', '--']
    const intoHost = ['nsenter', `--net=/run/myvini/netns/${key}`, '--']
    return spawn('nsenter', [...intoNode, ...intoHost, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] })
  }
}
