// Does anything happen to those who have nothing to do with it? A slice of four hosts, one on each node, that nobody changes
// and whose every link carries a ping through the whole run. Only a power cut of a node and a cut of a cable may cost it
// packets, and only where it uses them; whatever is killed, filled or set otherwise may cost it none.
import { spawn } from 'node:child_process'
import { chainOf } from '../hosts/chain'
import { bookSlice } from './activities'
import { type Answered, type Span, unexcused } from './losses'
import type { LiveSlice } from './slices'
import type { World } from './world'

const PING = ['ping', '-n', '-i', '0.1']
/** A packet that leaves a moment before the cable is cut is still on it. */
const ON_ITS_WAY_MS = 100

interface Stream {
  nodes: readonly string[]
  from: { node: string; key: string }
  to: string
  isRunning: boolean
  answers: Answered[]
}

export class Bystander {
  private streams: Stream[] = []
  private readonly excuses = new Map<string, Span[]>()
  private readonly before = new Map<string, string>()
  /** Over the whole run. */
  answered = 0
  lost = 0

  private constructor(
    private readonly world: World,
    readonly slice: LiveSlice,
  ) {}

  static async book(world: World): Promise<Bystander> {
    // In the order of the ring, so that neighbours are one cable apart.
    const topology = chainOf({ hosts: world.ring.length, nodes: world.ring })
    return new Bystander(world, await bookSlice(world, topology))
  }

  /** Once it is up, and again after a power cut, which ends what runs on a node. */
  async listen() {
    if (this.streams.length === 0)
      this.streams = this.slice.topology.links.flatMap((link, i) => {
        const ends = this.slice.endsOf(link)
        const nodes = this.world.ring.slice(i, i + 2)
        return ends ? [{ nodes, ...ends, isRunning: false, answers: [] }] : []
      })
    for (const stream of this.streams) if (!stream.isRunning) await this.open(stream)
  }

  private async open(stream: Stream) {
    const { node, key } = stream.from
    const into = await this.world.within(node)
    const [program = '', ...args] = [...into, 'nsenter', `--net=/run/myvini/netns/${key}`, '--', ...PING, stream.to]
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    stream.isRunning = true
    stream.answers = [{ seq: 0, atMs: performance.now() }]
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (text + chunk.toString()).split('\n')
      text = lines.pop() ?? ''
      const atMs = performance.now()
      for (const line of lines) {
        const seq = Number(/icmp_seq=(\d+) ttl=/.exec(line)?.[1])
        if (seq > 0) stream.answers.push({ seq, atMs })
      }
    })
    child.once('close', () => {
      stream.isRunning = false
    })
  }

  /** From now on, and until all is as promised again, links that touch one of these nodes may lose. */
  excuse(nodes: readonly string[]) {
    const span = { fromMs: performance.now() - ON_ITS_WAY_MS, untilMs: Number.POSITIVE_INFINITY }
    for (const node of nodes) this.excuses.set(node, [...(this.excuses.get(node) ?? []), span])
  }

  /** Called when all is as promised again: what it lost or what was changed of it since the last call, in words. */
  async complaints(): Promise<string[]> {
    const found: string[] = []
    for (const stream of this.streams) {
      const spans = stream.nodes.flatMap((node) => this.excuses.get(node) ?? [])
      const lost = unexcused(stream.answers, spans)
      this.lost += lost.length
      this.answered += stream.answers.length - 1
      if (lost.length > 0) found.push(`the bystander lost ${lost.length} packets between ${stream.nodes.join(' and ')}`)
      stream.answers = stream.answers.slice(-1)
      if (!stream.isRunning && spans.length === 0) found.push(`the bystander's ping on ${stream.from.node} ended`)
    }
    this.excuses.clear()
    return [...found, ...(await this.changes())]
  }

  /** Its namespaces and interfaces are those that it began with, but for a node that was switched off. */
  private async changes(): Promise<string[]> {
    const found: string[] = []
    for (const { node, key } of this.slice.places()) {
      const netns = `/run/myvini/netns/${key}`
      const script = `stat -Lc %i ${netns}; nsenter --net=${netns} ip -o link | cut -d: -f1,2`
      const boot = `boot ${this.world.boots.get(node) ?? 0}`
      const now = `${boot}\n${await this.world.inNode(node, ['sh', '-c', script])}`
      const before = this.before.get(node)
      this.before.set(node, now)
      if (before?.startsWith(`${boot}\n`) && before !== now)
        found.push(`the bystander's host on ${node} was touched: ${before} became ${now}`.replaceAll('\n', ' '))
    }
    return found
  }
}
