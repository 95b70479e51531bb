// Which files does a root file system come to, layer upon layer, and which must not be in one? Holds headers, not contents.
import { IMAGE_LIMITS } from '@myvini/core/images/image'
import { fail, ok, type Result } from '@myvini/core/result'
import type { Indexed } from './tar/index'

/** An entry and the archive its content is in. */
export interface Placed extends Indexed {
  archive: string
  /** Of a hard link: the file that it was another name of when it was made. */
  origin?: Placed
}

/** OCI image-spec, layer.md: ".wh.NAME" takes NAME away, ".wh..wh..opq" all that lower layers have in its folder. */
const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'

const refused = (code: string, message: string, hint: string) => fail({ code: `image.${code}`, message, hint })

/** Without "./" and slashes at the ends; null where it would lead out of the root. */
export function normalPath(path: string): string | null {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  return parts.includes('..') || path.includes('\0') ? null : parts.join('/')
}

/** What a virtual host mounts on when it starts; an archive may come without. */
const MOUNTED_ON = ['dev', 'proc', 'run', 'sys', 'tmp', 'etc', 'root', 'var']

const skeleton = (path: string, other: Placed | undefined): Placed => ({
  ...{
    path,
    kind: 'folder' as const,
    flag: '5',
    uid: 0,
    gid: 0,
    sizeBytes: 0,
    target: '',
    xattrs: new Map(),
    offset: 0,
  },
  mode: path === 'tmp' ? 0o1777 : path === 'root' ? 0o700 : 0o755,
  mtimeSeconds: 0,
  archive: other?.archive ?? '',
})

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

export class RootTree {
  private entries = new Map<string, Placed>()
  private bytes = 0
  private seen = 0

  /** Takes one entry of a layer; layers are given from the lowest to the highest, `lower` says what was there before. */
  add(entry: Indexed, archive: string, lower: ReadonlySet<string>): Result<null> {
    const shown = JSON.stringify(entry.path.slice(0, 200))
    const path = normalPath(entry.path)
    if (path === null)
      return refused(
        'path',
        `The archive holds ${shown}, which leads out of the root.`,
        'Make the archive anew, with paths inside the root.',
      )
    if (Buffer.byteLength(path) > IMAGE_LIMITS.pathBytes)
      return refused('path', `The archive holds a path of more than ${IMAGE_LIMITS.pathBytes} bytes.`, 'Shorten it.')
    if (++this.seen > IMAGE_LIMITS.entries)
      return refused(
        'large',
        `The archive holds more than ${IMAGE_LIMITS.entries.toLocaleString('en')} files.`,
        'Leave out what no virtual host needs.',
      )
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (name.startsWith(WHITEOUT)) return this.takeAway(path, name, lower)
    if (entry.kind === 'other') {
      // A virtual host's own /dev is made when it starts; sockets and pipes are made by whoever listens on them.
      if (path.startsWith('dev/')) return ok(null)
      return refused(
        'device',
        `${shown} is a device, pipe or socket (type ${JSON.stringify(entry.flag)}), which an image must not bring.`,
        'Leave it out; /dev is made anew in each virtual host.',
      )
    }
    const target = entry.kind === 'hardlink' ? normalPath(entry.target) : entry.target
    if (target === null || (entry.kind === 'hardlink' && this.entries.get(target)?.kind === undefined))
      return refused(
        'hard-link',
        `${shown} is another name of ${JSON.stringify(entry.target.slice(0, 200))}, which is not before it in the archive.`,
        'Make the archive anew with tar or an image builder.',
      )
    if (entry.uid > 65_535 || entry.gid > 65_535 || entry.uid < 0 || entry.gid < 0)
      return refused(
        'owner',
        `${shown} belongs to ${entry.uid}:${entry.gid}; a virtual host has the ids 0 to 65535.`,
        'Give it to a user with a lower number.',
      )
    const through = this.linkOnTheWay(path)
    if (through !== null)
      return refused(
        'path',
        `${shown} lies behind the symbolic link ${JSON.stringify(through)}.`,
        'Make the archive anew, with real paths.',
      )
    const other = entry.kind === 'hardlink' ? this.entries.get(target) : undefined
    const origin = other?.origin ?? other
    this.put({ ...entry, path, target, archive, ...(origin && { origin }) })
    if (this.bytes > IMAGE_LIMITS.bytes)
      return refused(
        'large',
        `Unpacked it takes more than ${IMAGE_LIMITS.bytes / 1024 ** 3} GiB.`,
        'Leave out what no virtual host needs.',
      )
    return ok(null)
  }

  /** What is there now: for a layer that comes on top. */
  paths(): Set<string> {
    return new Set(this.entries.keys())
  }

  get unpackedBytes(): number {
    return this.bytes
  }

  /** By path, folders before what is in them; hard links behind the file they are another name of. */
  sorted(): Placed[] {
    for (const folder of MOUNTED_ON)
      if (!this.entries.has(folder)) this.entries.set(folder, skeleton(folder, this.entries.values().next().value))
    const all = [...this.entries.values()]
      .map((entry) => this.settled(entry))
      .toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    return [...all.filter((e) => e.kind !== 'hardlink'), ...all.filter((e) => e.kind === 'hardlink')]
  }

  /** A hard link whose file a higher layer replaced or took away keeps the content it had. */
  private settled(entry: Placed): Placed {
    const { origin } = entry
    if (!origin) return entry
    if (this.entries.get(origin.path) === origin) return { ...entry, target: origin.path }
    return {
      ...entry,
      kind: 'file',
      target: '',
      sizeBytes: origin.sizeBytes,
      offset: origin.offset,
      archive: origin.archive,
    }
  }

  /** Whether it looks like a system at all: something that programs can be started from. */
  get isSystem(): boolean {
    return ['usr/bin', 'bin'].some(
      (p) => this.entries.has(p) || [...this.entries.keys()].some((k) => k.startsWith(`${p}/`)),
    )
  }

  private put(entry: Placed) {
    const before = this.entries.get(entry.path)
    if (before && before.kind === 'folder' && entry.kind !== 'folder') this.removeBelow(entry.path, null)
    if (before) this.bytes -= before.sizeBytes
    this.entries.set(entry.path, entry)
    this.bytes += entry.sizeBytes
  }

  private takeAway(path: string, name: string, lower: ReadonlySet<string>): Result<null> {
    const folder = parentOf(path)
    if (name === OPAQUE) this.removeBelow(folder, lower)
    else {
      const gone = folder === '' ? name.slice(WHITEOUT.length) : `${folder}/${name.slice(WHITEOUT.length)}`
      this.removeBelow(gone, lower)
      this.remove(gone)
    }
    return ok(null)
  }

  private remove(path: string) {
    this.bytes -= this.entries.get(path)?.sizeBytes ?? 0
    this.entries.delete(path)
  }

  private removeBelow(folder: string, only: ReadonlySet<string> | null) {
    const start = folder === '' ? '' : `${folder}/`
    for (const path of [...this.entries.keys()])
      if (path.startsWith(start) && path !== '' && (only === null || only.has(path))) this.remove(path)
  }

  private linkOnTheWay(path: string): string | null {
    for (let folder = parentOf(path); folder !== ''; folder = parentOf(folder)) {
      const kind = this.entries.get(folder)?.kind
      if (kind === 'link') return folder
    }
    return null
  }
}
