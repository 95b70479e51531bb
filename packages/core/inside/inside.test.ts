import { expect, test } from 'vitest'
import { FrameReader, writeFrame } from './frames'
import { filePath, hostPath } from './host-path'
import { readListing } from './listing'
import { InsideRequest } from './request'

const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0))

test('frames are read however a connection cuts them', () => {
  const end = { exitCode: 3, cut: true, late: false, bytes: 9 }
  const whole = [writeFrame('o', ascii('out')), writeFrame('e', ascii('')), writeFrame('x', ascii(JSON.stringify(end)))]
  const bytes = Uint8Array.from(whole.flatMap((frame) => [...frame]))
  for (let size = 1; size <= bytes.length; size++) {
    const reader = new FrameReader()
    const frames = []
    for (let at = 0; at < bytes.length; at += size) frames.push(...reader.push(bytes.subarray(at, at + size)))
    expect(frames).toEqual([
      { kind: 'stdout', bytes: ascii('out') },
      { kind: 'stderr', bytes: ascii('') },
      { kind: 'end', end },
    ])
  }
})

test('what is no frame is no answer', () => {
  expect(() => new FrameReader().push(ascii('Permission denied'))).toThrow('no frame')
  expect(() => new FrameReader().push(Uint8Array.of(111, 1, 0, 1, 0))).toThrow('65537 bytes')
})

test('a path is made absolute, and the field is named where it cannot be meant', () => {
  expect(hostPath('/etc//frr/./frr.conf')).toEqual({ ok: true, value: '/etc/frr/frr.conf' })
  expect(hostPath('notes.txt')).toEqual({ ok: true, value: '/root/notes.txt' })
  expect(hostPath('/')).toEqual({ ok: true, value: '/' })
  expect(hostPath('/..a/b..')).toEqual({ ok: true, value: '/..a/b..' })
  for (const path of ['/root/../etc/passwd', '..', 'a/..', '/a\0b', `/${'ü'.repeat(128)}`, `/a${'/bb'.repeat(1400)}`]) {
    const refused = hostPath(path, 'to')
    expect(refused).toMatchObject({ ok: false, problem: { code: 'file.path', subject: { kind: 'field', id: 'to' } } })
    expect(!refused.ok && refused.problem.message).toMatch(/^to: /)
  }
  for (const path of ['', '/', 'a/', '/root/']) expect(filePath(path).ok).toBe(false)
})

test('a listing has folders first, and names that hold anything but a zero', () => {
  const records = [
    '/root',
    'f\tf\t12\t1700000000.5\t644\tb\n\tc',
    'd\td\t4096\t1\t755\tz',
    'l\tf\t7\t2\t777\ta',
    'l\tN\t7\t2\t777\tlost',
    'f\tf\t1\t2\t644\tcut of',
  ]
  const listing = readListing(records.join('\0'), true)
  expect(listing.folder).toBe('/root')
  expect(listing.files.map((f) => [f.name, f.kind, f.isLink, f.changedS])).toEqual([
    ['z', 'folder', false, 1],
    ['a', 'file', true, 2],
    ['b\n\tc', 'file', false, 1_700_000_000],
    ['lost', 'other', true, 2],
  ])
})

test('a zero ends no argument unseen', () => {
  const request = { word: 'exec', seconds: 1, mostBytes: 1, arguments: ['ls\0rm'] }
  expect(InsideRequest.safeParse(request).success).toBe(false)
})
