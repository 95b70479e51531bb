// Who restarts what has died? A process of its own that keeps the services and the database of an installation running.
// Started by `up`, ended by `down`; it takes its plan as JSON on stdin, so that no secret is in its arguments.
import { type ChildProcess, spawn } from 'node:child_process'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { identify } from '@myvini/box/process-identity'
import { type ClusterOptions, isClusterRunning, startCluster } from '@myvini/store/server/cluster'
import { z } from 'zod'
import { nextStart } from './next-start'

export const Plan = z.object({
  logs: z.string(),
  /** Where our own identity is written for `down` and `status` to find. */
  identity: z.string(),
  services: z.array(
    z.object({ name: z.string(), argv: z.array(z.string()).min(1), env: z.record(z.string(), z.string()) }),
  ),
  cluster: z
    .object({
      folder: z.string(),
      port: z.number(),
      runAs: z.object({ uid: z.number(), gid: z.number() }).optional(),
    })
    .nullable(),
  /** Fingerprint of what is run, so that a later `up` sees whether it is still that. */
  release: z.string(),
})
export type Plan = z.infer<typeof Plan>

const GRACE_MS = 8000

class Keeper {
  private child: ChildProcess | null = null
  private failures = 0
  private stopping = false
  private startedAtMs = 0

  constructor(
    private readonly service: Plan['services'][number],
    private readonly logs: string,
  ) {}

  async start() {
    const { name, argv, env } = this.service
    const [program = '', ...args] = argv
    const log = await open(join(this.logs, `${name}.log`), 'a', 0o640)
    this.startedAtMs = performance.now()
    const child = spawn(program, args, { stdio: ['ignore', log.fd, log.fd], env, cwd: '/' })
    await log.close()
    this.child = child
    child.once('error', (error) => process.stderr.write(`${name} could not be started: ${error.message}\n`))
    child.once('close', () => this.onEnd())
  }

  private onEnd() {
    this.child = null
    if (this.stopping) return
    const next = nextStart(this.failures, performance.now() - this.startedAtMs)
    this.failures = next.failures
    const wait = next.waitMs
    process.stderr.write(`${new Date().toISOString()} ${this.service.name} ended; it is started again in ${wait} ms\n`)
    setTimeout(() => void (this.stopping || this.start()), wait)
  }

  get pid(): number | null {
    return this.child?.pid ?? null
  }

  async stop() {
    this.stopping = true
    const { child } = this
    if (!child) return
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
    await ended
    clearTimeout(timer)
  }
}

async function readPlan(): Promise<Plan> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Plan.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')))
}

async function keepCluster({ folder, port, runAs }: NonNullable<Plan['cluster']>) {
  const options: ClusterOptions = { folder, port, ...(runAs && { runAs }) }
  if (!(await isClusterRunning(options))) await startCluster(options)
}

const plan = await readPlan()
const keepers = plan.services.map((service) => new Keeper(service, plan.logs))
const record = async () => {
  const services = await Promise.all(
    plan.services.map(async ({ name }, i) => {
      const pid = keepers[i]?.pid ?? null
      return [name, pid === null ? null : await identify(pid)] as const
    }),
  )
  const text = JSON.stringify({
    self: await identify(process.pid),
    release: plan.release,
    services: Object.fromEntries(services),
  })
  await writeFile(`${plan.identity}.new`, text)
  await rename(`${plan.identity}.new`, plan.identity)
}
for (const keeper of keepers) await keeper.start()
await record()
let lastPids = ''
const timer = setInterval(() => {
  const pids = keepers.map((k) => k.pid).join()
  if (pids !== lastPids) void record()
  lastPids = pids
  if (plan.cluster) keepCluster(plan.cluster).catch((error: Error) => process.stderr.write(`${error.message}\n`))
}, 1000)

let ending = false
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    if (ending) return
    ending = true
    clearInterval(timer)
    void Promise.all(keepers.map((k) => k.stop())).then(async () => {
      await rm(plan.identity, { force: true })
      process.exit(0)
    })
  })
