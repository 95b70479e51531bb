// The one long-lived process of a node: it owns the ledger and the reconciler, and answers on a socket that only root may
// open. Controllers reach it through `serve`, which SSH starts for them.
import { mkdir } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { LONGEST_LINE_BYTES, Request } from '@myvini/core/desired/channel'
import type { NodeReport } from '@myvini/core/desired/report'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { ConfiguredRecord } from './configured'
import { Door } from './door'
import { Gateways } from './gateways/gateways'
import { helloOf, type Identity } from './hello'
import { enterArguments, forgetHosts, prepareHosts } from './host-files'
import { lookAtImages } from './images'
import { Ledger } from './ledger'
import { readLines } from './lines'
import {
  configuredPath,
  hostsFolder,
  imagesFolder,
  ledgerPath,
  type Paths,
  pidPath,
  runTrashFolder,
  socketPath,
  trashFolder,
  trellisPath,
} from './paths'
import { fingerprint, Reconciler } from './reconciler'
import { say } from './say'
import { StartUpWatch } from './start-up-watch'
import { StatsReader } from './stats'
import { prepareTraces } from './trace-files'
import { Trash } from './trash'
import { Trellis } from './trellis'
import { readStartUp } from './vserver/start-results'

export interface Daemon {
  close(): Promise<void>
  /** Resolves when a controller asked for a restart. */
  restartAsked: Promise<void>
}

/** A slow or dead reader must not make us keep reports for it without end. */
const MOST_UNSENT_BYTES = 32 * 1024 * 1024

/** Whether the way in is still there. */
const LOOK_EVERY_MS = 1000

class Session {
  constructor(private readonly socket: Socket) {}
  send(document: unknown) {
    if (this.socket.destroyed) return
    this.socket.write(`${JSON.stringify(document)}\n`)
    if (this.socket.writableLength > MOST_UNSENT_BYTES) this.socket.destroy()
  }

  /** What was said is still delivered. */
  end() {
    this.socket.destroySoon()
  }
}

export async function startDaemon(paths: Paths, identity: Identity): Promise<Daemon> {
  await mkdir(paths.run, { recursive: true, mode: 0o711 })
  await mkdir(paths.state, { recursive: true, mode: 0o711 })
  const door = await Door.take(socketPath(paths), pidPath(paths), onCaller)
  const ledger = await Ledger.open(ledgerPath(paths))
  const trellis = new Trellis(paths)
  const sessions = new Set<Session>()
  const { run } = paths
  const folders = {
    hosts: hostsFolder(paths),
    images: imagesFolder(paths),
    trash: trashFolder(paths),
    runTrash: runTrashFolder(paths),
    run,
    trellis: trellisPath(paths),
  }
  const onReport = (report: NodeReport) => {
    for (const session of sessions) session.send({ event: 'report', report })
  }
  const gateways = new Gateways(paths.run, fingerprint)
  const startUps = new StartUpWatch({
    containers: join(run, 'containers'),
    read: (sliver, host) => readStartUp(folders.trellis, enterArguments(folders, sliver, host)),
    onNews: () => reconciler.tellAgain(),
    nowMs: () => performance.now(),
  })
  const trash = new Trash([folders.trash, folders.runTrash], (error) => say(`the trash stays: ${String(error)}`))
  const reconciler: Reconciler = new Reconciler({
    startUps,
    kernel: trellis,
    configured: await ConfiguredRecord.open(configuredPath(paths)),
    prepare: async (spec) => {
      await prepareTraces(paths.run, spec)
      await prepareHosts(folders, spec)
    },
    gateways: (spec) => gateways.keep(spec),
    images: (spec) => lookAtImages(folders.images, spec),
    tidy: (spec) => forgetHosts(folders, spec),
    rest: () => trash.emptySoon(),
    onReport,
    log: say,
  })
  const stats = new StatsReader(trellis, reconciler)
  let askRestart: () => void = () => undefined
  const restartAsked = new Promise<void>((resolve) => {
    askRestart = resolve
  })

  async function answer(request: Request): Promise<Result<unknown, Problem>> {
    switch (request.method) {
      case 'hello':
        return ok(await helloOf(identity, ledger.accepted, folders.hosts))
      case 'apply': {
        const accepted = await ledger.accept(request.spec)
        if (!accepted.ok) return accepted
        reconciler.setSpec(accepted.value.spec)
        return ok({ generation: accepted.value.spec.generation })
      }
      case 'observe':
        await reconciler.poke()
        return ok(reconciler.report)
      case 'stats':
        return ok(await stats.read())
      case 'restart':
        setImmediate(askRestart)
        return ok({ generation: ledger.accepted?.spec.generation ?? 0 })
    }
  }

  async function onLine(session: Session, line: string) {
    const parsed = parseRequest(line)
    if (!parsed.ok) return session.send({ id: null, ok: false, problem: parsed.problem })
    const { id } = parsed.value
    try {
      const result = await answer(parsed.value)
      session.send(result.ok ? { id, ok: true, result: result.value } : { id, ok: false, problem: result.problem })
    } catch (error) {
      say(`${parsed.value.method} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      const message = `The agent could not ${parsed.value.method}: ${error instanceof Error ? error.message : String(error)}`
      session.send({
        id,
        ok: false,
        problem: { code: 'agent.failed', message, hint: 'Look into the agent’s log on the node.' },
      })
    }
  }

  function onCaller(socket: Socket) {
    const session = new Session(socket)
    sessions.add(session)
    socket.on('close', () => sessions.delete(session))
    socket.on('error', () => socket.destroy()) // the other end is gone; "close" follows
    // One after the other: answers keep the order of the questions.
    let last = Promise.resolve()
    // Who has said all has still to hear the answers.
    socket.on('end', () => void last.then(() => session.end()))
    readLines(
      socket,
      LONGEST_LINE_BYTES,
      (line) => {
        last = last.then(() => onLine(session, line))
      },
      () => {
        last = last.then(() => session.send({ id: null, ok: false, problem: tooLong }))
      },
    )
    session.send({ event: 'report', report: reconciler.report })
  }
  await door.open()
  const looking = setInterval(() => {
    door.look().then(
      (found) => {
        if (found === null) return
        say(found)
        // trellis makes its own folders as it starts.
        trellis.close()
        reconciler.lostFiles()
      },
      (error: unknown) => say(`the agent cannot be reached: ${String(error)}`),
    )
  }, LOOK_EVERY_MS)
  // The node is restored from its own disk before any controller is heard of.
  if (ledger.accepted) reconciler.setSpec(ledger.accepted.spec)

  return {
    restartAsked,
    async close() {
      reconciler.close()
      trash.close()
      startUps.close()
      trellis.close()
      clearInterval(looking)
      // Whoever is still connected would keep us, and our successor out.
      for (const session of sessions) session.end()
      await door.close()
    },
  }
}

const tooLong: Problem = {
  code: 'channel.too-long',
  message: `A line is longer than ${LONGEST_LINE_BYTES / 1024 / 1024} MiB.`,
  hint: 'Send one JSON document a line.',
}

export function parseRequest(line: string): Result<Request> {
  let document: unknown
  try {
    document = JSON.parse(line)
  } catch (error) {
    return fail({
      code: 'channel.not-json',
      message: `A line is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'Send one JSON document a line.',
    })
  }
  const parsed = Request.safeParse(document)
  if (parsed.success) return ok(parsed.data)
  const [issue] = parsed.error.issues
  return fail({
    code: 'channel.bad-request',
    message: `The request is not valid at ${issue?.path.join('.') || 'its top'}: ${issue?.message ?? 'unknown'}.`,
    hint: 'Controller and agent may be of different versions.',
  })
}
