// How does a capture come to a browser? One WebSocket for one capture: when it is over it is over, and is started anew.
import type { CaptureLimits } from '@myvini/core/desired/capture'
import { z } from 'zod'
import { CLOSE } from '../server/terminal/close-codes'
import type { ToldProblem } from '../told-problem'

export interface CapturePlace {
  sliceId: string
  linkId: string
  end: 'a' | 'b'
}

export type CaptureState = { kind: 'starting' } | { kind: 'running' } | { kind: 'ended'; problem: ToldProblem | null }

interface CaptureLinkDeps {
  place: CapturePlace
  limits: CaptureLimits
  origin: string
  onData: (bytes: Uint8Array<ArrayBuffer>) => void
  onState: (state: CaptureState) => void
}

const Told = z.object({ problem: z.object({ code: z.string(), message: z.string(), hint: z.string() }) })

const LOST: ToldProblem = {
  code: 'capture.lost',
  message: 'The connection to the node was lost.',
  hint: 'What came before is kept. Start the capture again.',
}

export class CaptureLink {
  private readonly socket: WebSocket

  constructor(deps: CaptureLinkDeps) {
    const { place, limits, origin } = deps
    const query = new URLSearchParams({
      ...{ slice: place.sliceId, link: place.linkId, end: place.end },
      ...Object.fromEntries(Object.entries(limits).map(([name, value]) => [name, String(value)])),
    })
    let told: ToldProblem | null = null
    this.socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/ws/capture?${query}`)
    this.socket.binaryType = 'arraybuffer'
    deps.onState({ kind: 'starting' })
    this.socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
      if (typeof data === 'string') {
        const parsed = Told.safeParse(JSON.parse(data))
        if (parsed.success) told = parsed.data.problem
        return
      }
      deps.onState({ kind: 'running' })
      deps.onData(new Uint8Array(data))
    }
    this.socket.onclose = ({ code }) =>
      deps.onState({ kind: 'ended', problem: code === CLOSE.ended ? null : (told ?? LOST) })
  }

  /** The node writes how many packets it lost, and ends. */
  stop() {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send('stop')
    else this.socket.close()
  }

  close() {
    this.socket.onclose = null
    this.socket.close()
  }
}
