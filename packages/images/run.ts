// The only place here that starts programs: argument arrays, a clean environment, and an error that says what came back.
import { spawn } from 'node:child_process'

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export interface RunOptions {
  env?: Record<string, string>
  /** Each line that the program says on stderr. */
  onLine?: (line: string) => void
  signal?: AbortSignal
}

/** Gives what it printed; throws with the end of its stderr. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const [program = '', ...args] = argv
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
      env: { PATH, LC_ALL: 'C.UTF-8', ...options.env },
      ...(options.signal && { signal: options.signal }),
    })
    const out: Buffer[] = []
    let tail = ''
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => {
      const lines = `${tail}${chunk.toString()}`.split('\n')
      tail = lines.slice(-12).join('\n')
      for (const line of lines.slice(0, -1)) options.onLine?.(line)
    })
    child.on('error', (cause) => reject(new Error(`${program} could not be started: ${cause.message}`, { cause })))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(out).toString())
      else
        reject(new Error(`${program} ended with ${signal ?? code}: ${tail.trim().split('\n').slice(-6).join(' | ')}`))
    })
  })
}
