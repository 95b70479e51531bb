// How does an archive that somebody uploads become an image? An OCI image archive (also as docker writes it) or the tarball
// of a root file system; whatever must not be in one is refused by name.
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { IMAGE_LIMITS } from '@myvini/core/images/image'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { z } from 'zod'
import { normalPath, RootTree } from './root-tree'
import { type Indexed, indexTar } from './tar/index'

const bad = (
  message: string,
  hint = 'Write it anew with "docker save", "podman save" or "skopeo copy … oci-archive:".',
) => fail({ code: 'image.bad-archive', message, hint })

/** An upload that unpacks to no end is cut off where no image may be larger. */
class Ceiling extends Transform {
  private passed = 0
  override _transform(chunk: Buffer, _: unknown, done: (error?: Error | null, data?: Buffer) => void) {
    this.passed += chunk.length
    if (this.passed > IMAGE_LIMITS.bytes)
      done(new Error(`unpacked it takes more than ${IMAGE_LIMITS.bytes / 1024 ** 3} GiB`))
    else done(null, chunk)
  }
}

const GZIP = Buffer.from([0x1f, 0x8b])
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

async function cut(from: string, offset: number, bytes: number, to: string, unzip: boolean): Promise<void> {
  const source = createReadStream(from, bytes === 0 ? {} : { start: offset, end: offset + bytes - 1 })
  const sink = createWriteStream(to, { mode: 0o600 })
  if (unzip) await pipeline(source, createGunzip(), new Ceiling(), sink)
  else await pipeline(source, new Ceiling(), sink)
}

/** The archive at `path` from `offset`, as a plain tar at `to`. */
async function plain(path: string, offset: number, bytes: number, to: string): Promise<Result<null>> {
  const file = await open(path, 'r')
  const start = Buffer.alloc(4)
  await file.read(start, 0, 4, offset)
  await file.close()
  if (start.equals(ZSTD))
    return bad('It is compressed with zstd, which cannot be read here.', 'Compress it with gzip, or not at all.')
  try {
    await cut(path, offset, bytes, to, start.subarray(0, 2).equals(GZIP))
    return ok(null)
  } catch (error) {
    return bad(`It could not be unpacked: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const Descriptor = z.object({
  digest: Digest,
  mediaType: z.string().optional(),
  platform: z.object({ architecture: z.string() }).optional(),
})
/** OCI image-spec: image-layout.md, image-index.md, manifest.md. */
const Index = z.object({ manifests: z.array(Descriptor).min(1).max(100) })
const Manifest = z.object({ layers: z.array(Descriptor).min(1).max(200) })
/** What `docker save` writes beside it. */
const DockerManifest = z.array(z.object({ Layers: z.array(z.string()).min(1).max(200) })).length(1)

const MOST_JSON_BYTES = 4 * 1024 * 1024

class OuterArchive {
  private constructor(
    private readonly path: string,
    readonly files: Map<string, Indexed>,
  ) {}

  static async open(path: string): Promise<Result<OuterArchive>> {
    const files = new Map<string, Indexed>()
    const read = await indexTar(path, (entry) => {
      const name = normalPath(entry.path)
      if (name !== null && files.size < 100_000) files.set(name, entry)
      return ok(null)
    })
    return read.ok ? ok(new OuterArchive(path, files)) : read
  }

  async json<T>(name: string, schema: z.ZodType<T>): Promise<Result<T>> {
    const entry = this.files.get(name)
    if (entry?.kind !== 'file' || entry.sizeBytes > MOST_JSON_BYTES) return bad(`It has no readable ${name}.`)
    const file = await open(this.path, 'r')
    const buffer = Buffer.alloc(entry.sizeBytes)
    await file.read(buffer, 0, buffer.length, entry.offset)
    await file.close()
    try {
      const parsed = schema.safeParse(JSON.parse(buffer.toString('utf8')))
      if (parsed.success) return ok(parsed.data)
      return bad(`Its ${name} is not valid at ${parsed.error.issues[0]?.path.join('.') ?? 'its top'}.`)
    } catch {
      return bad(`Its ${name} is not JSON.`)
    }
  }

  async blob(digest: string): Promise<Result<string>> {
    const name = `blobs/${digest.replace(':', '/')}`
    const entry = this.files.get(name)
    if (entry?.kind !== 'file') return bad(`It lacks the part ${digest}.`)
    const hash = createHash('sha256')
    if (entry.sizeBytes > 0)
      for await (const chunk of createReadStream(this.path, {
        start: entry.offset,
        end: entry.offset + entry.sizeBytes - 1,
      }))
        hash.update(chunk as Buffer)
    return `sha256:${hash.digest('hex')}` === digest
      ? ok(name)
      : bad(`Its part ${digest} has other content than its name says.`)
  }
}

async function ociLayers(outer: OuterArchive): Promise<Result<string[]>> {
  const index = await outer.json('index.json', Index)
  if (!index.ok) return index
  let descriptor = index.value.manifests[0]
  // An index may lead to an index, once for each platform; the first for this architecture is taken.
  for (let depth = 0; depth < 4 && descriptor; depth++) {
    const blob = await outer.blob(descriptor.digest)
    if (!blob.ok) return blob
    const manifest = await outer.json(blob.value, Manifest)
    if (manifest.ok) {
      const names: string[] = []
      for (const layer of manifest.value.layers) {
        const name = await outer.blob(layer.digest)
        if (!name.ok) return name
        names.push(name.value)
      }
      return ok(names)
    }
    const inner = await outer.json(blob.value, Index)
    if (!inner.ok) return manifest
    descriptor = inner.value.manifests.find((m) => m.platform?.architecture === 'amd64') ?? inner.value.manifests[0]
  }
  return bad('Its index leads nowhere.')
}

async function layersOf(outer: OuterArchive): Promise<Result<string[]> | null> {
  if (outer.files.has('index.json')) return ociLayers(outer)
  if (!outer.files.has('manifest.json')) return null
  const manifest = await outer.json('manifest.json', DockerManifest)
  return manifest.ok ? ok(manifest.value[0]?.Layers ?? []) : manifest
}

const noSystem: Problem = {
  code: 'image.no-system',
  message: 'The archive holds no system: there is neither /usr/bin nor /bin in it.',
  hint: 'Give the root file system itself, not a folder that holds it.',
}

/** The tree of an uploaded archive; works in the folder `work` and leaves there what the tree refers to. */
export async function importRoot(upload: string, work: string): Promise<Result<RootTree>> {
  const outerPath = join(work, 'outer.tar')
  const unpacked = await plain(upload, 0, 0, outerPath)
  if (!unpacked.ok) return unpacked
  const outer = await OuterArchive.open(outerPath)
  if (!outer.ok) return outer
  const layers = await layersOf(outer.value)
  if (layers !== null && !layers.ok) return layers
  const tree = new RootTree()
  if (layers === null) {
    const read = await indexTar(outerPath, (entry) => tree.add(entry, outerPath, new Set()))
    if (!read.ok) return read
  } else
    for (const [i, name] of layers.value.entries()) {
      const entry = outer.value.files.get(normalPath(name) ?? '')
      if (entry?.kind !== 'file') return bad(`It lacks its layer ${name.slice(0, 100)}.`)
      const path = join(work, `layer-${i}.tar`)
      const layer = await plain(outerPath, entry.offset, entry.sizeBytes, path)
      if (!layer.ok) return layer
      const lower = tree.paths()
      const read = await indexTar(path, (e) => tree.add(e, path, lower))
      if (!read.ok) return read
    }
  return tree.isSystem ? ok(tree) : fail(noSystem)
}
