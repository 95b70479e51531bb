// A substrate node that is only played: for scale, and for work on the interface on machines without root. It lives by
// the same planner and the same model of the kernel as the tests, and is held to the same tests as a real node.
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { NodeSpec } from '@myvini/core/desired/node-spec'
import type { Hello, NodeReport, NodeStats } from '@myvini/core/desired/report'
import type { InsideRequest } from '@myvini/core/inside/request'
import { assessNode, NO_FAILURES } from '@myvini/core/reconcile/assess'
import { diffNode, namespaceFingerprint } from '@myvini/core/reconcile/diff'
import { expandSpec } from '@myvini/core/reconcile/expand'
import { KernelModel } from '@myvini/core/reconcile/model'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import type {
  Inside,
  NodeConnection,
  NodeTarget,
  NodeTransport,
  Terminal,
  TerminalRequest,
} from '@myvini/transport/node-connection'
import { simulatedCapture, simulatedRoutes } from './simulated-capture'
import { simulatedInside } from './simulated-inside'
import { simulatedTerminal } from './simulated-terminal'

const fingerprint = (document: unknown): string =>
  createHash('sha256').update(JSON.stringify(document)).digest('base64url').slice(0, 22)

const refuse = (code: string, message: string): { ok: false; problem: Problem } =>
  fail({ code, message, hint: 'Send the newest spec with a generation of its own.' })

export class SimulatedNode {
  private kernel = new KernelModel()
  private configured = new Map<string, string>()
  private spec: NodeSpec | null = null
  private specText = ''
  private report: NodeReport = {
    generation: 0,
    settled: true,
    slivers: [],
    drift: [],
    images: { present: [], missing: [] },
  }
  private listeners = new Set<(report: NodeReport) => void>()

  /** `paceMs`: how long each batch of operations takes, so that progress can be seen. */
  constructor(private readonly paceMs = 0) {}

  onReport(listener: (report: NodeReport) => void): () => void {
    this.listeners.add(listener)
    listener(this.report)
    return () => this.listeners.delete(listener)
  }

  hello(): Hello {
    return {
      agentVersion: 'simulated',
      bundle: 'simulated',
      kernel: 'simulated',
      capabilities: ['netns', 'egre-bpf', 'userns'],
      generation: this.spec?.generation ?? 0,
      specHash: fingerprint(this.spec),
      cpuMilli: 8000,
      memoryMib: 16_384,
      diskMib: 131_072,
    }
  }

  accept(text: string): Result<{ generation: number }> {
    const parsed = NodeSpec.safeParse(JSON.parse(text))
    if (!parsed.success)
      return refuse('spec.invalid', `The spec is not valid: ${parsed.error.issues[0]?.message ?? ''}`)
    const spec = parsed.data
    if (this.spec && spec.generation < this.spec.generation)
      return refuse('spec.older', `Generation ${spec.generation} is older than ${this.spec.generation}.`)
    if (spec.generation === this.spec?.generation)
      return text === this.specText
        ? ok({ generation: spec.generation })
        : refuse('spec.changed', 'The same generation with other content.')
    this.spec = spec
    this.specText = text
    void this.converge(spec)
    return ok({ generation: spec.generation })
  }

  private async converge(spec: NodeSpec) {
    const ops = diffNode(spec, this.kernel.observe(), { fingerprint, configured: this.configured })
    const { namespaces } = expandSpec(spec)
    const size = this.paceMs > 0 ? Math.max(1, Math.ceil(ops.length / 6)) : ops.length
    for (let at = 0; at < ops.length; at += size) {
      if (this.paceMs > 0) await new Promise((resolve) => setTimeout(resolve, this.paceMs))
      if (this.spec !== spec) return
      for (const op of ops.slice(at, at + size)) {
        this.kernel.apply(op)
        const want = op.op === 'namespace.configure' ? namespaces.get(op.namespace) : undefined
        if (want) this.configured.set(want.namespace.namespace, namespaceFingerprint(want, fingerprint))
      }
      if (at + size < ops.length) this.publish(spec, false)
    }
    this.publish(spec, true)
  }

  private publish(spec: NodeSpec, settled: boolean) {
    const slivers = assessNode(spec, this.kernel.observe(), this.configured, fingerprint, NO_FAILURES)
    this.report = { generation: spec.generation, settled, slivers, drift: [], images: { present: [], missing: [] } }
    for (const listener of this.listeners) listener(this.report)
  }

  observe(): NodeReport {
    return this.report
  }

  stats(): NodeStats {
    const hosts = this.spec?.slivers.reduce((sum, s) => sum + s.hosts.length, 0) ?? 0
    return { cpuMilli: hosts * 20, memoryUsedMib: 400 + hosts * 8, hosts, ends: [], drops: {} }
  }

  private hostOf(key: string) {
    const host = this.spec?.slivers.flatMap((s) => s.hosts).find((h) => h.key === key)
    if (host) return ok(host)
    const message = 'This virtual host is not on this node.'
    return fail({ code: 'terminal.no-host', message, hint: 'Reload the slice.' })
  }

  terminal(request: TerminalRequest): Result<Terminal> {
    const host = this.hostOf(request.host)
    return host.ok ? ok(simulatedTerminal(host.value)) : host
  }

  inside(key: string, request: InsideRequest): Result<Inside> {
    const host = this.hostOf(key)
    return host.ok ? ok(simulatedInside(host.value, request)) : host
  }
}

class SimulatedConnection implements NodeConnection {
  private end: (reason: string) => void = () => undefined
  readonly closed = new Promise<string>((resolve) => {
    this.end = resolve
  })
  private stopListening: (() => void)[] = []

  constructor(private readonly node: SimulatedNode) {}

  hello = async () => ok(this.node.hello())
  apply = async (spec: string) => this.node.accept(spec)
  observe = async () => ok(this.node.observe())
  stats = async () => ok(this.node.stats())
  /** A played node needs no files to play a host from. */
  sendImage = async (_: string, content: Readable) => {
    content.destroy()
    return ok(null)
  }
  openCapture = async () => ok(simulatedCapture())
  openRoutes = async () => ok(simulatedRoutes())
  openFiles = async () =>
    fail({ code: 'simulated.no-files', message: 'A played host has no files.', hint: 'Save one of a real node.' })
  openTerminal = async (request: TerminalRequest) => this.node.terminal(request)
  openInside = async (host: string, request: InsideRequest) => this.node.inside(host, request)

  onReport(listener: (report: NodeReport) => void) {
    this.stopListening.push(this.node.onReport(listener))
  }

  close(reason = 'closed') {
    for (const stop of this.stopListening) stop()
    this.end(reason)
  }
}

/** Plays as many nodes as are asked for, each remembered by its name while the process lives. */
export class SimulatedTransport implements NodeTransport {
  private nodes = new Map<string, SimulatedNode>()
  private connections = new Map<string, SimulatedConnection>()
  private unreachable = new Set<string>()

  constructor(private readonly paceMs = 60) {}

  nodeOf(name: string): SimulatedNode {
    const node = this.nodes.get(name) ?? new SimulatedNode(this.paceMs)
    this.nodes.set(name, node)
    return node
  }

  /** As if the cable were pulled, or put back. */
  setReachable(name: string, reachable: boolean) {
    if (reachable) this.unreachable.delete(name)
    else {
      this.unreachable.add(name)
      this.connections.get(name)?.close('the cable was pulled')
    }
  }

  async enrol(): Promise<Result<null>> {
    return ok(null)
  }

  async connect(target: NodeTarget): Promise<Result<NodeConnection>> {
    if (this.unreachable.has(target.name))
      return fail({
        code: 'node.unreachable',
        message: `${target.name} cannot be reached.`,
        hint: 'It is only simulated.',
      })
    const connection = new SimulatedConnection(this.nodeOf(target.name))
    this.connections.set(target.name, connection)
    return ok(connection)
  }
}
