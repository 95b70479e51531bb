// How does a benchmark do what a person does, without a browser's own time in the figures? By the portal's API.
import superjson, { type SuperJSONResult } from 'superjson'
import { z } from 'zod'

const Answer = z.object({ result: z.object({ data: z.unknown() }).optional(), error: z.unknown().optional() })

/** Then a person reloads the page. */
const PATIENCE_MS = 30_000

export interface Login {
  email: string
  password: string
}

export class PortalClient {
  private constructor(
    private readonly url: string,
    private readonly cookie: string,
  ) {}

  static async signIn(url: string, login: Login): Promise<PortalClient> {
    const answer = await fetch(`${url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify(login),
    })
    if (!answer.ok) throw new Error(`signing in as ${login.email} was refused: ${answer.status} ${await answer.text()}`)
    const cookie = answer.headers
      .getSetCookie()
      .map((c) => c.split(';')[0])
      .join('; ')
    return new PortalClient(url, cookie)
  }

  private async send(path: string, init: RequestInit): Promise<SuperJSONResult> {
    const answer = await fetch(`${this.url}/api/trpc/${path}`, {
      ...init,
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { 'content-type': 'application/json', origin: this.url, cookie: this.cookie },
    })
    const body = Answer.parse(await answer.json())
    if (!body.result) throw new Error(`${path} was refused: ${JSON.stringify(body.error).slice(0, 500)}`)
    return body.result.data as SuperJSONResult // tRPC's transformer made it
  }

  async mutate(path: string, input: unknown): Promise<unknown> {
    return superjson.deserialize(await this.send(path, { method: 'POST', body: superjson.stringify(input) }))
  }

  async query(path: string, input?: unknown): Promise<unknown> {
    return superjson.deserialize(await this.ask(path, input))
  }

  /** The same as it is in JSON, dates as texts: for whoever asks often and should not be what is measured. */
  async glance(path: string, input?: unknown): Promise<unknown> {
    return (await this.ask(path, input)).json
  }

  private ask(path: string, input: unknown) {
    const query = input === undefined ? '' : `?input=${encodeURIComponent(superjson.stringify(input))}`
    return this.send(`${path}${query}`, { method: 'GET' })
  }

  /** Calls `onEvent` with what the portal tells an open page, as it comes, until `onLost`; call the result to end it. */
  async listen(path: string, onEvent: (data: unknown) => void, onLost: (error: Error) => void): Promise<() => void> {
    const abort = new AbortController()
    const answer = await fetch(`${this.url}/api/trpc/${path}`, {
      headers: { accept: 'text/event-stream', cookie: this.cookie },
      signal: abort.signal,
    })
    if (!answer.ok || !answer.body) throw new Error(`${path} was refused: ${answer.status}`)
    const { body } = answer
    const read = async () => {
      let rest = ''
      for await (const piece of body.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + piece).split('\n')
        rest = lines.pop() ?? ''
        // A sign of life, sent when nothing was told for a while, has no data.
        for (const line of lines) if (/^data: ./.test(line)) onEvent(JSON.parse(line.slice('data: '.length)))
      }
      throw new Error('the portal has ended it')
    }
    read().catch((cause: unknown) => {
      if (!abort.signal.aborted) onLost(new Error(`what ${path} tells cannot be heard any more`, { cause }))
    })
    return () => abort.abort()
  }
}
