// Files of a virtual host: what is in a folder, one brought out, one put in. Streamed through; nothing is kept on the way.
import type { Readable } from 'node:stream'
import type { InsideEnd, InsideFrame } from '@myvini/core/inside/frames'
import { filePath, hostPath } from '@myvini/core/inside/host-path'
import { type Listing, readListing } from '@myvini/core/inside/listing'
import {
  getRequest,
  INSIDE_EXIT,
  INSIDE_LIMITS,
  type InsideRequest,
  listRequest,
  putRequest,
} from '@myvini/core/inside/request'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import type { Person } from '@myvini/store/access'
import { writeAudit } from '@myvini/store/audit'
import type { AdmitDeps } from '../terminal/admit'
import { askHost, lostProblem } from './ask'
import { findHosts, pickHost } from './find-hosts'

interface Wanted {
  slice: string
  host: string
  path: string
}

const HINTS: Record<number, readonly [code: string, hint: string]> = {
  [INSIDE_EXIT.noSuch]: ['file.no-such', 'Look into the folder again: it may be gone.'],
  [INSIDE_EXIT.otherKind]: ['file.other-kind', 'Choose a file.'],
  [INSIDE_EXIT.thereAlready]: ['file.there-already', 'Overwrite it, or give another name.'],
  [INSIDE_EXIT.notKept]: ['file.not-kept', 'Choose a path under /root.'],
  [INSIDE_EXIT.noRoom]: [
    'file.no-room',
    'Make room on the host, choose another folder, or draw it with a larger disk.',
  ],
  [INSIDE_EXIT.brokenOff]: ['file.broken-off', 'Nothing of it was kept. Send it again.'],
}

/** In the host's own words, which may be its programs'. */
function problemOf(host: string, { exitCode, late }: InsideEnd, said: string): Problem {
  const [code, hint] = HINTS[exitCode] ?? [
    'file.failed',
    'Look at the host in a terminal: it needs sh, cat, stat and mv.',
  ]
  if (late) return { code: 'file.late', message: `${host}: it took too long.`, hint: 'Send a smaller file.' }
  const words = said.trim().split('\n').at(-1) ?? ''
  return { code, message: `${host}: ${words === '' ? `it ended with ${exitCode}` : words}`, hint }
}

async function ask(
  deps: AdmitDeps,
  person: Person,
  { slice, host: name }: Wanted,
  inside: InsideRequest,
  signal: AbortSignal,
  content?: Readable,
) {
  const hosts = await findHosts(deps, person, slice)
  if (!hosts.ok) return hosts
  const host = pickHost(hosts.value, name)
  if (!host.ok) return host
  const frames = await askHost({ hosts: hosts.value, host: host.value, inside, signal, ...(content && { content }) })
  return frames.ok ? ok({ host: host.value, frames: frames.value }) : frames
}

/** All that it says until it ends; for what is bounded by its request. */
async function hearOut(
  host: string,
  frames: AsyncIterable<InsideFrame>,
): Promise<Result<{ out: Buffer; cut: boolean }>> {
  const out: Uint8Array[] = []
  let said = ''
  try {
    for await (const frame of frames) {
      if (frame.kind === 'end')
        return frame.end.exitCode === 0
          ? ok({ out: Buffer.concat(out), cut: frame.end.cut })
          : fail(problemOf(host, frame.end, said))
      if (frame.kind === 'stdout') out.push(frame.bytes)
      else said = (said + Buffer.from(frame.bytes).toString()).slice(-2000)
    }
  } catch {
    // The connection broke: told below like one that ended too early.
  }
  return fail(lostProblem(host, said.trim()))
}

export async function listFiles(
  deps: AdmitDeps,
  person: Person,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Result<Listing>> {
  const path = hostPath(wanted.path)
  if (!path.ok) return path
  const asked = await ask(deps, person, wanted, listRequest(path.value), signal)
  if (!asked.ok) return asked
  const heard = await hearOut(asked.value.host.name, asked.value.frames)
  return heard.ok ? ok(readListing(heard.value.out.toString('utf8'), heard.value.cut)) : heard
}

export interface Upload extends Wanted {
  /** Exactly so many come. */
  bytes: number
  overwrites: boolean
  content: Readable
}

export async function putFile(
  deps: AdmitDeps,
  person: Person,
  upload: Upload,
  signal: AbortSignal,
): Promise<Result<{ path: string; bytes: number }>> {
  const path = filePath(upload.path)
  if (!path.ok) return path
  const { bytes, overwrites, content } = upload
  if (bytes > INSIDE_LIMITS.fileBytes)
    return fail({
      code: 'file.large',
      message: `The file has ${bytes} bytes; one has at most ${INSIDE_LIMITS.fileBytes}.`,
      hint: 'Send it in parts.',
    })
  const asked = await ask(deps, person, upload, putRequest(path.value, bytes, overwrites), signal, content)
  if (!asked.ok) return asked
  const { host, frames } = asked.value
  const heard = await hearOut(host.name, frames)
  if (!heard.ok) return heard
  await audit(deps, person, upload.slice, 'host.upload', host.name, path.value)
  return ok({ path: path.value, bytes })
}

export interface Download {
  path: string
  /** Null: it is told only by its end, as with files of /proc. */
  bytes: number | null
  content: AsyncGenerator<Uint8Array>
}

/** Throws where it breaks off, so that what has come is not taken for the whole. */
async function* contentOf(host: string, first: Uint8Array, frames: AsyncGenerator<InsideFrame>) {
  if (first.length > 0) yield first
  for await (const frame of frames) {
    if (frame.kind === 'stdout') yield frame.bytes
    if (frame.kind !== 'end') continue
    if (frame.end.exitCode === 0 && !frame.end.cut && !frame.end.late) return
    throw new Error(`${host}: the file broke off with ${frame.end.exitCode}`)
  }
  throw new Error(`${host}: the file broke off`)
}

export async function getFile(
  deps: AdmitDeps,
  person: Person,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Result<Download>> {
  const path = filePath(wanted.path)
  if (!path.ok) return path
  const asked = await ask(deps, person, wanted, getRequest(path.value), signal)
  if (!asked.ok) return asked
  const { host, frames } = asked.value
  let head = Buffer.alloc(0)
  let said = ''
  for (;;) {
    const next = await frames.next()
    if (next.done) return fail(lostProblem(host.name, said.trim()))
    const frame = next.value
    if (frame.kind === 'end') return fail(problemOf(host.name, frame.end, said))
    if (frame.kind === 'stderr') said += Buffer.from(frame.bytes).toString()
    else head = Buffer.concat([head, frame.bytes])
    // Its length is the first line.
    const line = head.indexOf(10)
    if (line < 0) continue
    await audit(deps, person, wanted.slice, 'host.download', host.name, path.value)
    const bytes = Number(head.subarray(0, line).toString())
    const content = contentOf(host.name, head.subarray(line + 1), frames)
    return ok({ path: path.value, bytes: bytes > 0 ? bytes : null, content })
  }
}

const audit = (deps: AdmitDeps, person: Person, slice: string, action: string, host: string, path: string) =>
  writeAudit(deps.db, {
    actorId: person.id,
    action,
    subjectType: 'terminal',
    subjectId: slice,
    detail: { host, path: path.slice(0, 300) },
  })
