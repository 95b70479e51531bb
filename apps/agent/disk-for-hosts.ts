// How much disk is there for virtual hosts? What is free on the file system that they lie on, and what their disks take of it
// now: so the answer stays the same while hosts write, and less while others do.
import { stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { NodeSpec } from '@myvini/core/desired/node-spec'

const MIB = 1024 * 1024
/** Of the file system, kept back: images that come, homes of class netns, disks of before a reset, logs, the agent's own files. */
const RESERVE_SHARE = 0.1
const MOST_RESERVE_MIB = 16_384
/** As large as a number of a node may be; 2 PiB. */
const MOST_MIB = 2_147_483_647

/** statfs(2), as much of it as is asked. */
interface Blocks {
  bsize: number
  /** All, and those that are free to anybody. */
  blocks: number
  bavail: number
}

/** MiB; `ownBytes`: what disks of virtual hosts take of what is not free. */
export function diskThere({ bsize, blocks, bavail }: Blocks, ownBytes: number): number {
  const reserve = Math.min(MOST_RESERVE_MIB, ((blocks * bsize) / MIB) * RESERVE_SHARE)
  return Math.min(MOST_MIB, Math.max(0, Math.floor((bavail * bsize + ownBytes) / MIB - reserve)))
}

/** What is not there has nothing. */
async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null // errors of the file system are of this kind
    throw error
  }
}

/** Disks are sparse files (decision 29): what counts is the blocks that they have, 512 bytes each (stat(2)). */
async function bytesOfDisks(hosts: string, spec: NodeSpec): Promise<number> {
  const files = spec.slivers
    .flatMap((sliver) => sliver.hosts)
    .filter((host) => host.class === 'vserver')
    .map((host) => join(hosts, host.key, 'state', String(host.state), 'disk.ext4'))
  const sizes = await Promise.all(files.map((file) => unlessMissing(stat(file))))
  return sizes.reduce((sum, size) => sum + (size?.blocks ?? 0) * 512, 0)
}

/** MiB that disks of virtual hosts below the folder `hosts` may come to together, those of `spec` included. */
export async function diskForHosts(hosts: string, spec: NodeSpec | null): Promise<number> {
  // Before the first host there is no such folder, but the one that it will be made in.
  const at = (await unlessMissing(statfs(hosts))) ?? (await statfs(dirname(hosts)))
  return diskThere(at, spec === null ? 0 : await bytesOfDisks(hosts, spec))
}
