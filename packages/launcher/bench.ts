// Benchmarks run as processes of their own, so that what one of them does to its process stays there.
import { spawn } from 'node:child_process'
import { CHECKOUT } from './instance'

export function bench(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, ['node_modules/tsx/dist/cli.mjs', 'packages/bench/main.ts', ...args], {
    cwd: CHECKOUT,
    stdio: 'inherit',
  })
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
}
