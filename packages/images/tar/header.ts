// How is one entry of a tar archive written down? POSIX.1-1988 ustar with the extended records of POSIX.1-2001 (pax), and
// the long names that GNU tar writes, for reading.

export type EntryKind = 'file' | 'folder' | 'link' | 'hardlink' | 'other'

export interface Entry {
  /** Without a slash at either end; the root is ''. */
  path: string
  kind: EntryKind
  /** Of `other`: the type flag, for messages. */
  flag: string
  mode: number
  uid: number
  gid: number
  sizeBytes: number
  mtimeSeconds: number
  /** Target of a link or hard link. */
  target: string
  /** Extended attributes that matter inside a virtual host. */
  xattrs: ReadonlyMap<string, Buffer>
}

export const BLOCK = 512
export const padded = (bytes: number): number => Math.ceil(bytes / BLOCK) * BLOCK

const XATTR = 'SCHILY.xattr.'

/** Octal, or base 256 where the first bit is set (GNU). */
function readNumber(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) !== 0) {
    let value = BigInt((field[0] ?? 0) & 0x7f)
    for (const byte of field.subarray(1)) value = (value << 8n) | BigInt(byte)
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.NaN : Number(value)
  }
  const text = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim()
  return text === '' ? 0 : /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN
}

const readText = (field: Buffer): string => {
  const end = field.indexOf(0)
  return field.subarray(0, end < 0 ? field.length : end).toString('utf8')
}

/** `LENGTH KEY=VALUE\n`, as many as there are; null when malformed. */
export function readPax(body: Buffer): Map<string, Buffer> | null {
  const records = new Map<string, Buffer>()
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at)
    const length = space < 0 ? Number.NaN : Number(body.subarray(at, space).toString('latin1'))
    const record = body.subarray(space + 1, at + length - 1)
    const equals = record.indexOf(0x3d)
    if (!Number.isInteger(length) || length <= 0 || at + length > body.length || equals < 0) return null
    records.set(record.subarray(0, equals).toString('utf8'), record.subarray(equals + 1))
    at += length
  }
  return records
}

export type RawHeader =
  | { type: 'end' }
  | { type: 'bad'; why: string }
  | { type: 'pax' | 'pax-global' | 'gnu-name' | 'gnu-target'; sizeBytes: number }
  | { type: 'entry'; entry: Entry }

const KINDS: Record<string, EntryKind> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '5': 'folder',
  '2': 'link',
  '1': 'hardlink',
}

function checksumOf(block: Buffer): number {
  let sum = 0
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : (block[i] ?? 0)
  return sum
}

export function readHeader(block: Buffer): RawHeader {
  if (block.every((byte) => byte === 0)) return { type: 'end' }
  if (readNumber(block.subarray(148, 156)) !== checksumOf(block))
    return { type: 'bad', why: 'a header has a wrong checksum' }
  const flag = String.fromCharCode(block[156] ?? 0)
  const sizeBytes = readNumber(block.subarray(124, 136))
  if (!Number.isInteger(sizeBytes) || sizeBytes < 0) return { type: 'bad', why: 'a header gives no size' }
  if (flag === 'x') return { type: 'pax', sizeBytes }
  if (flag === 'g') return { type: 'pax-global', sizeBytes }
  if (flag === 'L') return { type: 'gnu-name', sizeBytes }
  if (flag === 'K') return { type: 'gnu-target', sizeBytes }
  const isUstar = block.subarray(257, 263).toString('latin1') === 'ustar\0'
  const prefix = isUstar ? readText(block.subarray(345, 500)) : ''
  const name = readText(block.subarray(0, 100))
  const kind = KINDS[flag] ?? 'other'
  return {
    type: 'entry',
    entry: {
      path: prefix === '' ? name : `${prefix}/${name}`,
      kind: kind === 'file' && name.endsWith('/') ? 'folder' : kind,
      flag,
      mode: readNumber(block.subarray(100, 108)) & 0o7777,
      uid: readNumber(block.subarray(108, 116)),
      gid: readNumber(block.subarray(116, 124)),
      sizeBytes: kind === 'file' ? sizeBytes : 0,
      mtimeSeconds: readNumber(block.subarray(136, 148)),
      target: readText(block.subarray(157, 257)),
      xattrs: new Map(),
    },
  }
}

/** What pax records say instead of the header. */
export function withPax(entry: Entry, records: ReadonlyMap<string, Buffer>): Entry {
  const text = (key: string) => records.get(key)?.toString('utf8')
  const number = (key: string, otherwise: number) => {
    const value = text(key)
    return value === undefined ? otherwise : Math.floor(Number(value))
  }
  const xattrs = new Map(
    [...records].flatMap(([key, value]) => (key.startsWith(XATTR) ? [[key.slice(XATTR.length), value] as const] : [])),
  )
  return {
    ...entry,
    path: text('path') ?? entry.path,
    target: text('linkpath') ?? entry.target,
    sizeBytes: entry.kind === 'file' ? number('size', entry.sizeBytes) : 0,
    uid: number('uid', entry.uid),
    gid: number('gid', entry.gid),
    mtimeSeconds: number('mtime', entry.mtimeSeconds),
    xattrs,
  }
}

function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')])
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

function block(
  name: string,
  flag: string,
  fields: { mode: number; uid: number; gid: number; size: number; mtime: number },
  target: string,
): Buffer {
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, width: number) =>
    header.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1')
  header.write(name, 0, 100, 'utf8')
  octal(fields.mode, 100, 8)
  octal(fields.uid, 108, 8)
  octal(fields.gid, 116, 8)
  octal(fields.size, 124, 12)
  octal(fields.mtime, 136, 12)
  header.write(flag, 156, 'latin1')
  header.write(target, 157, 100, 'utf8')
  header.write('ustar\x0000', 257, 'latin1')
  octal(checksumOf(header), 148, 7)
  header.write(' ', 155, 'latin1')
  return header
}

const FLAGS: Record<Exclude<EntryKind, 'other'>, string> = { file: '0', folder: '5', link: '2', hardlink: '1' }
const MOST_IN_HEADER = { number: 0o7777777, size: 0o77777777777 }

/** The bytes before an entry's content; the same entry always gives the same bytes. */
export function writeHeader(entry: Entry & { kind: Exclude<EntryKind, 'other'> }): Buffer {
  const path = entry.kind === 'folder' ? `${entry.path}/` : entry.path
  const records: Buffer[] = []
  const needs = (text: string) => Buffer.byteLength(text) > 99 || !/^[\x20-\x7e]*$/.test(text)
  if (needs(path)) records.push(paxRecord('path', Buffer.from(path)))
  if (needs(entry.target)) records.push(paxRecord('linkpath', Buffer.from(entry.target)))
  if (entry.sizeBytes > MOST_IN_HEADER.size) records.push(paxRecord('size', Buffer.from(String(entry.sizeBytes))))
  for (const [key, value] of [...entry.xattrs].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    records.push(paxRecord(XATTR + key, value))
  const { mode, uid, gid, mtimeSeconds: mtime } = entry
  const size = Math.min(entry.sizeBytes, MOST_IN_HEADER.size)
  const main = block(
    needs(path) ? 'long' : path,
    FLAGS[entry.kind],
    { mode, uid, gid, size, mtime },
    needs(entry.target) ? '' : entry.target,
  )
  if (records.length === 0) return main
  const body = Buffer.concat(records)
  const head = block('pax', 'x', { mode: 0o644, uid: 0, gid: 0, size: body.length, mtime: 0 }, '')
  return Buffer.concat([head, body, Buffer.alloc(padded(body.length) - body.length), main])
}
