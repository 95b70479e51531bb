// The only door to the kernel: a long-lived `trellis serve`, spoken to in JSON lines (kernel/PROTOCOL.md).
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Observed } from '@myvini/core/reconcile/kernel-state'
import type { Operation } from '@myvini/core/reconcile/operations'
import { CAPABILITIES } from '@myvini/core/substrate/substrate'
import { z } from 'zod'
import { probeGateway } from './gateways/probe'
import { readLines } from './lines'
import { hostsFolder, imagesFolder, type Paths, trellisPath } from './paths'

const OpResult = z.looseObject({ ok: z.boolean(), errno: z.string().optional(), error: z.string().optional() })
export type OpResult = z.infer<typeof OpResult>
const Reply = z.object({ id: z.number(), results: z.array(OpResult) })

const Target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('device'), device: z.string() }),
  z.object({ kind: z.literal('tunnel'), underlay: z.string(), key: z.number() }),
])
/** A map entry whose device has gone is listed without one; it counts as not there. */
const MaybeTarget = z.union([Target, z.object({ kind: z.literal('device'), device: z.null() })])
const ObserveResult = z.object({
  version: z.number(),
  owners: z.array(z.object({ owner: z.string(), uidBase: z.number() })),
  namespaces: z.array(z.string()),
  devices: z.array(
    z.object({
      device: z.string(),
      mark: z.string(),
      alias: z.string().nullable(),
      up: z.boolean(),
      mtuBytes: z.number(),
      attached: z.boolean(),
      namespace: z.string().nullable(),
    }),
  ),
  limits: z.array(z.object({ namespace: z.string(), fingerprint: z.string() })).default([]),
  containers: z.array(z.object({ container: z.string(), fingerprint: z.string().nullable() })).default([]),
  underlays: z.array(
    z.object({
      underlay: z.string(),
      local: z.string(),
      remote: z.string(),
      mtuBytes: z.number().default(0),
      device: z.string().nullable(),
      attached: z.boolean(),
      resolved: z.boolean(),
      isVeth: z.boolean().optional(),
    }),
  ),
  virtual: z.array(z.object({ device: z.string().nullable(), link: z.string(), to: MaybeTarget })),
  tunnels: z.array(z.object({ underlay: z.string(), key: z.number(), link: z.string(), to: MaybeTarget })),
  shapes: z.array(
    z.object({
      at: z.union([Target, z.object({ kind: z.literal('underlay'), underlay: z.string() })]),
      rateKbps: z.number(),
      ceilKbps: z.number(),
    }),
  ),
  lines: z.array(
    z.object({
      device: z.string(),
      down: z.boolean(),
      rateKbps: z.number(),
      delayUs: z.number(),
      jitterUs: z.number(),
      uniform: z.boolean(),
      loss: z.number(),
      lossCorrelation: z.number(),
      duplicate: z.number(),
      reorder: z.number(),
      corrupt: z.number(),
      trace: z.string().nullable(),
      loop: z.boolean(),
    }),
  ),
  fast: z.object({
    hosts: z.array(
      z.object({
        namespace: z.string(),
        devices: z.array(z.string()),
        xdp: z.boolean(),
        blocked: z.array(z.string()),
        cached: z.boolean(),
      }),
    ),
    underlays: z.array(z.object({ underlay: z.string(), mode: z.enum(['off', 'auto', 'on']), in: z.boolean() })),
  }),
})

const Count = z.object({ packets: z.number(), bytes: z.number() })
const StatsResult = z.object({
  virtual: z.array(
    z.object({
      device: z.string().nullable(),
      link: z.string(),
      in: Count,
      out: Count,
      drops: z.record(z.string(), z.number()),
    }),
  ),
  tunnels: z.array(z.object({ underlay: z.string(), key: z.number(), drops: z.record(z.string(), z.number()) })),
  node: z.object({ drops: z.record(z.string(), z.number()) }),
  lines: z.array(
    z.object({ device: z.string(), passed: z.number(), lost: z.number(), overflowed: z.number(), late: z.number() }),
  ),
})
export type KernelStats = z.infer<typeof StatsResult>

const Probe = z.looseObject({ kernel: z.string(), capabilities: z.array(z.string()) })

/** The node is as it was when it was looked at with this version. */
const SameResult = z.strictObject({ ok: z.literal(true), version: z.number() })

/** What the agent needs of a kernel; real nodes have `Trellis`, tests may have a model. */
export interface Kernel {
  /** The very same as before where nothing has changed since. */
  observe(): Promise<Observed>
  run(ops: readonly Operation[]): Promise<OpResult[]>
  stats(): Promise<KernelStats>
}

function toObserved(result: Omit<z.infer<typeof ObserveResult>, 'version'>): Observed {
  const whole = <T extends { to: z.infer<typeof MaybeTarget> }>(entry: T) =>
    entry.to.kind === 'tunnel' || entry.to.device !== null
  return {
    owners: result.owners,
    namespaces: result.namespaces,
    devices: result.devices.map((d) => ({ ...d, alias: d.alias ?? '' })),
    limits: result.limits,
    containers: result.containers,
    // A neighbour whose device has gone, or has been made anew without the program, is looked up again.
    underlays: result.underlays.map((u) => ({ ...u, resolved: u.resolved && u.attached && u.device !== null })),
    // `whole` has just been asked; the casts say to the compiler what it does not follow.
    virtual: result.virtual.filter((v) => v.device !== null && whole(v)) as Observed['virtual'][number][],
    tunnels: result.tunnels.filter(whole) as Observed['tunnels'][number][],
    shapes: result.shapes,
    lines: result.lines,
    fast: result.fast,
  }
}

interface Waiting {
  resolve: (results: OpResult[]) => void
  reject: (error: Error) => void
}

/** A killed `trellis` is started again by the next request: all it knew is in the kernel. */
export class Trellis implements Kernel {
  private child: ChildProcess | null = null
  private waiting = new Map<number, Waiting>()
  private serial = 0
  /** What was seen last, and by which `trellis`: each counts its versions itself. */
  private seen: { by: ChildProcess; version: number; observed: Observed } | null = null

  constructor(private readonly paths: Paths) {}

  private start(): ChildProcess {
    const { run, bpf, programs } = this.paths
    const folders = [
      '--hosts',
      hostsFolder(this.paths),
      '--images',
      imagesFolder(this.paths),
      '--cgroup',
      this.paths.cgroup,
    ]
    const args = ['serve', '--run', run, '--bpf', bpf, '--objects', programs, ...folders]
    const child = spawn(trellisPath(this.paths), args, { stdio: ['pipe', 'pipe', 'inherit'], env: {} })
    const lost = (why: string) => {
      if (this.child === child) this.child = null
      const all = [...this.waiting.values()]
      this.waiting.clear()
      for (const w of all) w.reject(new Error(`trellis ${why} in the middle of a request`))
    }
    child.on('error', (error) => lost(`could not be started (${error.message})`))
    child.on('exit', (code, signal) => lost(`ended (${signal ?? code})`))
    child.stdin?.on('error', () => undefined) // its exit is reported above
    if (child.stdout)
      readLines(
        child.stdout,
        512 * 1024 * 1024,
        (line) => {
          const reply = Reply.parse(JSON.parse(line))
          this.waiting.get(reply.id)?.resolve(reply.results)
          this.waiting.delete(reply.id)
        },
        () => child.kill('SIGKILL'),
      )
    this.child = child
    return child
  }

  private request(ops: readonly unknown[]): Promise<OpResult[]> {
    const child = this.child ?? this.start()
    const id = ++this.serial
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      child.stdin?.write(`${JSON.stringify({ id, ops })}\n`)
    })
  }

  private async one(op: string, fields: Record<string, unknown> = {}): Promise<OpResult> {
    const [result] = await this.request([{ op, ...fields }])
    if (!result?.ok) throw new Error(`trellis could not ${op}: ${result?.error ?? 'no answer'}`)
    return result
  }

  async observe(): Promise<Observed> {
    const by = this.child ?? this.start()
    const known = this.seen?.by === by ? this.seen : null
    const result = await this.one('observe', known ? { known: known.version } : {})
    const same = SameResult.safeParse(result)
    if (same.success && known && same.data.version === known.version) return known.observed
    const { version, ...whole } = ObserveResult.parse(result)
    const observed = toObserved(whole)
    this.seen = { by, version, observed }
    return observed
  }

  run(ops: readonly Operation[]): Promise<OpResult[]> {
    return this.request(ops)
  }

  async stats(): Promise<KernelStats> {
    return StatsResult.parse(await this.one('stats'))
  }

  async wipe(): Promise<void> {
    await this.one('wipe')
  }

  close() {
    this.child?.kill('SIGTERM')
  }
}

export interface ProbeResult {
  kernel: string
  capabilities: (typeof CAPABILITIES)[number][]
}

/** Asks once at start: a kernel does not learn new things while it runs. */
export async function probeKernel(paths: Paths): Promise<ProbeResult> {
  const { run, bpf, programs } = paths
  const hosts = hostsFolder(paths)
  await mkdir(hosts, { recursive: true, mode: 0o711 })
  await mkdir(run, { recursive: true, mode: 0o711 })
  const args = ['probe', '--run', run, '--bpf', bpf, '--objects', programs, '--hosts', hosts]
  const { stdout } = await promisify(execFile)(trellisPath(paths), args)
  const probe = Probe.parse(JSON.parse(stdout))
  if (await probeGateway(run)) probe.capabilities.push('gateway')
  return { kernel: probe.kernel, capabilities: CAPABILITIES.filter((c) => probe.capabilities.includes(c)) }
}
