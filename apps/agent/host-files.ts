// Which files does a virtual host find that say who and where it is? /etc/hosts, /etc/hostname and a home of its own,
// prepared on the node and bound in when somebody enters.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostSpec, NodeSpec, SliverSpec } from '@myvini/core/desired/node-spec'
import { hostOwner } from '@myvini/core/reconcile/expand'
import { forgetWritten, namesIn, type OwnFile, throwAway, throwStates, writeOwnFiles } from './own-files'
import { ensureHostUsr, HOST_USR } from './vserver/host-usr'
import { ociConfig } from './vserver/oci-config'
import { START_FOLDER, writeStart } from './vserver/start-up'

export interface HostFolders {
  /** Holds a folder for each virtual host. */
  hosts: string
  images: string
  /** On the same file system as `hosts`. */
  trash: string
  /** On the same file system as `run`. */
  runTrash: string
  run: string
  trellis: string
}

const SHELL = ['/bin/bash', '--login']

/** What `trellis enter` is called with for this host. */
export function enterArguments(
  { hosts, run }: Pick<HostFolders, 'hosts' | 'run'>,
  sliver: SliverSpec,
  host: HostSpec,
): string[] {
  const own = join(hosts, host.key)
  const derived = join(run, 'hosts', host.key)
  const names = ['--hosts-file', join(derived, 'hosts'), '--resolv-file', join(derived, 'resolv.conf')]
  return [
    ...['--run', run, '--namespace', host.key, '--owner', hostOwner(sliver, host), '--hostname', host.name],
    ...(host.class === 'vserver' ? ['--container'] : ['--home', join(own, 'home'), ...names]),
  ]
}

/** An argument a line: the forced command reads it. */
const enterFile = (folders: HostFolders, sliver: SliverSpec, host: HostSpec): string =>
  `${[...enterArguments(folders, sliver, host), '--', ...SHELL].join('\n')}\n`

/**
 * What follows from the spec alone is kept in memory: a thousand hosts may come at once, and disks are slow. Of a container
 * it is the bundle (runtime-spec, bundle.md), and where trellis puts its root file system together.
 */
const derivedFolder = ({ run }: HostFolders) => join(run, 'hosts')

/** All names of a slice, as they stand in the /etc/hosts of each of its hosts. */
interface Names {
  text: string
  digest: string
}
const namesOf = new WeakMap<SliverSpec, Names>()

function slicesNames(sliver: SliverSpec): Names {
  const known = namesOf.get(sliver)
  if (known) return known
  const text = sliver.names.map((n) => `${n.address} ${n.name}\n`).join('')
  const names = { text, digest: createHash('sha256').update(text).digest('base64') }
  namesOf.set(sliver, names)
  return names
}

function hostsFile(sliver: SliverSpec, name: string): OwnFile {
  const own = `127.0.0.1 localhost\n::1 localhost ip6-localhost\n127.0.1.1 ${name}\n`
  const { text, digest } = slicesNames(sliver)
  return { name: 'hosts', content: own + text, digest: own + digest }
}

/** Of tini, where Debian's package puts it: it depends on nothing of the image. */
const INIT = '/usr/bin/tini-static'

function containerConfig({ run, trellis }: HostFolders, sliver: SliverSpec, host: HostSpec, own: string): string {
  const places = {
    network: join(run, 'netns', host.key),
    user: join(run, 'userns', hostOwner(sliver, host)),
    root: join(own, 'root'),
    names: own,
    start: join(own, START_FOLDER),
    init: INIT,
    trellis,
    hasTun: existsSync('/dev/net/tun'),
  }
  return JSON.stringify(ociConfig({ name: host.name, uidBase: host.uidBase ?? sliver.uidBase }, places))
}

async function prepareHost(folders: HostFolders, sliver: SliverSpec, host: HostSpec): Promise<void> {
  const files: OwnFile[] = [
    hostsFile(sliver, host.name),
    { name: 'hostname', content: `${host.name}\n` },
    { name: 'resolv.conf', content: '# No name server is reachable from this virtual network.\n' },
  ]
  const own = join(derivedFolder(folders), host.key)
  // Nobody comes into one that is stopped.
  if (host.isOff) await rm(join(own, 'enter'), { force: true })
  else files.push({ name: 'enter', content: enterFile(folders, sliver, host) })
  if (host.class === 'netns') return writeOwnFiles(own, files)
  writeOwnFiles(own, [...files, { name: 'config.json', content: containerConfig(folders, sliver, host, own) }])
  writeStart(own, host)
}

export async function prepareHosts(folders: HostFolders, spec: NodeSpec): Promise<void> {
  await Promise.all([folders.hosts, derivedFolder(folders)].map((f) => mkdir(f, { recursive: true, mode: 0o711 })))
  const hosts = spec.slivers.flatMap((sliver) => sliver.hosts.map((host) => ({ sliver, host })))
  if (hosts.some(({ host }) => host.class === 'vserver' && host.image === HOST_USR)) await ensureHostUsr(folders.images)
  await Promise.all(hosts.map(({ sliver, host }) => prepareHost(folders, sliver, host)))
}

/**
 * Hosts that are no longer in the spec lose their files, once nothing of them runs: the reservation they belonged to is
 * over. So do disks before the last reset, once nothing runs from them.
 */
export async function forgetHosts(folders: HostFolders, spec: NodeSpec): Promise<void> {
  const keys = new Set(spec.slivers.flatMap((sliver) => sliver.hosts.map((host) => host.key as string)))
  const goneFrom = (folder: string) => namesIn(folder).filter((key) => !keys.has(key))
  throwAway(folders.hosts, goneFrom(folders.hosts), folders.trash)
  for (const { key, state, stateBefore } of spec.slivers.flatMap((sliver) => sliver.hosts))
    if (stateBefore !== null) throwStates(join(folders.hosts, key), key, new Set([state, stateBefore]), folders.trash)
  const derived = derivedFolder(folders)
  const gone = goneFrom(derived)
  forgetWritten(
    gone.map((key) => join(derived, key)),
    [START_FOLDER],
  )
  throwAway(derived, gone, folders.runTrash)
}
