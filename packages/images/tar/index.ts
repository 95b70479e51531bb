// What is in a tar archive on disk, and where? Reads headers only; contents are passed over.
import { open } from 'node:fs/promises'
import { fail, ok, type Result } from '@myvini/core/result'
import { BLOCK, type Entry, padded, readHeader, readPax, withPax } from './header'

/** An entry and where its content lies in the file. */
export interface Indexed extends Entry {
  offset: number
}

/** More than any sane header; a larger one is an attempt to fill our memory. */
const MOST_PAX_BYTES = 1024 * 1024

const bad = (why: string) =>
  fail({
    code: 'image.bad-archive',
    message: `The archive cannot be read: ${why}.`,
    hint: 'Give a tar archive of a root file system, or what "docker save" or "skopeo copy … oci-archive:" writes.',
  })

/** `each` sees entries in the order of the archive and may refuse one. */
export async function indexTar(path: string, each: (entry: Indexed) => Result<null>): Promise<Result<null>> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const read = async (at: number, bytes: number) => {
      const buffer = Buffer.alloc(bytes)
      const { bytesRead } = await file.read(buffer, 0, bytes, at)
      return bytesRead === bytes ? buffer : null
    }
    let pax = new Map<string, Buffer>()
    let name: string | null = null
    let target: string | null = null
    let isEmpty = true
    for (let at = 0; at + BLOCK <= size; ) {
      const header = await read(at, BLOCK)
      if (!header) return bad('it ends in the middle of a header')
      at += BLOCK
      const raw = readHeader(header)
      if (raw.type === 'end') return isEmpty ? bad('it is empty') : ok(null)
      if (raw.type === 'bad') return bad(raw.why)
      if (raw.type !== 'entry') {
        if (raw.sizeBytes > MOST_PAX_BYTES) return bad('an extended header is larger than 1 MiB')
        const body = await read(at, raw.sizeBytes)
        if (!body) return bad('it ends in the middle of an extended header')
        at += padded(raw.sizeBytes)
        const text = body.toString('utf8').replace(/\0+$/, '')
        if (raw.type === 'gnu-name') name = text
        if (raw.type === 'gnu-target') target = text
        if (raw.type === 'pax') {
          const records = readPax(body)
          if (!records) return bad('an extended header is malformed')
          pax = records
        }
        continue
      }
      const entry = withPax({ ...raw.entry, path: name ?? raw.entry.path, target: target ?? raw.entry.target }, pax)
      if (![entry.mode, entry.uid, entry.gid, entry.sizeBytes, entry.mtimeSeconds].every(Number.isInteger))
        return bad(`a header of ${entry.path} holds something that is no number`)
      if (at + entry.sizeBytes > size) return bad(`it ends in the middle of ${entry.path}`)
      const allowed = each({ ...entry, offset: at })
      if (!allowed.ok) return allowed
      isEmpty = false
      at += padded(entry.sizeBytes)
      pax = new Map()
      name = target = null
    }
    return isEmpty ? bad('it is empty') : ok(null)
  } finally {
    await file.close()
  }
}
