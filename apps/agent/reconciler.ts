// How does the node become what its spec says, and stay so? Look, compare, act, look again; every few seconds, and at
// once when there is a new spec.
import { createHash } from 'node:crypto'
import type { NodeSpec } from '@myvini/core/desired/node-spec'
import type { NodeReport, PartReport, SliverReport } from '@myvini/core/desired/report'
import { assessNode, type Failures } from '@myvini/core/reconcile/assess'
import { diffNode, namespaceFingerprint } from '@myvini/core/reconcile/diff'
import { expandSpec, type Wanted } from '@myvini/core/reconcile/expand'
import type { Observed } from '@myvini/core/reconcile/kernel-state'
import { KernelModel } from '@myvini/core/reconcile/model'
import { type Operation, subjectOf } from '@myvini/core/reconcile/operations'
import type { ConfiguredRecord } from './configured'
import { type Finding, findDrift, withReservation } from './drift'
import { DriftBook } from './drift-book'
import { forgetOwnFiles } from './own-files'
import type { Kernel, OpResult } from './trellis'

/** Operations sent to the kernel at once: enough to be quick, few enough that progress is seen and a new spec is heeded. */
const CHUNK = 400
/** How far the work is, is told this often: telling of a thousand hosts is work as well, for whoever hears it too. */
const PROGRESS_EVERY_MS = 400
const CHECK_EVERY_MS = 3000
const FIRST_RETRY_MS = 500
/** A look at the node is as good as a new one for so long: nobody but us may change it, and what is done is looked at. */
const LOOK_IS_FRESH_MS = 5000
/** What was in the way, such as a full disk, may be gone any moment, and ten seconds later all is to be as promised. */
const LAST_RETRY_MS = 5000

export const fingerprint = (document: unknown): string =>
  createHash('sha256').update(JSON.stringify(document)).digest('base64url').slice(0, 22)

type FailureMaps = { [K in keyof Failures]: Map<string, string> }
const noFailures = (): FailureMaps => ({
  devices: new Map(),
  namespaces: new Map(),
  links: new Map(),
  underlays: new Map(),
})

export interface ReconcilerDeps {
  kernel: Kernel
  configured: ConfiguredRecord
  /** Called whenever the report has changed. */
  onReport: (report: NodeReport) => void
  /** Called with the spec before its hosts are made: files the hosts will want. */
  prepare: (spec: NodeSpec) => Promise<void>
  /** Images by hash: those on the node, and those that the spec wants and that are not there. */
  images: (spec: NodeSpec) => Promise<NodeReport['images']>
  /** Called once the node is as the spec says: files of hosts that are gone may go too. */
  tidy: (spec: NodeSpec) => Promise<void>
  /** Puts what hosts tell of their start into the report, and is told when there is somebody to ask. */
  startUps: { tell: (slivers: readonly SliverReport[]) => SliverReport[]; look: (spec: NodeSpec) => void }
  /** Ways to the outside, which are kept beside what `kernel` does: what failed by host, and what was put right. */
  gateways?: (spec: NodeSpec) => Promise<{ failures: ReadonlyMap<string, string>; mended: readonly Finding[] }>
  /** Called when all is told: what nobody waits for. */
  rest: () => void
  log: (line: string) => void
}

/** Hosts that wait for their image say so. */
function tellWaiting(spec: NodeSpec, slivers: readonly SliverReport[], missing: ReadonlySet<string>): SliverReport[] {
  const waiting = new Set(
    spec.slivers.flatMap((s) => s.hosts.filter((h) => missing.has(h.image)).map((h) => h.key as string)),
  )
  const told = (key: string, part: PartReport): PartReport =>
    waiting.has(key) && part.state === 'pending'
      ? { state: 'pending', reason: 'Its image is on its way to the node.' }
      : part
  return slivers.map((sliver) => ({
    ...sliver,
    hosts: Object.fromEntries(Object.entries(sliver.hosts).map(([key, part]) => [key, told(key, part)] as const)),
  }))
}

export class Reconciler {
  private spec: NodeSpec | null = null
  private seen: Observed | null = null
  /** When `seen` was what the kernel had, and nothing has been done since; null: something has. */
  private seenMs: number | null = null
  private failures = noFailures()
  private readonly drift = new DriftBook()
  private current: NodeReport = {
    generation: 0,
    settled: true,
    slivers: [],
    drift: [],
    images: { present: [], missing: [] },
  }
  /** What was looked at when nothing was lacking, for which spec: where neither has changed, nothing is to be compared. */
  private whole: { spec: NodeSpec; observed: Observed; slivers: NodeReport['slivers'] } | null = null
  /** Without what hosts tell of their start. */
  private bare = this.current
  private published = ''
  /** Whether this process has seen to the hosts' files: another version of the agent may have laid them out otherwise. */
  private prepared = false
  private running: Promise<void> | null = null
  private wanted = false
  private images: NodeReport['images'] = { present: [], missing: [] }
  private settledGeneration = 0
  private failedPasses = 0
  private timer: NodeJS.Timeout | null = null
  private closed = false

  constructor(private readonly deps: ReconcilerDeps) {}

  /** As the node was when it was last looked at. */
  get observed(): Observed | null {
    return this.seen
  }

  /** What the node is to be; null before it was told. */
  get desired(): NodeSpec | null {
    return this.spec
  }

  get report(): NodeReport {
    return this.current
  }

  /** Takes a new spec; the work goes on behind. */
  setSpec(spec: NodeSpec) {
    if (this.spec?.generation === spec.generation) return
    this.spec = spec
    this.failedPasses = 0
    this.poke()
  }

  /** Looks now rather than at the next turn. Resolves when the node has been looked at since the call. */
  poke(): Promise<void> {
    this.wanted = true
    this.running ??= this.work().finally(() => {
      this.running = null
    })
    return this.running
  }

  /** The run folder was emptied under us: what lay there is written again, and what the kernel has is looked at. */
  lostFiles() {
    this.prepared = false
    forgetOwnFiles()
    void this.poke()
  }

  close() {
    this.closed = true
    if (this.timer) clearTimeout(this.timer)
  }

  private async work() {
    if (this.timer) clearTimeout(this.timer)
    while (this.wanted && !this.closed) {
      this.wanted = false
      try {
        if (this.spec) await this.pass(this.spec)
      } catch (error) {
        // trellis was killed or the kernel refused to be looked at: the next turn starts from the kernel as it is.
        this.failedPasses++
        this.deps.log(`a pass failed and will be repeated: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    const wait =
      this.failedPasses === 0 ? CHECK_EVERY_MS : Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.failedPasses - 1))
    if (!this.closed) this.timer = setTimeout(() => void this.poke(), wait)
  }

  private async pass(spec: NodeSpec) {
    const { kernel, configured } = this.deps
    const wanted = expandSpec(spec)
    const remembered = this.rememberedFor(spec)
    const observed = remembered ?? (await this.look())
    this.images = await this.deps.images(spec)
    const missing = new Set(this.images.missing)
    // A host whose image is still on its way is not started: it has not failed, it waits.
    const waits = (op: Operation) => op.op === 'container.start' && missing.has(op.image)
    const toDo = (is: Observed) =>
      diffNode(spec, is, { fingerprint, configured: configured.entries }).filter((op) => !waits(op))
    const ops = this.isAsBefore(spec, observed) && missing.size === 0 ? [] : toDo(observed)
    const isRepair = this.settledGeneration === spec.generation && this.failedPasses === 0
    if (ops.length === 0) {
      if (!this.prepared) {
        await this.deps.prepare(spec)
        await configured.save([...wanted.namespaces.keys()])
      }
      this.prepared = true
      this.failures = noFailures()
      await this.keepGateways(spec, isRepair)
      this.failedPasses = this.failures.namespaces.size > 0 ? this.failedPasses + 1 : 0
      this.settle(spec, observed)
      if (!this.hasFailed() && missing.size === 0) this.whole = { spec, observed, slivers: this.bare.slivers }
      return
    }
    // Files are wanted by whoever enters and by containers; bare namespaces and links do not wait for them.
    const prepared = isRepair && this.prepared ? Promise.resolve() : this.deps.prepare(spec)
    prepared.catch(() => undefined) // thrown below, by the await
    this.failures = noFailures()
    this.seenMs = null
    this.whole = null
    const model = new KernelModel(observed)
    const done: Operation[] = []
    let looking: Promise<Observed> | null = null
    let toldMs = performance.now()
    for (let at = 0; at < ops.length; at += CHUNK) {
      const chunk = ops.slice(at, at + CHUNK)
      const isLast = at + CHUNK >= ops.length
      if (chunk.some((op) => op.op.startsWith('container.'))) await prepared
      const running = kernel.run(chunk)
      if (isLast) {
        // Asked for before the answer is here: trellis does one after the other, and what it sees is what it has done.
        looking = this.look()
        looking.catch(() => undefined) // thrown below, by the await
      }
      done.push(...this.absorb(chunk, await running, model, wanted))
      if (this.spec !== spec || this.closed) {
        await looking // or it would be taken for what is there after that which comes next
        return // a newer spec: what is done is done, the rest is planned anew
      }
      if (isLast || performance.now() - toldMs < PROGRESS_EVERY_MS) continue
      this.publish(this.assess(spec, model.observe(), false))
      toldMs = performance.now()
    }
    // What could not be put right is told of as having failed.
    if (isRepair) this.tellDrift(findDrift(done, wanted, observed), spec)
    await prepared
    this.prepared = true
    await this.keepGateways(spec, isRepair)
    const failed = this.hasFailed()
    this.failedPasses = failed ? this.failedPasses + 1 : 0
    // Files are the disk's work, the look is the kernel's.
    const [seen] = await Promise.all([
      looking ?? this.look(),
      configured.save([...wanted.namespaces.keys()]),
      isRepair ? null : this.deps.tidy(spec),
    ])
    // What was remembered was not so any more: it is looked at and done again before anybody is told that it is done.
    if (remembered && (failed || toDo(seen).length > 0)) {
      // All was done that was lacking by then: what lacks now, somebody else has taken away, and it is told as that.
      if (!failed && this.images.missing.length === 0) this.settledGeneration = spec.generation
      this.failedPasses = 0
      this.seenMs = null
      this.wanted = true
      this.publish(this.assess(spec, seen, false))
      return this.deps.rest()
    }
    this.settle(spec, seen)
    if (!isRepair) this.deps.rest()
  }

  private async look(): Promise<Observed> {
    const atMs = performance.now()
    this.seen = await this.deps.kernel.observe()
    this.seenMs = atMs
    return this.seen
  }

  /** A new spec need not wait for another look at what was looked at a moment ago; a check is there to look. */
  private rememberedFor(spec: NodeSpec): Observed | null {
    const isFresh = this.seenMs !== null && performance.now() - this.seenMs < LOOK_IS_FRESH_MS
    return isFresh && spec.generation !== this.settledGeneration && this.failedPasses === 0 ? this.seen : null
  }

  private async keepGateways(spec: NodeSpec, isRepair: boolean) {
    const kept = await this.deps.gateways?.(spec)
    for (const [key, reason] of kept?.failures ?? []) {
      if (!this.failures.namespaces.has(key)) this.deps.log(`${key}: ${reason}`)
      this.failures.namespaces.set(key, reason)
    }
    if (isRepair && kept) this.tellDrift(kept.mended, spec)
  }

  /** Those that were done. */
  private absorb(
    ops: readonly Operation[],
    results: readonly OpResult[],
    model: KernelModel,
    wanted: Wanted,
  ): Operation[] {
    const done: Operation[] = []
    for (const [i, op] of ops.entries()) {
      const result = results[i]
      if (result?.ok) {
        model.apply(op)
        done.push(op)
        const want = op.op === 'namespace.configure' ? wanted.namespaces.get(op.namespace) : undefined
        if (want) this.deps.configured.set(want.namespace.namespace, namespaceFingerprint(want, fingerprint))
        continue
      }
      const reason = `${op.op}: ${result?.error ?? 'no answer'}${result?.errno ? ` (${result.errno})` : ''}`
      this.deps.log(`${JSON.stringify(op)} failed: ${reason}`)
      const { device, namespace, link, underlay } = subjectOf(op)
      if (link !== undefined) this.failures.links.set(link, reason)
      if (device !== undefined) this.failures.devices.set(device, reason)
      if (namespace !== undefined) this.failures.namespaces.set(namespace, reason)
      if (underlay !== undefined) this.failures.underlays.set(underlay, reason)
    }
    return done
  }

  private tellDrift(findings: readonly Finding[], spec: NodeSpec) {
    this.drift.note(withReservation(findings, spec), new Date())
  }

  private settle(spec: NodeSpec, observed: Observed) {
    // What starts once its image has come is no drift.
    if (this.images.missing.length === 0) this.settledGeneration = spec.generation
    this.publish(this.assess(spec, observed, true))
    this.deps.startUps.look(spec)
  }

  private isAsBefore(spec: NodeSpec, observed: Observed): boolean {
    return this.whole?.spec === spec && this.whole.observed === observed
  }

  private hasFailed(): boolean {
    return Object.values(this.failures).some((map) => map.size > 0)
  }

  /** What hosts tell of their start has changed. */
  tellAgain() {
    this.publish(this.bare)
  }

  private assess(spec: NodeSpec, observed: Observed, settled: boolean): NodeReport {
    const before = this.isAsBefore(spec, observed) && !this.hasFailed() ? this.whole : null
    const slivers =
      before?.slivers ?? assessNode(spec, observed, this.deps.configured.entries, fingerprint, this.failures)
    const { images } = this
    const isWhole = images.missing.length === 0
    return {
      generation: spec.generation,
      settled: settled && isWhole,
      slivers: isWhole ? slivers : tellWaiting(spec, slivers, new Set(images.missing)),
      drift: this.drift.all,
      images,
    }
  }

  private publish(bare: NodeReport) {
    this.bare = bare
    const report = { ...bare, slivers: this.deps.startUps.tell(bare.slivers) }
    this.current = report
    const text = JSON.stringify(report)
    if (text === this.published) return
    this.published = text
    this.deps.onReport(report)
  }
}
