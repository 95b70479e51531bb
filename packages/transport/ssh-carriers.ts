// Which SSH connection carries a terminal? sshd lets one connection have ten sessions (MaxSessions), so terminals share
// connections of their own, eight on each, which are kept for a while after the last: the next one then opens at once.
import type { Result } from '@myvini/core/result'
import type { Client } from 'ssh2'

const TERMINALS_A_CONNECTION = 8
const KEEP_IDLE_MS = 60_000

interface Carrier {
  client: Promise<Result<Client>>
  open: number
  idle: NodeJS.Timeout | null
}

export interface Seat {
  client: Client
  leave(): void
}

export class Carriers {
  private carriers: Carrier[] = []

  constructor(private readonly dial: () => Promise<Result<Client>>) {}

  /** A place on a connection that has one; taken at once, so that many who come together do not crowd onto one. */
  async take(): Promise<Result<Seat>> {
    const carrier = this.carriers.find((c) => c.open < TERMINALS_A_CONNECTION) ?? this.add()
    carrier.open++
    if (carrier.idle) clearTimeout(carrier.idle)
    const client = await carrier.client
    if (!client.ok) {
      this.forget(carrier)
      return client
    }
    let left = false
    const leave = () => {
      if (left) return
      left = true
      carrier.open--
      if (carrier.open === 0) carrier.idle = setTimeout(() => this.end(carrier), KEEP_IDLE_MS).unref()
    }
    return { ok: true, value: { client: client.value, leave } }
  }

  close() {
    for (const carrier of [...this.carriers]) this.end(carrier)
  }

  private add(): Carrier {
    const carrier: Carrier = { client: this.dial(), open: 0, idle: null }
    this.carriers.push(carrier)
    void carrier.client.then((result) => {
      if (result.ok) result.value.on('close', () => this.forget(carrier))
    })
    return carrier
  }

  private end(carrier: Carrier) {
    this.forget(carrier)
    void carrier.client.then((result) => {
      if (result.ok) result.value.end()
    })
  }

  private forget(carrier: Carrier) {
    this.carriers = this.carriers.filter((c) => c !== carrier)
    if (carrier.idle) clearTimeout(carrier.idle)
  }
}
