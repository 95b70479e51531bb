'use client'
// What has one capture brought so far? Bytes for the file, packets for the list; neither grows without end.
import type { CaptureLimits } from '@myvini/core/desired/capture'
import { useCallback, useEffect, useRef, useState } from 'react'
import { CaptureLink, type CapturePlace, type CaptureState } from './capture-link'
import { type Decoded, decode } from './decode'
import { type CapturedPacket, CaptureReader } from './pcapng'

export interface PacketLine extends Decoded {
  number: number
  atMs: number
  length: number
  direction: CapturedPacket['direction']
}

/** The newest are shown; all of them are in the file. */
const LINES_KEPT = 500

const lineOf = ({ bytes, ...packet }: CapturedPacket): PacketLine => ({ ...packet, ...decode(bytes) })

export interface CaptureRun {
  state: CaptureState | null
  lines: readonly PacketLine[]
  packets: number
  lost: number
  start: (place: CapturePlace, limits: CaptureLimits) => void
  stop: () => void
  file: () => Blob
}

export function useCapture(): CaptureRun {
  const [state, setState] = useState<CaptureState | null>(null)
  const [shown, setShown] = useState<{ lines: PacketLine[]; packets: number; lost: number }>({
    lines: [],
    packets: 0,
    lost: 0,
  })
  const link = useRef<CaptureLink | null>(null)
  const chunks = useRef<Uint8Array<ArrayBuffer>[]>([])
  const stop = useCallback(() => link.current?.stop(), [])
  const start = useCallback((place: CapturePlace, limits: CaptureLimits) => {
    link.current?.close()
    const reader = new CaptureReader()
    chunks.current = []
    setShown({ lines: [], packets: 0, lost: 0 })
    link.current = new CaptureLink({
      ...{ place, limits, origin: window.location.origin, onState: setState },
      onData: (bytes) => {
        chunks.current.push(bytes)
        const lines = reader.push(bytes).map(lineOf)
        setShown((before) => ({
          lines: [...before.lines, ...lines].slice(-LINES_KEPT),
          packets: before.packets + lines.length,
          lost: reader.lost,
        }))
      },
    })
  }, [])
  useEffect(() => () => link.current?.close(), [])
  const file = useCallback(() => new Blob(chunks.current, { type: 'application/x-pcapng' }), [])
  return { state, ...shown, start, stop, file }
}
