// How is a substrate node reached? By SSH (ssh2): one connection, long-lived, the host key pinned, a forced command on the
// other side (decision 6). Terminals beyond what one connection carries get connections of their own.
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type CaptureRequest, captureWords } from '@myvini/core/desired/capture'
import type { NodeReport } from '@myvini/core/desired/report'
import type { InsideRequest } from '@myvini/core/inside/request'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from 'ssh2'
import { Channel } from './channel'
import type {
  Capture,
  Inside,
  NodeConnection,
  NodeTarget,
  NodeTransport,
  Terminal,
  TerminalRequest,
} from './node-connection'
import { reach } from './reach'
import { toCapture } from './ssh-capture'
import { Carriers } from './ssh-carriers'
import { insideWords, toInside } from './ssh-inside'
import { toTerminal } from './ssh-terminal'

export interface SshOptions {
  /** Our private key, in OpenSSH's format. */
  privateKey: string
  /** Our public key as one line of authorized_keys. */
  publicKey: string
  /** The agent to bring, as one file. */
  agentBundle: Buffer
}

const CONNECT_MS = 15_000
const BOOTSTRAP = '/var/lib/myvini/bootstrap'

const keyBlob = (text: string): Buffer => Buffer.from(text.trim().split(/\s+/)[1] ?? '', 'base64')

const wrongKey = (target: NodeTarget, offered: Buffer): Problem => ({
  code: 'node.host-key',
  message: `${target.name} shows another host key than the one confirmed at enrolment (SHA256:${createHash('sha256').update(offered).digest('base64').replace(/=+$/, '')}).`,
  hint: 'Somebody may be in between, or the server was set up anew. If it was, confirm its new key on the node’s page.',
})

const unreachable = (target: NodeTarget, why: string): Problem => ({
  code: 'node.unreachable',
  message: `${target.name} cannot be reached at ${target.host} port ${target.port}: ${why}.`,
  hint: 'Check that the server runs, that sshd listens there and that the controller’s key is in its authorized_keys.',
})

async function dial(target: NodeTarget, options: SshOptions, signal: AbortSignal): Promise<Result<Client>> {
  const sock = await reach(target.host, target.port, signal).catch((error: Error) => error)
  if (sock instanceof Error) return fail(unreachable(target, sock.message))
  const client = new ssh2.Client()
  let offered: Buffer | null = null
  const config: ConnectConfig = {
    sock,
    username: target.user,
    privateKey: options.privateKey,
    readyTimeout: CONNECT_MS,
    // A node that has lost its power is told within five seconds, so that what it carried can be moved within ten.
    keepaliveInterval: 1500,
    keepaliveCountMax: 2,
    hostVerifier: (key: Buffer) => {
      offered = key
      return keyBlob(target.hostKey).equals(key)
    },
  }
  return new Promise((resolve) => {
    const give = (result: Result<Client>) => {
      signal.removeEventListener('abort', onAbort)
      if (!result.ok) client.destroy()
      resolve(result)
    }
    const onAbort = () => give(fail(unreachable(target, 'it was given up')))
    signal.addEventListener('abort', onAbort, { once: true })
    client.once('ready', () => {
      // Without it small messages wait for an acknowledgement: 45 ms instead of 0.4.
      client.setNoDelay(true)
      give(ok(client))
    })
    client.on('error', (error) => {
      const mismatch = offered !== null && !keyBlob(target.hostKey).equals(offered)
      give(fail(mismatch && offered ? wrongKey(target, offered) : unreachable(target, error.message)))
    })
    client.connect(config)
  })
}

function execute(
  client: Client,
  command: string,
  terminal?: { columns: number; rows: number },
): Promise<ClientChannel> {
  const pty = terminal && { cols: terminal.columns, rows: terminal.rows, term: 'xterm-256color', width: 0, height: 0 }
  return new Promise((resolve, reject) => {
    client.exec(command, pty ? { pty } : {}, (error, channel) => (error ? reject(error) : resolve(channel)))
  })
}

/** Runs a command to its end with `input` on its stdin. */
async function complete(
  client: Client,
  command: string,
  input: Buffer,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const channel = await execute(client, command)
  const out: Buffer[] = []
  const err: Buffer[] = []
  channel.on('data', (chunk: Buffer) => out.push(chunk))
  channel.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  const code = await new Promise<number | null>((resolve) => {
    let exit: number | null = null
    channel.on('exit', (n: number | null) => {
      exit = n
    })
    channel.on('close', () => resolve(exit))
    channel.end(input)
  })
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }
}

class SshConnection implements NodeConnection {
  private listeners: ((report: NodeReport) => void)[] = []
  private lastReport: NodeReport | null = null
  private carriers: Carriers
  private channel: Channel
  readonly closed: Promise<string>

  constructor(
    private readonly target: NodeTarget,
    options: SshOptions,
    private readonly client: Client,
    stream: ClientChannel,
  ) {
    this.channel = new Channel(stream, target.name, (report) => {
      this.lastReport = report
      for (const listener of this.listeners) listener(report)
    })
    this.carriers = new Carriers(() => dial(target, options, AbortSignal.timeout(CONNECT_MS)))
    this.closed = this.channel.closed
    client.on('close', () => this.channel.close())
    client.on('error', () => this.channel.close()) // keep-alive found it dead; "closed" tells whoever waits
    void this.closed.then(() => this.close())
  }

  hello = () => this.channel.request('hello')
  apply = (spec: string) => this.channel.apply(spec)
  observe = () => this.channel.request('observe')
  stats = () => this.channel.request('stats')
  restart = () => this.channel.request('restart')

  onReport(listener: (report: NodeReport) => void) {
    this.listeners.push(listener)
    // The agent tells how it stands as soon as it is connected, which may be before anyone listens.
    if (this.lastReport) listener(this.lastReport)
  }

  async sendImage(hash: string, content: Readable): Promise<Result<null>> {
    try {
      const channel = await execute(this.client, `image ${hash}`)
      const said: Buffer[] = []
      channel.stderr.on('data', (chunk: Buffer) => said.push(chunk))
      channel.on('data', () => undefined)
      const ended = new Promise<number | null>((resolve) => {
        let exit: number | null = null
        channel.on('exit', (code: number | null) => {
          exit = code
        })
        channel.on('close', () => resolve(exit))
      })
      // A node that wants no more of it closes the channel; why is in what it said.
      await pipeline(content, channel).catch(() => content.destroy())
      const code = await ended
      if (code === 0) return ok(null)
      return fail({
        code: 'node.image-refused',
        message: `${this.target.name} did not take the image ${hash.slice(0, 12)}: ${reasonIn(Buffer.concat(said).toString())}`,
        hint: 'Check that the node has room on its disk. It is tried again by itself.',
      })
    } catch (error) {
      content.destroy()
      return fail(unreachable(this.target, error instanceof Error ? error.message : String(error)))
    }
  }

  async openTerminal(request: TerminalRequest): Promise<Result<Terminal>> {
    const seat = await this.carriers.take()
    if (!seat.ok) return seat
    try {
      const channel = await execute(seat.value.client, `terminal ${request.host} ${request.session}`, request)
      const terminal = toTerminal(channel)
      terminal.onEnd(seat.value.leave)
      return ok(terminal)
    } catch (error) {
      seat.value.leave()
      return fail(unreachable(this.target, error instanceof Error ? error.message : String(error)))
    }
  }

  openCapture = (request: CaptureRequest) => this.openStream(`capture ${captureWords(request).join(' ')}`)
  openRoutes = (host: string) => this.openStream(`routes ${host}`)

  openFiles = (host: string) => this.openStream(`save ${host}`)

  async openInside(host: string, request: InsideRequest): Promise<Result<Inside>> {
    const opened = await this.openChannel(insideWords(host, request))
    return opened.ok ? ok(toInside(opened.value)) : opened
  }

  private async openStream(command: string): Promise<Result<Capture>> {
    const opened = await this.openChannel(command)
    return opened.ok ? ok(toCapture(opened.value)) : opened
  }

  private async openChannel(command: string): Promise<Result<ClientChannel>> {
    const seat = await this.carriers.take()
    if (!seat.ok) return seat
    try {
      const channel = await execute(seat.value.client, command)
      channel.once('close', seat.value.leave)
      return ok(channel)
    } catch (error) {
      seat.value.leave()
      return fail(unreachable(this.target, error instanceof Error ? error.message : String(error)))
    }
  }

  close() {
    this.channel.close()
    this.carriers.close()
    this.client.end()
  }
}

export class SshTransport implements NodeTransport {
  private readonly bundleHash: string

  constructor(private readonly options: SshOptions) {
    this.bundleHash = createHash('sha256').update(options.agentBundle).digest('hex')
  }

  async connect(target: NodeTarget, signal: AbortSignal): Promise<Result<NodeConnection>> {
    const first = await this.open(target, signal)
    if (!first.ok) return first
    const hello = await first.value.hello()
    if (!hello.ok) {
      first.value.close()
      return hello
    }
    if (hello.value.bundle === this.bundleHash) return first
    const upgraded = await this.upgrade(target, first.value, signal)
    return upgraded.ok ? this.open(target, signal) : upgraded
  }

  private async open(target: NodeTarget, signal: AbortSignal): Promise<Result<SshConnection>> {
    const dialled = await dial(target, this.options, signal)
    if (!dialled.ok) return dialled
    try {
      const stream = await execute(dialled.value, 'serve')
      return ok(new SshConnection(target, this.options, dialled.value, stream))
    } catch (error) {
      dialled.value.end()
      return fail(unreachable(target, error instanceof Error ? error.message : String(error)))
    }
  }

  /** Puts our agent in the place of the one that answered, and lets that one end; what it hosts goes on. */
  private async upgrade(target: NodeTarget, old: SshConnection, signal: AbortSignal): Promise<Result<null>> {
    const dialled = await dial(target, this.options, signal)
    if (!dialled.ok) return dialled
    try {
      const { code, stderr } = await complete(dialled.value, 'upload', this.options.agentBundle)
      if (code !== 0) return fail(refused(target, stderr))
      await old.restart()
      return ok(null)
    } finally {
      dialled.value.end()
      old.close()
    }
  }

  async enrol(target: NodeTarget, signal: AbortSignal): Promise<Result<null>> {
    const dialled = await dial(target, this.options, signal)
    if (!dialled.ok) return dialled
    const client = dialled.value
    try {
      // Fixed texts all three: nothing that a person typed is part of them.
      const place = await complete(
        client,
        `umask 077 && mkdir -p ${BOOTSTRAP} && cat > ${BOOTSTRAP}/agent.mjs`,
        this.options.agentBundle,
      )
      // An enrolled node knows no such command; it says so, and there is nothing left to do.
      if (place.stderr.includes('over SSH')) return ok(null)
      if (place.code !== 0) return fail(refused(target, place.stderr))
      const enrolled = await complete(client, `node ${BOOTSTRAP}/agent.mjs enrol`, Buffer.from(this.options.publicKey))
      if (enrolled.code !== 0) return fail(refused(target, enrolled.stderr))
      return ok(null)
    } finally {
      client.end()
    }
  }
}

/** An uncaught error prints its trace; the line that names it says more than the last three. */
const reasonIn = (stderr: string): string => {
  const lines = stderr.trim().split('\n')
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? (lines.slice(-3).join(' ') || 'no reason was given')
}

const refused = (target: NodeTarget, stderr: string): Problem => ({
  code: 'node.refused',
  message: `The agent could not be installed on ${target.name}: ${reasonIn(stderr)}`,
  hint: 'The server needs Node.js 20 or newer in its PATH and a root login for the controller’s key.',
})
