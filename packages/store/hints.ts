// Has anything changed that I should look at? LISTEN on the database; a hint may be lost, so nobody relies on one alone.
import pg from 'pg'

/**
 * `spec`: a node has something to publish. `load`: how busy a node is; `node`: all else of it.
 * `drift`: something of a slice was put right.
 */
export type HintKind = 'slice' | 'reservation' | 'node' | 'load' | 'spec' | 'image' | 'drift'

export interface Hint {
  kind: HintKind
  id: string
}

export interface Listener {
  close(): Promise<void>
}

const KINDS: readonly string[] = ['slice', 'reservation', 'node', 'load', 'spec', 'image', 'drift'] satisfies HintKind[]

export function parseHint(payload: string): Hint | null {
  const [kind, id] = payload.split(' ')
  // The list above holds exactly the kinds there are.
  return kind !== undefined && id !== undefined && KINDS.includes(kind) ? { kind: kind as HintKind, id } : null
}

/**
 * Calls `onHint` for each change, and `onGap` whenever hints may have been missed: at the start and after each
 * reconnection. Reconnects by itself, at most every second.
 */
export function listenForHints(url: string, onHint: (hint: Hint) => void, onGap: () => void): Listener {
  let closed = false
  let client: pg.Client | null = null
  let timer: NodeJS.Timeout | null = null

  const again = () => {
    client?.removeAllListeners()
    // The connection is lost already; a second failure while closing it tells nothing new.
    client?.on('error', () => undefined)
    void client?.end().catch(() => undefined)
    client = null
    if (!closed && timer === null) timer = setTimeout(connect, 1000)
  }
  const connect = async () => {
    timer = null
    const next = new pg.Client({ connectionString: url, keepAlive: true })
    client = next
    next.on('error', again)
    next.on('end', again)
    next.on('notification', ({ payload }) => {
      const hint = parseHint(payload ?? '')
      if (hint) onHint(hint)
    })
    try {
      await next.connect()
      await next.query('LISTEN myvini')
      onGap()
    } catch {
      again() // the database is not there yet or gone: the next try will tell
    }
  }
  void connect()
  return {
    async close() {
      closed = true
      if (timer) clearTimeout(timer)
      client?.removeAllListeners()
      await client?.end().catch(() => undefined)
    },
  }
}
