// How are `ip` and `nft` asked? By argument vectors, in the node's own network or in that of a virtual host.
// Nothing here is ever read by a shell.
import { spawn } from 'node:child_process'

export interface Output {
  code: number
  stdout: string
  stderr: string
}

const TIMEOUT_MS = 10_000

export function command(argv: readonly string[]): Promise<Output> {
  const [program = '', ...args] = argv
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', (error) => resolve({ code: 127, stdout: '', stderr: error.message }))
    child.on('close', (code) =>
      resolve({ code: code ?? 128, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    )
  })
}

/** Throws with what was said on stderr. */
export async function must(argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await command(argv)
  if (code !== 0) throw new Error(`${argv.slice(0, 6).join(' ')}: ${stderr.trim().split('\n')[0] || `exit ${code}`}`)
  return stdout
}

/** `netns`: the file of a network namespace; null: the node's own. */
export const inside = (netns: string | null, argv: readonly string[]): string[] =>
  netns === null ? [...argv] : ['nsenter', `--net=${netns}`, '--', ...argv]
