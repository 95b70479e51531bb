import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeSpec } from '@myvini/core/desired/node-spec'
import { expect, test } from 'vitest'
import { diskForHosts, diskThere } from './disk-for-hosts'

const GIB = 1024 ** 3
/** So many GiB in all and free, in blocks of 4 KiB. */
const fileSystem = (all: number, free: number) => ({
  bsize: 4096,
  blocks: (all * GIB) / 4096,
  bavail: (free * GIB) / 4096,
})

test('a tenth is kept back, of a large file system 16 GiB', () => {
  expect(diskThere(fileSystem(100, 100), 0)).toBe(90 * 1024)
  expect(diskThere(fileSystem(1000, 1000), 0)).toBe((1000 - 16) * 1024)
})

test('what virtual hosts have written is still theirs; what others have is not', () => {
  expect(diskThere(fileSystem(100, 60), 0)).toBe(50 * 1024)
  expect(diskThere(fileSystem(100, 60), 40 * GIB)).toBe(90 * 1024)
})

test('where less is free than is kept back there is nothing, not less than nothing', () => {
  expect(diskThere(fileSystem(100, 4), 0)).toBe(0)
})

test('more than a number of a node can be is the largest of them', () => {
  expect(diskThere(fileSystem(8 * 1024 ** 2, 8 * 1024 ** 2), 0)).toBe(2_147_483_647)
})

test('the blocks of a sparse disk count, not its size; other hosts have no disk', async () => {
  const state = await mkdtemp(join(tmpdir(), 'disk-'))
  const hosts = join(state, 'hosts')
  try {
    // Before the first host the folder is not there.
    expect(await diskForHosts(hosts, null)).toBeGreaterThanOrEqual(0)
    const folder = join(hosts, 'res-v-a', 'state', '2')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'disk.ext4'), Buffer.alloc(32 * 1024 * 1024, 1))
    await truncate(join(folder, 'disk.ext4'), 64 * GIB)
    const host = { class: 'vserver', key: 'res-v-a', state: 2 }
    const spec = { slivers: [{ hosts: [host, { ...host, key: 'res-v-b' }, { ...host, class: 'netns' }] }] }
    // Only what is read of it.
    const own = (await diskForHosts(hosts, spec as unknown as NodeSpec)) - (await diskForHosts(hosts, null))
    // Others write on this file system meanwhile.
    expect(own).toBeGreaterThan(16)
    expect(own).toBeLessThan(1024)
  } finally {
    await rm(state, { recursive: true })
  }
})
