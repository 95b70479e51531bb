// How does a terminal stay connected? A WebSocket that is opened again, a little later each time, until the shell has
// ended or the portal says no.
import { z } from 'zod'
import { CLOSE } from '../server/terminal/close-codes'
import type { ToldProblem } from '../told-problem'

export interface TerminalPlace {
  sliceId: string
  hostId: string
  /** The session on the node, joined again by its name. */
  session: string
}

export type LinkState =
  | { kind: 'connecting' }
  | { kind: 'open' }
  /** Tried again at this time. */
  | { kind: 'lost'; retryAt: number }
  | { kind: 'ended'; exitCode: string }
  | { kind: 'refused'; problem: ToldProblem }

export interface Size {
  columns: number
  rows: number
}

interface TerminalLinkDeps {
  place: TerminalPlace
  onData: (bytes: Uint8Array) => void
  onState: (state: LinkState) => void
  /** What is shown from here on is recorded. */
  onRecorded: () => void
  size: () => Size
  origin: string
}

const RETRY = { firstMs: 400, lastMs: 10_000 }

const Told = z.object({
  problem: z.object({ code: z.string(), message: z.string(), hint: z.string() }),
})

const Recorded = z.object({ recorded: z.literal(true) })

const UNKNOWN: ToldProblem = {
  code: 'terminal.refused',
  message: 'The terminal could not be opened.',
  hint: 'Reload the page and try again.',
}

export class TerminalLink {
  private socket: WebSocket | null = null
  private timer: ReturnType<typeof setTimeout> | null = null
  private failures = 0
  private closed = false

  constructor(private readonly deps: TerminalLinkDeps) {
    this.connect()
  }

  private address(): string {
    const { place, size, origin } = this.deps
    const { columns, rows } = size()
    const query = new URLSearchParams({
      slice: place.sliceId,
      host: place.hostId,
      session: place.session,
      columns: String(columns),
      rows: String(rows),
    })
    return `${origin.replace(/^http/, 'ws')}/ws/terminal?${query}`
  }

  private connect() {
    this.timer = null
    this.deps.onState({ kind: 'connecting' })
    let told: ToldProblem | null = null
    const socket = new WebSocket(this.address())
    this.socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
      if (typeof data === 'string') {
        const said: unknown = JSON.parse(data)
        const parsed = Told.safeParse(said)
        if (parsed.success) told = parsed.data.problem
        if (Recorded.safeParse(said).success) this.deps.onRecorded()
        return
      }
      // Only now: one that opens and breaks at once is no better than one that does not open.
      this.failures = 0
      this.deps.onData(new Uint8Array(data))
    }
    socket.onopen = () => this.deps.onState({ kind: 'open' })
    socket.onclose = ({ code, reason }) => {
      if (this.closed || this.socket !== socket) return
      this.socket = null
      if (code === CLOSE.ended) this.deps.onState({ kind: 'ended', exitCode: reason })
      else if (code === CLOSE.refused)
        this.deps.onState({ kind: 'refused', problem: told ?? { ...UNKNOWN, code: reason || UNKNOWN.code } })
      else this.retry()
    }
  }

  private retry() {
    const wait = Math.min(RETRY.lastMs, RETRY.firstMs * 2 ** this.failures)
    this.failures++
    this.deps.onState({ kind: 'lost', retryAt: Date.now() + wait })
    this.timer = setTimeout(() => this.connect(), wait)
  }

  retryNow() {
    if (this.closed || this.socket) return
    if (this.timer !== null) clearTimeout(this.timer)
    this.connect()
  }

  write(bytes: Uint8Array<ArrayBuffer>) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(bytes)
  }

  resize(size: Size) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(size))
  }

  close() {
    this.closed = true
    if (this.timer !== null) clearTimeout(this.timer)
    this.socket?.close(1000)
  }
}
