// How are requests and answers matched on a channel of JSON lines, and what if the other end falls silent?
import type { Duplex } from 'node:stream'
import { Incoming, LONGEST_LINE_BYTES, type Request, type Results } from '@myvini/core/desired/channel'
import { Hello, NodeReport, NodeStats } from '@myvini/core/desired/report'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { z } from 'zod'

const RESULTS = {
  hello: Hello,
  apply: z.object({ generation: z.number() }),
  observe: NodeReport,
  stats: NodeStats,
  restart: z.object({ generation: z.number() }),
} as const satisfies { [M in keyof Results]: z.ZodType }

/** A node that is alive answers `hello` in a millisecond; `observe` of 1,000 hosts may take a while on a busy one. */
const PATIENCE_MS = 20_000

interface Waiting {
  method: keyof Results
  resolve: (result: Result<unknown>) => void
  timer: NodeJS.Timeout
}

export class Channel {
  private waiting = new Map<number, Waiting>()
  private serial = 0
  private parts: Buffer[] = []
  private heldBytes = 0
  private end: (reason: string) => void = () => undefined
  readonly closed = new Promise<string>((resolve) => {
    this.end = resolve
  })

  constructor(
    private readonly stream: Duplex,
    private readonly who: string,
    private readonly onReport: (report: NodeReport) => void,
  ) {
    stream.on('data', (chunk: Buffer) => this.take(chunk))
    stream.on('close', () => this.finish('the node closed the channel'))
    stream.on('error', (error) => this.finish(error.message))
  }

  async request<M extends keyof Results>(method: M, extra: Partial<Request> = {}): Promise<Result<Results[M]>> {
    const id = ++this.serial
    const answer = await new Promise<Result<unknown>>((resolve) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id)
        resolve(fail(this.silent(method)))
        // A node that does not answer is not to be trusted to be listening.
        this.stream.destroy()
      }, PATIENCE_MS)
      this.waiting.set(id, { method, resolve, timer })
      this.send({ ...extra, id, method })
    })
    if (!answer.ok) return answer
    const parsed = RESULTS[method].safeParse(answer.value)
    // RESULTS has for each method the schema of exactly that result.
    return parsed.success
      ? ok(parsed.data as Results[M])
      : fail(this.nonsense(method, parsed.error.issues[0]?.message ?? ''))
  }

  /** `spec` is spliced in as text: it need not be parsed only to be written again. */
  async apply(spec: string): Promise<Result<Results['apply']>> {
    const id = ++this.serial
    const line = `{"id":${id},"method":"apply","spec":${spec}}\n`
    // The node would pass over it unread, and its answer could name neither the request nor what is in it.
    const bytes = Buffer.byteLength(line) - 1
    if (bytes > LONGEST_LINE_BYTES) return fail(this.tooLarge(bytes))
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id)
        resolve(fail(this.silent('apply')))
        this.stream.destroy()
      }, PATIENCE_MS)
      this.waiting.set(id, {
        method: 'apply',
        timer,
        resolve: (answer) => resolve(answer.ok ? ok(RESULTS.apply.parse(answer.value)) : answer),
      })
      this.stream.write(line)
    })
  }

  close() {
    this.stream.destroy()
  }

  private send(document: unknown) {
    this.stream.write(`${JSON.stringify(document)}\n`)
  }

  private take(chunk: Buffer) {
    let rest = chunk
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
      this.onLine(Buffer.concat([...this.parts, rest.subarray(0, at)]).toString('utf8'))
      this.parts = []
      this.heldBytes = 0
      rest = rest.subarray(at + 1)
    }
    if (rest.length === 0) return
    this.heldBytes += rest.length
    this.parts.push(rest)
    if (this.heldBytes > LONGEST_LINE_BYTES) this.stream.destroy(new Error(`${this.who} sends a line without end`))
  }

  private onLine(line: string) {
    let parsed: ReturnType<typeof Incoming.safeParse>
    try {
      parsed = Incoming.safeParse(JSON.parse(line))
    } catch {
      this.stream.destroy(new Error(`${this.who} sends what is not JSON: ${line.slice(0, 80)}`))
      return
    }
    if (!parsed.success) {
      this.stream.destroy(new Error(`${this.who} sends what is no answer: ${line.slice(0, 80)}`))
      return
    }
    const message = parsed.data
    if ('event' in message) {
      this.onReport(message.report)
      return
    }
    const waiting = message.id === null ? undefined : this.waiting.get(message.id)
    if (!waiting || message.id === null) return
    this.waiting.delete(message.id)
    clearTimeout(waiting.timer)
    waiting.resolve(message.ok ? ok(message.result) : fail(message.problem))
  }

  private finish(reason: string) {
    for (const { resolve, timer } of this.waiting.values()) {
      clearTimeout(timer)
      resolve(
        fail({
          code: 'node.lost',
          message: `The connection to ${this.who} was lost: ${reason}.`,
          hint: 'It is tried again by itself.',
        }),
      )
    }
    this.waiting.clear()
    this.end(reason)
  }

  private silent(method: string): Problem {
    return {
      code: 'node.silent',
      message: `${this.who} did not answer "${method}" within ${PATIENCE_MS / 1000} s.`,
      hint: 'Look whether the node is overloaded or its network is cut; it is tried again by itself.',
    }
  }

  private tooLarge(bytes: number): Problem {
    return {
      code: 'spec.too-large',
      message: `The spec of ${this.who} has ${bytes} bytes; a node reads at most ${LONGEST_LINE_BYTES}.`,
      hint: 'Start-up files and routing configurations are what is large: stop a slice that has many, or move hosts to other nodes.',
    }
  }

  private nonsense(method: string, why: string): Problem {
    return {
      code: 'node.other-version',
      message: `${this.who} answers "${method}" in a form that is not known here: ${why}`,
      hint: 'Its agent is of another version; it is brought up to date at the next connection.',
    }
  }
}
