// What is kept open? The database's pool, the log and one LISTEN connection, made when first used.
import { type Database, openDatabase } from '@myvini/store/database'
import pino, { type Logger } from 'pino'
import { env } from '../env'
import { type Auth, createAuth } from './auth'
import { createHintBus, type HintBus } from './hint-bus'

export interface Resources {
  db: Database
  log: Logger
  auth: Auth
  hints: HintBus
}

/** Connections to the database; SSE and terminals hold none. */
const CONNECTIONS = 12

export function openResources(): Resources {
  const settings = env()
  const log = pino({ name: 'portal', level: settings.MYVINI_LOG_LEVEL })
  const db = openDatabase({ url: settings.DATABASE_URL, connections: CONNECTIONS })
  return { db, log, auth: createAuth({ db, env: settings, log }), hints: createHintBus(settings.DATABASE_URL) }
}

declare global {
  // `next dev` loads this module anew after each change; what is open must not be opened again.
  var myviniPortal: Resources | undefined
}

/** Of what Next serves: its code is another bundle than that of our own server, which has resources of its own. */
export function resources(): Resources {
  globalThis.myviniPortal ??= openResources()
  return globalThis.myviniPortal
}
