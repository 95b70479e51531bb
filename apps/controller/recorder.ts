// Who keeps what a terminal shows, where a lab asks for it? The controller that carries it, in parts, a moment behind; what
// the database does not take is lost, and the terminal goes on.
import { outputLine, RECORDING_LIMITS, resizeLine } from '@myvini/core/recording/cast'
import type { Database } from '@myvini/store/database'
import { addPart, beginRecording } from '@myvini/store/recordings'
import type { Ticket } from '@myvini/store/ticket'
import type { TerminalSize } from '@myvini/transport/node-connection'
import type { Logger } from 'pino'

const WRITE_MS = 2000
/** Then it is written at once. */
const WRITE_BYTES = 256 * 1024

export interface Recorder {
  output(data: Buffer): void
  resize(size: TerminalSize): void
  /** Resolves when all of it is written. */
  end(): Promise<void>
}

class LabRecorder implements Recorder {
  private readonly sinceMs = performance.now()
  // A character may come in two pieces.
  private readonly decoder = new TextDecoder()
  private waiting = ''
  private number = 0
  private bytes = 0
  private cut = false
  private over = false
  private writing: Promise<void> = Promise.resolve()
  private readonly timer = setInterval(() => this.write(), WRITE_MS)

  constructor(
    private readonly db: Database,
    private readonly id: string,
    private readonly log: Logger,
  ) {}

  private get atMs(): number {
    return performance.now() - this.sinceMs
  }

  output(data: Buffer) {
    const text = this.decoder.decode(data, { stream: true })
    if (text !== '') this.add(outputLine(this.atMs, text))
  }

  resize({ columns, rows }: TerminalSize) {
    this.add(resizeLine(this.atMs, columns, rows))
  }

  private add(line: string) {
    if (this.cut || this.over) return
    const length = Buffer.byteLength(line)
    if (this.bytes + length > RECORDING_LIMITS.bytes) {
      this.cut = true
      return
    }
    this.bytes += length
    this.waiting += line
    if (this.waiting.length > WRITE_BYTES) this.write()
  }

  private write() {
    if (this.over) return
    const part = {
      number: this.number,
      text: this.waiting,
      bytes: this.bytes,
      durationMs: Math.round(this.atMs),
      cut: this.cut,
    }
    if (part.text !== '') this.number++
    this.waiting = ''
    this.writing = this.writing.then(async () => {
      try {
        if (!(await addPart(this.db, this.id, part))) this.over = true
      } catch (error) {
        this.log.error({ err: error, recording: this.id }, 'a part of a recording could not be written')
      }
    })
  }

  async end() {
    clearInterval(this.timer)
    this.write()
    await this.writing
    this.over = true
  }
}

/** Null: nothing is recorded of this one. */
export async function startRecorder(
  db: Database,
  ticket: Ticket,
  { columns, rows }: TerminalSize,
  log: Logger,
): Promise<Recorder | null> {
  if (!ticket.record) return null
  const { lab: labId, slice: sliceId, user: userId, host: hostName } = ticket.record
  try {
    const id = await beginRecording(db, { labId, sliceId, userId, hostName, columns, rows, startedAt: new Date() })
    if (id !== null) return new LabRecorder(db, id, log)
    log.warn({ lab: labId }, 'nothing more is recorded of a lab: it has as much as is kept, or is gone')
  } catch (error) {
    log.error({ err: error }, 'a recording could not be begun')
  }
  return null
}
