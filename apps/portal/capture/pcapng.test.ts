import { expect, test } from 'vitest'
import { CaptureReader } from './pcapng'

const u32 = (n: number) => Buffer.from(Uint32Array.of(n).buffer).toString('hex')
const block = (type: number, body: string) => u32(type) + u32(12 + body.length / 2) + body + u32(12 + body.length / 2)
const header = block(0x0a0d0d0a, `${u32(0x1a2b3c4d)}01000000ffffffffffffffff`) + block(1, `${u32(1)}${u32(256)}`)
/** 1 s and 5 µs after 1970, two octets kept of 60, into the host. */
const packet = block(6, `${u32(0)}${u32(0)}${u32(1_000_005_000)}${u32(2)}${u32(60)}abcd0000020004000100000000000000`)
const statistics = block(5, `${u32(0)}${u32(0)}${u32(9)}05000800030000000000000000000000`)
const file = Uint8Array.from(Buffer.from(header + packet + packet + statistics, 'hex'))

test('packets are the same however the bytes are cut into pieces', () => {
  for (const size of [1, 7, 64, file.length]) {
    const reader = new CaptureReader()
    const packets = []
    for (let at = 0; at < file.length; at += size) packets.push(...reader.push(file.slice(at, at + size)))
    expect(packets).toHaveLength(2)
    expect(packets[1]).toEqual({
      number: 2,
      atMs: 1000.005,
      length: 60,
      bytes: Uint8Array.of(0xab, 0xcd),
      direction: 'in',
    })
    expect(reader.lost).toBe(3)
  }
})

test('what is no pcapng is refused rather than searched', () => {
  expect(() => new CaptureReader().push(new Uint8Array(16))).toThrow('no block of pcapng')
})
