// Everything a controller does, wired together. Run as many as there are machines for it: they share the work through the
// database and take over from each other.
import { randomUUID } from 'node:crypto'
import type { Embed } from '@myvini/core/embedding/embedding'
import { openDatabase } from '@myvini/store/database'
import { listenForHints } from '@myvini/store/hints'
import { PlanCache } from '@myvini/store/plan-cache'
import { ReportMemory } from '@myvini/store/reports'
import { isConflict } from '@myvini/store/retry'
import { raiseGeneration } from '@myvini/store/specs'
import { recordLoads } from '@myvini/store/substrate'
import type { NodeTransport } from '@myvini/transport/node-connection'
import type { Logger } from 'pino'
import { startGateway } from './gateway'
import { Lifecycle } from './lifecycle'
import { LoadBook } from './load-book'
import { NewsBook } from './news'
import { NodePool } from './node-pool'
import { NodeRecords } from './node-records'
import { Ownership } from './ownership'
import { Publishing } from './publishing'
import { startRecorder } from './recorder'
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
const PUBLISH_EVERY_MS = 3000
/** Rows of many nodes are held while their specs are compiled: nobody else's question waits in the same line. */
const PUBLISHING_CONNECTIONS = 3

export async function startController(options: ControllerOptions): Promise<Controller> {
  const { databaseUrl, transport, log } = options
  const db = openDatabase({ url: databaseUrl, connections: 12 })
  const publishingDb = openDatabase({ url: databaseUrl, connections: PUBLISHING_CONNECTIONS })
  const id = randomUUID()
  const plans = new PlanCache()
  const memory = new ReportMemory()
  const records = new NodeRecords(db, memory)
  const news = new NewsBook()
  const loads = new LoadBook()

  const onError = (name: string) => (error: unknown) => {
    if (isConflict(error)) log.info({ sweep: name }, 'lost a race; it is tried again')
    else log.error({ err: error, sweep: name }, 'a sweep failed; it is tried again')
  }

  const publications = new Publishing(publishingDb, plans, {
    onPublished: (node, { generation, content }) => {
      if (content === null) pool.wake(node)
      else pool.offer(node, { generation, content })
    },
    onUnsettled: (node) => pool.wake(node),
  })
  const publishing = new Sweep({
    name: 'publishing',
    everyMs: PUBLISH_EVERY_MS,
    onError: onError('publishing'),
    work: () => publications.round(),
  })
  const publish = (nodes: readonly string[]) => {
    publications.ask(nodes)
    void publishing.wake()
  }

  const lifecycle = new Lifecycle({
    db,
    embed: options.embed,
    now: options.now,
    onNodes: publish,
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
      if (!(await ownership.leads('reservations'))) return
      const next = await lifecycle.round()
      if (next) reservations.wakeIn(next.getTime() - options.now().getTime())
    },
  })
  const reviews = new Sweep({
    name: 'reviews',
    everyMs: 2000,
    onError: onError('reviews'),
    work: async () => {
      if (!(await ownership.leads('reservations'))) return news.missed()
      await lifecycle.follow(news.take()).catch((error: unknown) => {
        news.missed()
        throw error
      })
    },
  })
  const ownership = new Ownership(databaseUrl, id, () => void following.wake())
  const pool = new NodePool(db, ownership, {
    db,
    transport,
    records,
    memory,
    imagesFolder: options.imagesFolder ?? null,
    log,
    loads,
    onNews: (node) => {
      news.ofNode(node)
      void reviews.wake()
    },
    onGenerationGap: async (node, nodeGeneration) => {
      await raiseGeneration(db, node, nodeGeneration)
      publish([node])
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
    record: (ticket, size) => startRecorder(db, ticket, size, log),
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
    void reviews.wake()
    void publishing.wake()
  }
  const listener = listenForHints(
    databaseUrl,
    ({ kind, id: subject }) => {
      if (kind === 'load' || kind === 'drift' || kind === 'progress') return
      if (kind === 'spec') return publish([subject])
      if (kind === 'published') {
        if (!publications.isOwn(subject)) pool.wake(subject)
        return
      }
      if (kind === 'node') pool.wake(subject)
      if (kind === 'node' || kind === 'reported') news.ofNode(subject)
      if (kind === 'slice') news.ofSlice(subject)
      if (kind === 'node' || kind === 'reported' || kind === 'slice') void reviews.wake()
      if (kind === 'node' || kind === 'due') void reservations.wake()
    },
    () => {
      news.missed()
      publications.missed()
      wakeAll()
    },
  )
  log.info({ id, gateway: gateway.url }, 'controller started')

  return {
    id,
    gatewayUrl: gateway.url,
    async close() {
      await listener.close()
      await Promise.all([
        reservations.close(),
        reviews.close(),
        publishing.close(),
        following.close(),
        writingLoads.close(),
      ])
      await terminals.close()
      await pool.close()
      await gateway.close()
      await ownership.close()
      await db.controllerInstance.deleteMany({ where: { id } })
      await Promise.all([db.$disconnect(), publishingDb.$disconnect()])
    },
  }
}
