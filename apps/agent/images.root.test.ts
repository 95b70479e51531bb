// Does an image come to a node whole or not at all, only where it is wanted, and can a virtual host start from it?
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { compileNodeSpec, planSlice } from '@myvini/core/desired/compile'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { buildTopology } from '@myvini/core/topology/build'
import { useBox } from '@myvini/testkit/boxed'
import { eventually } from '@myvini/testkit/eventually'
import { NO_CONTAINERS } from '@myvini/testkit/no-containers'
import type { NodeConnection } from '@myvini/transport/node-connection'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const exec = promisify(execFile)
const boxed = useBox(1)
const NODE = 'chicago-1'
const IMAGES = '/var/lib/myvini/images'
let connection: NodeConnection
let archive: Buffer
let hash = ''
let generation = 0

/** A system of a shell and a few commands, with the libraries they need: as small as one that starts can be. */
async function smallSystem(folder: string): Promise<Buffer> {
  const programs = ['sh', 'cat', 'head', 'install', 'ls', 'id', 'touch'].map((p) => `/usr/bin/${p}`)
  const { stdout } = await exec('ldd', programs)
  const libraries = [...new Set(stdout.match(/\/\S+\.so\S*/g) ?? [])]
  const script = `set -e; cd ${folder}; mkdir -p usr/bin usr/lib usr/lib64 etc var/log; ln -s usr/bin bin; ln -s usr/lib lib; ln -s usr/lib64 lib64
    cp -L --parents ${programs.join(' ')} .; cp -L --parents ${libraries.join(' ')} .; echo small > etc/motd; echo root:x:0:0::/root:/bin/sh > etc/passwd`
  await exec('sh', ['-c', script])
  const tar = await exec(
    'tar',
    ['-C', folder, '--sort=name', '--owner=0', '--group=0', '--numeric-owner', '-cf', '-', '.'],
    {
      encoding: 'buffer',
      maxBuffer: 64 * 1024 * 1024,
    },
  )
  return tar.stdout
}

async function apply(image: string | null) {
  const { substrate, underlays } = ringSubstrate(1)
  const drawn = ['a', 'b'].map((name) => ({
    name,
    kind: 'host' as const,
    class: 'vserver' as const,
    memoryMib: 64,
    x: 0,
    y: 0,
  }))
  const topology = buildTopology(
    drawn.map((h) => ({ ...h, image: 'small.1' })),
    [{ from: 'a', to: 'b' }],
  )
  const active = {
    ...activeSlice('m', topology, substrate, 1),
    images: new Map(image === null ? [] : [['small.1', image]]),
  }
  generation++
  const plans = image === null ? [] : [planSlice(active, underlays)]
  const spec = { ...compileNodeSpec('n0' as SubstrateNodeId, plans, underlays), generation }
  const taken = await connection.apply(JSON.stringify(spec))
  if (!taken.ok) throw new Error(taken.problem.message)
}

const report = async () => {
  const seen = await connection.observe()
  if (!seen.ok) throw new Error(seen.problem.message)
  return seen.value
}
const hosts = async () => (await report()).slivers.flatMap((s) => Object.values(s.hosts))
const send = (content: Buffer, as = hash) => connection.sendImage(as, Readable.from([content]))
const onNode = async () =>
  (await boxed.inNode(NODE, ['ls', '-A', IMAGES])).split('\n').filter((n) => !n.includes('host-usr') && n !== '')

beforeAll(async () => {
  connection = await boxed.connect(NODE)
  const folder = await mkdtemp('/var/lib/myvini-image-')
  archive = await smallSystem(join(folder))
  hash = createHash('sha256').update(archive).digest('hex')
  await rm(folder, { recursive: true })
}, 60_000)
afterAll(() => connection?.close())

describe('an image', () => {
  test('that is not on the node keeps its hosts waiting, and the node says which it is', async () => {
    await apply(hash)
    await eventually('the node asking for it', async () => (await report()).images.missing.includes(hash))
    expect((await hosts()).map((h) => [h.state, h.reason])).toEqual([
      ['pending', 'Its image is on its way to the node.'],
      ['pending', 'Its image is on its way to the node.'],
    ])
    expect((await report()).settled).toBe(false)
  })

  test('is refused when its content is not what its name says, when it is cut off, and under another kind of name', async () => {
    const other = await send(gzipSync(archive), 'f'.repeat(64))
    expect(other.ok ? '' : other.problem.message).toContain(`what came is ${hash}`)
    const packed = gzipSync(archive)
    expect((await send(packed.subarray(0, packed.length / 2))).ok).toBe(false)
    expect((await send(packed, '../../etc/x')).ok).toBe(false)
    expect((await send(Buffer.from('no gzip at all'))).ok).toBe(false)
    expect(await onNode()).toEqual([])
  })

  test.skipIf(NO_CONTAINERS !== null)(
    'once it is there, its hosts start from it, each with files of its own',
    async () => {
      expect(await send(gzipSync(archive))).toEqual({ ok: true, value: null })
      await eventually('the hosts being up', async () => (await hosts()).every((h) => h.state === 'up'))
      expect((await report()).images).toEqual({ present: [hash], missing: [] })
      expect(await inside('a', 'cat /etc/motd; id -u; touch /etc/mine; ls /etc/mine')).toBe('small\n0\n/etc/mine')
      expect(await inside('b', 'ls /etc/mine || true')).toBe('')
      expect(await boxed.inNode(NODE, ['ls', `${IMAGES}/${hash}/etc`])).not.toContain('mine')
      // A second time it is there already.
      expect(await send(gzipSync(archive))).toEqual({ ok: true, value: null })
    },
  )

  test.skipIf(NO_CONTAINERS !== null)('goes when no spec has named it for a while', async () => {
    await apply(null)
    await eventually('the spec being settled', async () => (await report()).settled && (await hosts()).length === 0)
    expect(await onNode()).toEqual([hash, `${hash}.unused`])
    await boxed.inNode(NODE, ['touch', '-d', '2 hours ago', `${IMAGES}/${hash}.unused`])
    await eventually('the image being gone', async () => (await report()) && (await onNode()).length === 0)
  })
})

async function inside(host: string, script: string): Promise<string> {
  const enter = (await boxed.inNode(NODE, ['cat', `/run/myvini/hosts/res-m-${host}/enter`])).trim().split('\n')
  const args = enter.slice(0, enter.indexOf('--') + 1)
  return (
    await boxed.inNode(NODE, ['/var/lib/myvini/agent/current/trellis', 'enter', ...args, '/bin/sh', '-c', script])
  ).trim()
}
