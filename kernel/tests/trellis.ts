// A `trellis serve` that is spoken to as the agent speaks to it: one JSON document a line (PROTOCOL.md).
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export type Op = { op: string } & Record<string, unknown>
export type Result = { ok: boolean; errno?: string; error?: string } & Record<string, unknown>
export interface Answer {
  id: unknown
  results?: Result[]
  error?: string
}

export class Trellis {
  readonly process: ChildProcess
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = []
  #id = 0

  constructor(file: string, argv: string[]) {
    this.process = spawn(file, argv, { stdio: ['pipe', 'pipe', 'inherit'] })
    const { stdout } = this.process
    if (!stdout) throw new Error('no stdout')
    createInterface({ input: stdout }).on('line', (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line) as Answer) // what it says is checked by the tests
    })
    this.process.once('exit', (code, signal) => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`trellis ended: ${code ?? signal}`))
    })
    this.process.stdin?.on('error', () => undefined) // a test that kills it writes into a closed pipe
  }

  raw(line: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.process.stdin?.write(`${line}\n`)
    })
  }

  async tryAll(ops: Op[]): Promise<Result[]> {
    const id = ++this.#id
    const answer = await this.raw(JSON.stringify({ id, ops }))
    if (answer.error || answer.id !== id || !answer.results) throw new Error(JSON.stringify(answer))
    return answer.results
  }

  /** All must succeed. */
  async do(...ops: Op[]): Promise<Result[]> {
    const results = await this.tryAll(ops)
    results.forEach((result, i) => {
      if (!result.ok) throw new Error(`${JSON.stringify(ops[i])}: ${result.errno}: ${result.error}`)
    })
    return results
  }

  async one(op: Op): Promise<Result> {
    const [result] = await this.tryAll([op])
    if (!result) throw new Error('no result')
    return result
  }

  async end(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    const ended = once(this.process, 'exit')
    this.process.stdin?.end()
    await ended
  }
}
