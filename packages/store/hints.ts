// Has anything changed that I should look at? LISTEN on the database; a hint may be lost, so nobody relies on one alone.
import pg from 'pg'

/**
 * `reservation`: what it holds or when has changed; `due`: something is to be done for one.
 * `slice`: how it stands; `progress`: how far its parts are; `drift`: something of it was put right.
 * `spec`: a node has something to publish; `published`: it has a new spec; `reported`: it is at its spec, or parts on it have
 * come, gone or failed; `load`: how busy it is; `node`: all else of it.
 */
const KINDS = [
  'slice',
  'progress',
  'drift',
  'reservation',
  'due',
  'spec',
  'published',
  'reported',
  'load',
  'node',
  'image',
] as const
export type HintKind = (typeof KINDS)[number]

export interface Hint {
  kind: HintKind
  id: string
}

export interface Listener {
  close(): Promise<void>
}

export function parseHint(payload: string): Hint | null {
  const [word, id] = payload.split(' ')
  const kind = KINDS.find((k) => k === word)
  return kind !== undefined && id !== undefined ? { kind, id } : null
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
