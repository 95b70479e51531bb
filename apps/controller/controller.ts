// Everything a controller does, wired together. Run as many as there are machines for it: they share the work through the
// database and take over from each other.
import { randomUUID } from 'node:crypto'
import type { Embed } from '@myvini/core/embedding/embedding'
import { openDatabase } from '@myvini/store/database'
import { listenForHints } from '@myvini/store/hints'
import { ReportMemory } from '@myvini/store/reports'
import { isConflict } from '@myvini/store/retry'
import { findUnsettledNodes, PlanCache, publishNode, raiseGeneration } from '@myvini/store/specs'
import { nodeIdOf, recordLoads } from '@myvini/store/substrate'
import type { NodeTransport } from '@myvini/transport/node-connection'
import type { Logger } from 'pino'
import { startGateway } from './gateway'
import { inTurns } from './in-turns'
import { Lifecycle } from './lifecycle'
import { LoadBook } from './load-book'
import { NewsBook } from './news'
import { NodePool } from './node-pool'
import { Ownership } from './ownership'
import { Sweep } from './sweep'
import { Terminals } from './terminals'

export interface ControllerOptions {
  databaseUrl: string
  transport: NodeTransport
  embed: Embed
  secret: string
  gatewayHost: string
  gatewayPort: number
  now: () => Date
  /** Where images lie on this machine. */
  imagesFolder?: string
  log: Logger
}

export interface Controller {
  id: string
  gatewayUrl: string
  close(): Promise<void>
}

const HEARTBEAT_MS = 3000
const UNSETTLED_EVERY_MS = 3000
/** Each holds a connection of the pool for a moment. */
const PUBLISH_AT_ONCE = 8

export async function startController(options: ControllerOptions): Promise<Controller> {
  const { databaseUrl, transport, log } = options
  const db = openDatabase({ url: databaseUrl, connections: 12 })
  const id = randomUUID()
  const plans = new PlanCache()
  const memory = new ReportMemory()
  const toPublish = new Set<string>()
  const news = new NewsBook()
  const loads = new LoadBook()

  const onError = (name: string) => (error: unknown) => {
    if (isConflict(error)) log.info({ sweep: name }, 'lost a race; it is tried again')
    else log.error({ err: error, sweep: name }, 'a sweep failed; it is tried again')
  }

  const lifecycle = new Lifecycle({
    db,
    embed: options.embed,
    now: options.now,
    onNodes: (nodes) => {
      for (const node of nodes) toPublish.add(node)
      void publishing.wake()
    },
    onOver: (reservation) => {
      plans.forget(reservation)
      memory.forget(reservation)
    },
  })
  const reservations = new Sweep({
    name: 'reservations',
    everyMs: 2000,
    onError: onError('reservations'),
    work: async () => {
      // The database would keep two apart as well, at the price of solving everything twice.
      if (!(await ownership.leads('reservations'))) return news.missed()
      const next = await lifecycle.round(news.take()).catch((error: unknown) => {
        news.missed()
        throw error
      })
      if (next) reservations.wakeIn(next.getTime() - options.now().getTime())
    },
  })
  let lookedMs = Number.NEGATIVE_INFINITY
  /** Looking through everything finds what hints have missed; it need not be done whenever a node is published. */
  const unsettled = async () => {
    if (performance.now() - lookedMs < UNSETTLED_EVERY_MS) return []
    const found = await findUnsettledNodes(db)
    lookedMs = performance.now()
    return found
  }
  const publishing = new Sweep({
    name: 'publishing',
    everyMs: UNSETTLED_EVERY_MS,
    onError: onError('publishing'),
    work: async () => {
      const nodes = new Set([...toPublish, ...(await unsettled())])
      plans.lookAgain()
      await inTurns(nodes, PUBLISH_AT_ONCE, async (node) => {
        // Asked for again meanwhile, it is done again; failed, it stays to be done.
        toPublish.delete(node)
        try {
          await publishNode(db, nodeIdOf(node), plans)
        } catch (error) {
          toPublish.add(node)
          throw error
        }
        pool.wake(node)
      })
    },
  })

  const ownership = new Ownership(databaseUrl, id, () => void following.wake())
  const pool = new NodePool(db, ownership, {
    db,
    transport,
    memory,
    imagesFolder: options.imagesFolder ?? null,
    log,
    loads,
    onNews: (node) => {
      news.ofNode(node)
      void reservations.wake()
    },
    onGenerationGap: async (node, nodeGeneration) => {
      await raiseGeneration(db, node, nodeGeneration)
      toPublish.add(node)
      void publishing.wake()
    },
  })
  const terminals = new Terminals(db, pool, transport)
  const gateway = await startGateway({
    secret: options.secret,
    host: options.gatewayHost,
    port: options.gatewayPort,
    openTerminal: (ticket, size) => terminals.open(ticket, size),
    openCapture: (ticket) => terminals.capture(ticket),
    openRoutes: (ticket) => terminals.routes(ticket),
    openInside: (ticket) => terminals.inside(ticket),
    log,
  })
  const beat = () =>
    db.controllerInstance.upsert({
      where: { id },
      create: { id, gatewayUrl: gateway.url },
      update: { seenAt: new Date(), gatewayUrl: gateway.url },
    })
  const following = new Sweep({
    name: 'nodes',
    everyMs: HEARTBEAT_MS,
    onError: onError('nodes'),
    work: async () => {
      await pool.follow()
      await beat()
    },
  })
  const writingLoads = new Sweep({
    name: 'loads',
    everyMs: 2000,
    onError: onError('loads'),
    work: () => recordLoads(db, loads.take()),
  })
  void writingLoads.wake()
  const wakeAll = () => {
    void following.wake()
    void reservations.wake()
    void publishing.wake()
  }
  const listener = listenForHints(
    databaseUrl,
    ({ kind, id: subject }) => {
      if (kind === 'load' || kind === 'drift') return
      if (kind === 'spec') {
        toPublish.add(subject)
        return void publishing.wake()
      }
      if (kind === 'node') {
        pool.wake(subject)
        news.ofNode(subject)
      }
      if (kind === 'slice') news.ofSlice(subject)
      void reservations.wake()
    },
    () => {
      news.missed()
      lookedMs = Number.NEGATIVE_INFINITY
      wakeAll()
    },
  )
  log.info({ id, gateway: gateway.url }, 'controller started')

  return {
    id,
    gatewayUrl: gateway.url,
    async close() {
      await listener.close()
      await Promise.all([reservations.close(), publishing.close(), following.close(), writingLoads.close()])
      await terminals.close()
      await pool.close()
      await gateway.close()
      await ownership.close()
      await db.controllerInstance.deleteMany({ where: { id } })
      await db.$disconnect()
    },
  }
}
