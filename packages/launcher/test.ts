// Every test of the project, by every runner, and one last line that sums them up.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { CHECKOUT } from './instance'

export interface Count {
  passed: number
  failed: number
  skipped: number
}

interface Runner {
  names: readonly string[]
  run: (selected: readonly string[], folder: string) => Promise<Count>
}

const VITEST = ['pure', 'db', 'root'] as const
const NONE: Count = { passed: 0, failed: 0, skipped: 0 }
const BROKEN: Count = { passed: 0, failed: 1, skipped: 0 }

function execute(argv: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const [program = '', ...args] = argv
  const child = spawn(program, args, { cwd: CHECKOUT, stdio: 'inherit', env: { ...process.env, ...env } })
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
}

const VitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  success: z.boolean(),
})
const PlaywrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
})

/** A runner that failed without naming a test, as when a file does not load, counts as one failure: never as none. */
export function countVitest(report: unknown, code: number): Count {
  const r = VitestReport.parse(report)
  const failed = r.numFailedTests === 0 && (code !== 0 || !r.success) ? 1 : r.numFailedTests
  return { passed: r.numPassedTests, failed, skipped: r.numPendingTests + r.numTodoTests }
}

/** A test that passed only when tried again is not a test that passed. */
export function countPlaywright(report: unknown, code: number): Count {
  const { stats } = PlaywrightReport.parse(report)
  const bad = stats.unexpected + stats.flaky
  return { passed: stats.expected, failed: bad === 0 && code !== 0 ? 1 : bad, skipped: stats.skipped }
}

async function readReport(path: string): Promise<unknown> {
  return existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : null
}

const vitest: Runner = {
  names: VITEST,
  run: async (selected, folder) => {
    const path = join(folder, 'vitest.json')
    const projects = selected.flatMap((name) => ['--project', `${name}*`]) // root is two: vitest.config.ts
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${path}`]
    const code = await execute([process.execPath, 'node_modules/vitest/vitest.mjs', 'run', ...projects, ...reporters])
    const report = await readReport(path)
    return report === null ? BROKEN : countVitest(report, code)
  },
}

const playwright: Runner = {
  names: ['e2e'],
  run: async (_, folder) => {
    const path = join(folder, 'playwright.json')
    const cli = join(CHECKOUT, 'e2e/node_modules/@playwright/test/cli.js')
    const code = await execute([process.execPath, cli, 'test', '--config', 'e2e/playwright.config.ts'], {
      MYVINI_E2E_REPORT: path,
    })
    const report = await readReport(path)
    return report === null ? BROKEN : countPlaywright(report, code)
  },
}

/** What a compiler and a linter find are failures like any other. */
const checks: Runner = {
  names: ['checks'],
  run: async () => {
    const turbo = await execute([
      process.execPath,
      'node_modules/turbo/bin/turbo',
      'run',
      'typecheck',
      '--output-logs=errors-only',
    ])
    const biome = await execute([
      process.execPath,
      'node_modules/@biomejs/biome/bin/biome',
      'check',
      '--error-on-warnings',
      '.',
    ])
    const failed = [turbo, biome].filter((code) => code !== 0).length
    return { passed: 2 - failed, failed, skipped: 0 }
  },
}

const RUNNERS = [checks, vitest, playwright]

export async function test(args: readonly string[]): Promise<number> {
  const known = RUNNERS.flatMap((r) => r.names)
  const unknown = args.find((arg) => !known.includes(arg))
  if (unknown !== undefined) throw new Error(`there are no tests called "${unknown}"; there are ${known.join(', ')}`)
  const wanted = args.length > 0 ? args : known
  const folder = await mkdtemp(join(tmpdir(), 'myvini-tests-'))
  let sum = NONE
  try {
    for (const runner of RUNNERS) {
      const selected = runner.names.filter((name) => wanted.includes(name))
      if (selected.length === 0) continue
      const count = await runner.run(selected, folder)
      sum = {
        passed: sum.passed + count.passed,
        failed: sum.failed + count.failed,
        skipped: sum.skipped + count.skipped,
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  process.stdout.write(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`)
  return sum.failed === 0 ? 0 : 1
}
