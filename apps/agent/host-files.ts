// Which files does a virtual host find that say who and where it is? /etc/hosts, /etc/hostname and a home of its own,
// prepared on the node and bound in when somebody enters.
import { chown, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeSpec, SliverSpec } from '@myvini/core/desired/node-spec'
import { ownerName } from '@myvini/core/reconcile/expand'

export interface HostFolders {
  /** Holds a folder for each virtual host. */
  hosts: string
  run: string
}

const SHELL = ['/bin/bash', '--login']

/** What `trellis enter` is called with for this host, an argument a line: the forced command reads it. */
function enterArguments({ hosts, run }: HostFolders, sliver: SliverSpec, key: string, name: string): string {
  const own = join(hosts, key)
  const args = [
    ...['--run', run, '--namespace', key, '--owner', ownerName(sliver.uidBase), '--hostname', name],
    ...['--home', join(own, 'home'), '--hosts-file', join(own, 'hosts'), '--resolv-file', join(own, 'resolv.conf')],
    ...['--', ...SHELL],
  ]
  return `${args.join('\n')}\n`
}

const hostsFile = (sliver: SliverSpec, name: string): string =>
  [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost',
    `127.0.1.1 ${name}`,
    ...sliver.names.map((n) => `${n.address} ${n.name}`),
    '',
  ].join('\n')

async function prepareHost(folders: HostFolders, sliver: SliverSpec, key: string, name: string) {
  const own = join(folders.hosts, key)
  const home = join(own, 'home')
  await mkdir(home, { recursive: true, mode: 0o700 })
  // Inside, the first id of the range is root; on the node it is nobody.
  await chown(home, sliver.uidBase, sliver.uidBase)
  await Promise.all([
    writeFile(join(own, 'hosts'), hostsFile(sliver, name)),
    writeFile(join(own, 'hostname'), `${name}\n`),
    writeFile(join(own, 'enter'), enterArguments(folders, sliver, key, name)),
    writeFile(join(own, 'resolv.conf'), '# No name server is reachable from this virtual network.\n'),
  ])
}

/** Hosts that are no longer in the spec lose their files: the reservation they belonged to is over. */
export async function prepareHosts(folders: HostFolders, spec: NodeSpec): Promise<void> {
  const { hosts: folder } = folders
  const keys = new Set<string>()
  await mkdir(folder, { recursive: true, mode: 0o711 })
  for (const sliver of spec.slivers) {
    for (const host of sliver.hosts) keys.add(host.key)
    await Promise.all(sliver.hosts.map((host) => prepareHost(folders, sliver, host.key, host.name)))
  }
  const there = await readdir(folder)
  await Promise.all(
    there.filter((key) => !keys.has(key)).map((key) => rm(join(folder, key), { recursive: true, force: true })),
  )
}
