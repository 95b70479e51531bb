// Which images are on this node, which does its spec want, and how does one come here? Each in a folder named by the hash
// of its content, shared read-only by all hosts that start from it.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable, Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { NodeSpec } from '@myvini/core/desired/node-spec'
import type { NodeReport } from '@myvini/core/desired/report'
import { IMAGE_LIMITS, ImageHash } from '@myvini/core/images/image'

const isHash = (text: string): boolean => ImageHash.safeParse(text).success

/** Those that the spec's hosts start from, without the one that is the node's own. */
export const wantedImages = (spec: NodeSpec): Set<string> =>
  new Set(
    spec.slivers
      .flatMap((s) => s.hosts)
      .filter((h) => h.class === 'vserver')
      .map((h) => h.image as string)
      .filter((image) => image !== 'host-usr'),
  )

export async function presentImages(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).filter(isHash).toSorted()
}

/** What is there and what is missing; what nobody has wanted for a while goes on this occasion. */
export async function lookAtImages(folder: string, spec: NodeSpec): Promise<NodeReport['images']> {
  const wanted = wantedImages(spec)
  const names = await readdir(folder).catch(() => [])
  const mayGo = names.some((n) => n.startsWith('.incoming-') || n.endsWith('.unused') || (isHash(n) && !wanted.has(n)))
  if (mayGo) await collectImages(folder, spec, Date.now())
  const present = mayGo ? await presentImages(folder) : names.filter(isHash).toSorted()
  return { present, missing: [...wanted].filter((image) => !present.includes(image)).toSorted() }
}

/** Unnamed for so long, an image goes: the next lab of the same course finds it still there. */
const KEEP_UNUSED_MS = 3_600_000

/** Takes away what no spec has named for a while, and what a broken upload left. */
export async function collectImages(folder: string, spec: NodeSpec, nowMs: number, keepMs = KEEP_UNUSED_MS) {
  const wanted = wantedImages(spec)
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    if (name.startsWith('.incoming-')) {
      const age = await stat(path).catch(() => null)
      if (age && nowMs - age.mtimeMs > keepMs) await rm(path, { recursive: true, force: true })
      continue
    }
    if (!isHash(name)) continue
    const marker = join(folder, `${name}.unused`)
    const since = await stat(marker).catch(() => null)
    if (wanted.has(name)) await rm(marker, { force: true })
    else if (!since) await writeFile(marker, '')
    else if (nowMs - since.mtimeMs >= keepMs) {
      // Renamed first: half of an image must never be found under its name.
      await rename(path, join(folder, `.incoming-gone-${name}`))
      await rm(join(folder, `.incoming-gone-${name}`), { recursive: true, force: true })
      await rm(marker, { force: true })
    }
  }
}

class Hashing extends Transform {
  private readonly hash = createHash('sha256')
  private passed = 0
  override _transform(chunk: Buffer, _: unknown, done: (error?: Error | null, data?: Buffer) => void) {
    this.hash.update(chunk)
    this.passed += chunk.length
    // Headers come on top of what the files hold.
    if (this.passed > 1.5 * IMAGE_LIMITS.bytes) done(new Error('the image is larger than any may be'))
    else done(null, chunk)
  }
  digest = () => this.hash.digest('hex')
}

function onceAny(stream: Writable, done: () => void) {
  const finish = () => {
    stream.off('drain', finish)
    stream.off('close', finish)
    done()
  }
  stream.on('drain', finish)
  stream.on('close', finish)
}

async function unpackTo(folder: string, source: Readable): Promise<string> {
  const flags = ['--extract', '--file=-', '--numeric-owner', '--same-permissions', '--xattrs', '--xattrs-include=*']
  const tar = spawn('/bin/tar', [...flags, '--delay-directory-restore', `--directory=${folder}`], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { LC_ALL: 'C' },
  })
  let said = ''
  tar.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-500)
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    tar.on('error', reject)
    tar.on('close', resolve)
  })
  const hashing = new Hashing()
  // tar reads no further than the archive's end mark; what stands behind it belongs to the hash all the same.
  let isOpen = true
  tar.stdin.on('error', () => undefined) // its exit code tells
  tar.stdin.on('close', () => {
    isOpen = false
  })
  await pipeline(source, createGunzip(), hashing, async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks)
      if (isOpen && !tar.stdin.write(chunk)) await new Promise<void>((resolve) => onceAny(tar.stdin, resolve))
    tar.stdin.end()
  }).catch((error: unknown) => {
    tar.kill('SIGKILL')
    throw error
  })
  const code = await ended
  if (code !== 0) throw new Error(`tar ended with ${code}: ${said.trim()}`)
  return hashing.digest()
}

/**
 * Takes an image (gzip of a tar) from `source`. It gets its name only when all of it is here and its content is what the
 * name says; cut off at any point it leaves nothing that could be taken for an image.
 */
export async function receiveImage(folder: string, hash: string, source: Readable): Promise<'received' | 'present'> {
  if (!isHash(hash)) throw new Error('an image is named by 64 hexadecimal digits')
  await mkdir(folder, { recursive: true, mode: 0o711 })
  const place = join(folder, hash)
  if (await stat(place).catch(() => null)) return 'present'
  const beside = join(folder, `.incoming-${hash}-${process.pid}`)
  await rm(beside, { recursive: true, force: true })
  await mkdir(beside, { mode: 0o755 })
  try {
    const is = await unpackTo(beside, source)
    if (is !== hash) throw new Error(`what came is ${is}, not the image ${hash}`)
    const now = new Date()
    await utimes(beside, now, now)
    // Another upload of the same may have been faster; what it put there is the same.
    await rename(beside, place).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
    return 'received'
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}
