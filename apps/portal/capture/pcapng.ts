// What has come of a capture so far? pcapng (draft-ietf-opsawg-pcapng) read block by block, as the bytes arrive.
export interface CapturedPacket {
  /** From 1, in the order of arrival. */
  number: number
  /** Milliseconds since 1970, with a fraction. */
  atMs: number
  /** On the wire, in bytes. */
  length: number
  /** What was kept of it. */
  bytes: Uint8Array
  /** As the virtual interface sees it. */
  direction: 'in' | 'out' | null
}

const PACKET = 6
const STATISTICS = 5
const FLAGS = 2
const DROPPED = 5
const DIRECTIONS = [null, 'in', 'out', null] as const

const NO_BYTES: Uint8Array<ArrayBuffer> = new Uint8Array(0)

/** Options of a block, from `at` to its end. */
function optionOf(view: DataView, at: number, end: number, wanted: number): number | null {
  for (let i = at; i + 4 <= end; ) {
    const [code, length] = [view.getUint16(i, true), view.getUint16(i + 2, true)]
    if (code === 0) return null
    if (code === wanted) return i + 4
    i += 4 + length + (-length & 3)
  }
  return null
}

export class CaptureReader {
  private rest = NO_BYTES
  private count = 0
  /** Packets for which the node had no room; known when the capture has ended. */
  lost = 0

  /** Packets that are whole now. What comes in is written by our own nodes: little-endian, one interface, nanoseconds. */
  push(chunk: Uint8Array<ArrayBuffer>): CapturedPacket[] {
    const all = new Uint8Array(this.rest.length + chunk.length)
    all.set(this.rest)
    all.set(chunk, this.rest.length)
    const view = new DataView(all.buffer)
    const packets: CapturedPacket[] = []
    let at = 0
    while (at + 12 <= all.length) {
      const length = view.getUint32(at + 4, true)
      if (length < 12 || length % 4 !== 0) throw new Error(`a block of ${length} bytes is no block of pcapng`)
      if (at + length > all.length) break
      const packet = this.block(view, all, at, at + length)
      if (packet) packets.push(packet)
      at += length
    }
    this.rest = all.slice(at)
    return packets
  }

  private block(view: DataView, all: Uint8Array, at: number, end: number): CapturedPacket | null {
    const type = view.getUint32(at, true)
    if (type === STATISTICS) {
      const dropped = optionOf(view, at + 20, end - 4, DROPPED)
      if (dropped !== null) this.lost = Number(view.getBigUint64(dropped, true))
    }
    if (type !== PACKET) return null
    const ns = (BigInt(view.getUint32(at + 12, true)) << 32n) | BigInt(view.getUint32(at + 16, true))
    const kept = view.getUint32(at + 20, true)
    const flags = optionOf(view, at + 28 + kept + (-kept & 3), end - 4, FLAGS)
    return {
      number: ++this.count,
      atMs: Number(ns / 1000n) / 1000,
      length: view.getUint32(at + 24, true),
      bytes: all.slice(at + 28, at + 28 + kept),
      direction: flags === null ? null : (DIRECTIONS[view.getUint32(flags, true) & 3] ?? null),
    }
  }
}
