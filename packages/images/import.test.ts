import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importRoot } from './import'
import { BLOCK, type Entry, padded, readHeader, readPax, writeHeader } from './tar/header'
import { writeRoot } from './write-root'

type Draft = Partial<Omit<Entry, 'kind'>> & { path: string; kind?: Exclude<Entry['kind'], 'other'>; content?: string }

function tar(drafts: readonly Draft[]): Buffer {
  const parts = drafts.flatMap(({ content = '', kind = 'file', ...draft }) => {
    const body = Buffer.from(content)
    const entry = {
      ...{ flag: '', mode: 0o644, uid: 0, gid: 0, mtimeSeconds: 1, target: '', xattrs: new Map() },
      ...draft,
      kind,
      sizeBytes: kind === 'file' ? body.length : 0,
    }
    return [writeHeader(entry), body, Buffer.alloc(padded(body.length) - body.length)]
  })
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])
}

/** A header with another type flag, its checksum made right again. */
function device(path: string): Buffer {
  const header = tar([{ path }]).subarray(0, BLOCK)
  header.write('4', 156, 'latin1')
  header.fill(0x20, 148, 156)
  const sum = header.reduce((s, byte) => s + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}

let folder = ''
let count = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'myvini-images-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function imported(archive: Buffer) {
  const work = join(folder, String(count++))
  mkdirSync(work)
  writeFileSync(join(work, 'upload'), archive)
  const tree = await importRoot(join(work, 'upload'), work)
  if (!tree.ok) return { ok: false as const, problem: tree.problem }
  const out = join(work, 'out.tar.gz')
  const written = await writeRoot(tree.value.sorted(), out)
  writeFileSync(join(work, 'out.tar'), gunzipSync(readFileSync(out)))
  const listed = execFileSync('tar', ['-tf', join(work, 'out.tar')])
    .toString()
    .trim()
    .split('\n')
  const read = (path: string) => execFileSync('tar', ['-xOf', join(work, 'out.tar'), path]).toString()
  return { ok: true as const, written, listed, read }
}

const SYSTEM: Draft[] = [
  { path: 'bin', kind: 'folder' },
  { path: 'bin/sh', content: 'shell', mode: 0o755 },
]
const sha = (data: Buffer) => createHash('sha256').update(data).digest('hex')

function oci(layers: readonly Buffer[]): Buffer {
  const manifest = Buffer.from(JSON.stringify({ layers: layers.map((l) => ({ digest: `sha256:${sha(l)}` })) }))
  const index = JSON.stringify({ manifests: [{ digest: `sha256:${sha(manifest)}` }] })
  const blobs = [manifest, ...layers].map((b) => ({ name: `blobs/sha256/${sha(b)}`, b }))
  const parts = blobs.map(({ name, b }) => [
    writeHeader({
      path: name,
      kind: 'file',
      flag: '',
      mode: 0o644,
      uid: 0,
      gid: 0,
      mtimeSeconds: 1,
      target: '',
      xattrs: new Map(),
      sizeBytes: b.length,
    }),
    b,
    Buffer.alloc(padded(b.length) - b.length),
  ])
  return Buffer.concat([...parts.flat(), tar([{ path: 'index.json', content: index }])])
}

describe('an uploaded archive', () => {
  test('gives the same image whatever order its files are in, and whoever made it', async () => {
    const files = [...SYSTEM, { path: 'etc/motd', content: 'hello' }]
    const [a, b] = [await imported(tar(files)), await imported(gzipSync(tar([...files].reverse())))]
    if (!a.ok || !b.ok) throw new Error('refused')
    expect(b.written.hash).toBe(a.written.hash)
    expect(a.listed).toEqual([
      'bin/',
      'bin/sh',
      'dev/',
      'etc/',
      'etc/motd',
      'proc/',
      'root/',
      'run/',
      'sys/',
      'tmp/',
      'var/',
    ])
    expect(a.read('etc/motd')).toBe('hello')
  })

  test('of several layers shows what the highest left', async () => {
    const lower = tar([
      ...SYSTEM,
      { path: 'a/keep', content: '1' },
      { path: 'a/gone', content: '1' },
      { path: 'b/old', content: '1' },
      { path: 'etc/motd', content: 'old' },
    ])
    const upper = tar([
      { path: 'a/.wh.gone' },
      { path: 'b/.wh..wh..opq' },
      { path: 'b/new', content: '2' },
      { path: 'etc/motd', content: 'new' },
    ])
    const image = await imported(oci([gzipSync(lower), upper]))
    if (!image.ok) throw new Error(image.problem.message)
    expect(image.listed.filter((p) => /^[ab]\//.test(p))).toEqual(['a/keep', 'b/new'])
    expect(image.read('etc/motd')).toBe('new')
  })

  test('keeps the content of a hard link whose file a higher layer replaced', async () => {
    const lower = tar([...SYSTEM, { path: 'one', content: 'old' }, { path: 'two', kind: 'hardlink', target: 'one' }])
    const image = await imported(oci([lower, tar([{ path: 'one', content: 'new' }])]))
    if (!image.ok) throw new Error(image.problem.message)
    expect([image.read('one'), image.read('two')]).toEqual(['new', 'old'])
  })

  test.each<[string, Buffer, string, string]>([
    ['a way out of the root', tar([...SYSTEM, { path: '../etc/shadow', content: 'x' }]), 'image.path', '../etc/shadow'],
    ['a device', Buffer.concat([device('etc/disk'), tar(SYSTEM)]), 'image.device', 'etc/disk'],
    [
      'a file behind a link',
      tar([...SYSTEM, { path: 'l', kind: 'link', target: '/etc' }, { path: 'l/x' }]),
      'image.path',
      '"l"',
    ],
    [
      'a hard link to nothing',
      tar([...SYSTEM, { path: 'x', kind: 'hardlink', target: '/etc/shadow' }]),
      'image.hard-link',
      'etc/shadow',
    ],
    ['an owner beyond the range', tar([...SYSTEM, { path: 'x', uid: 70_000 }]), 'image.owner', '70000'],
    ['no system', tar([{ path: 'etc/motd' }]), 'image.no-system', '/usr/bin'],
    ['nothing', Buffer.alloc(2 * BLOCK), 'image.bad-archive', 'empty'],
    ['no archive', Buffer.from('hello'.repeat(500)), 'image.bad-archive', 'checksum'],
    [
      'half an archive',
      tar([...SYSTEM, { path: 'x', content: 'y'.repeat(2000) }]).subarray(0, 3000),
      'image.bad-archive',
      'in the middle of x',
    ],
    ['half a gzip', gzipSync(tar(SYSTEM)).subarray(0, 60), 'image.bad-archive', 'unpacked'],
    [
      'a part of another content',
      Buffer.from(
        oci([tar(SYSTEM)])
          .toString('latin1')
          .replace('shell', 'shalt'),
        'latin1',
      ),
      'image.bad-archive',
      'other content',
    ],
  ])('with %s is refused in words', async (_, archive, code, says) => {
    const image = await imported(archive)
    expect(image.ok).toBe(false)
    if (image.ok) return
    expect(image.problem.code).toBe(code)
    expect(image.problem.message).toContain(says)
  })
})

describe('a header', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 150 })
    .filter((s) => !/[\0/]/.test(s) && s !== '.' && s !== '..')
  test('is read as it was written, names of any length and letters included', () => {
    fc.assert(
      fc.property(text, text, fc.nat(0o7777), fc.nat(65_535), fc.nat(4e9), (path, target, mode, uid, mtimeSeconds) => {
        const bytes = writeHeader({
          path,
          kind: 'link',
          flag: '',
          mode,
          uid,
          gid: 0,
          sizeBytes: 0,
          mtimeSeconds,
          target,
          xattrs: new Map(),
        })
        const main = readHeader(bytes.subarray(bytes.length - BLOCK))
        if (main.type !== 'entry') throw new Error(main.type)
        const first = readHeader(bytes.subarray(0, BLOCK))
        const pax =
          first.type === 'pax' ? readPax(bytes.subarray(BLOCK, BLOCK + first.sizeBytes)) : new Map<string, Buffer>()
        expect(pax?.get('path')?.toString() ?? main.entry.path).toBe(path)
        expect(pax?.get('linkpath')?.toString() ?? main.entry.target).toBe(target)
        expect(main.entry).toMatchObject({ kind: 'link', mode, uid, mtimeSeconds })
      }),
    )
  })
})
