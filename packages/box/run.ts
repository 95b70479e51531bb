// The only place of the box that starts programs: argv arrays, and an error that says what was asked and what came back.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const exec = promisify(execFile)

export async function run(program: string, args: readonly string[], input?: string): Promise<string> {
  try {
    const pending = exec(program, [...args], { maxBuffer: 64 * 1024 * 1024 })
    if (input !== undefined) pending.child.stdin?.end(input)
    return (await pending).stdout
  } catch (cause) {
    const { stderr = '', code } = cause as { stderr?: string; code?: unknown }
    throw new Error(`${program} ${args.join(' ')} failed (${String(code)}): ${stderr.trim()}`, { cause })
  }
}
