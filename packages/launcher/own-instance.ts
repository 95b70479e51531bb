// An installation of its own for a benchmark or a test run: started by ./myvini as anyone would, gone afterwards.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('../../myvini', import.meta.url))

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

export interface OwnInstance {
  /** What MYVINI_INSTANCE is for it. */
  name: string
  url: string
  /** `./myvini …` for this installation; throws with what it printed when it fails. */
  myvini(...args: string[]): Promise<void>
  end(): Promise<void>
}

/** Two checkouts may measure or test at the same time; one that was killed finds what it left behind again. */
export const ofThisCheckout = (name: string) =>
  `${name}-${createHash('sha256').update(SCRIPT).digest('hex').slice(0, 6)}`

export interface StartOptions {
  /** Arguments of `up`. */
  extra?: readonly string[]
  /** Put before every call of ./myvini: it may enter namespaces first. */
  within?: readonly string[]
}

/** `./myvini ARGS` for an installation of its own by that name, without a look at whether it runs. */
export function ownMyvini(name: string, within: readonly string[] = []): OwnInstance['myvini'] {
  return async (...args) => {
    const [program = SCRIPT, ...rest] = [...within, SCRIPT, ...args]
    const child = spawn(program, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, MYVINI_INSTANCE: ofThisCheckout(name) },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const code = await new Promise((resolve) => child.on('close', resolve))
    if (code !== 0) throw new Error(`./myvini ${args.join(' ')} ended with ${String(code)}:\n${output.slice(-3000)}`)
  }
}

export async function startInstance(
  name: string,
  { extra = [], within = [] }: StartOptions = {},
): Promise<OwnInstance> {
  const port = await freePort()
  const myvini = ownMyvini(name, within)
  await myvini('up', '--port', String(port), ...extra)
  return { name: ofThisCheckout(name), url: `http://localhost:${port}`, myvini, end: () => myvini('down', '--purge') }
}
