import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseStartUp } from './start-results'
import { START_LOG, START_RESULTS, startScript } from './start-up'

/** The script as a shell runs it, with its two files in a folder of the test's. */
function run(startup: string[][], files: { path: string; mode: number; owner: string; content: string }[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'myvini-start-'))
  try {
    const script = startScript({ files, startup })
      .replaceAll(START_LOG, join(folder, 'log'))
      .replaceAll(START_RESULTS, join(folder, 'results'))
      .replace('exec /dev/trellis pause', 'wait')
      .replace(/ &\n\)$/m, '\n)')
    execFileSync('sh', ['-c', script], { timeout: 20_000 })
    return parseStartUp(readFileSync(join(folder, 'results'), 'utf8'), readFileSync(join(folder, 'log'), 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('each command has its exit code and the last of what it said, and a flood does not end those behind it', () => {
  const report = run([
    ['sh', '-c', 'echo one; echo "it\'s $HOME" >&2; exit 3'],
    ['sh', '-c', 'yes | head -c 3000000'],
    ['sh', '-c', 'echo last'],
    ['no-such-program'],
  ])
  expect(report.done).toBe(true)
  expect(report.commands.map((c) => c.code)).toEqual([3, 0, 0, 127])
  expect(report.commands[0]?.output).toMatch(/^one\nit's \/\S*$/)
  expect(report.commands[1]?.output).toMatch(/^(y\n)+y?$/)
  expect(report.commands[2]?.output).toBe('') // beyond what is kept
})

test('what a command has said is there while those behind it still run', () => {
  const report = run(
    [
      ['echo', 'said'],
      // It is written by a process of its own, which may take a moment.
      ['sh', '-c', 'for i in $(seq 100); do grep -q said "$LOG" && break; sleep 0.05; done; cat "$LOG"'],
    ].map((argv) => argv.map((w) => w.replaceAll('$LOG', START_LOG))),
  )
  expect(report.commands[1]?.output).toContain('said')
})

test('a file that cannot be put in place is told by its place', () => {
  const file = { path: '/proc/x/y', mode: 0o644, owner: 'root', content: '' }
  expect(run([['true']], [file])).toEqual({ done: true, files: [0], commands: [{ code: 0, output: '' }] })
})

test('what a hostile root writes there is read as far as it makes sense, and bounded', () => {
  const lines = [
    'command 0 -',
    'command 0 999',
    'command 1 -',
    'command 7 0',
    'file 99 1',
    'file 2 1',
    'x',
    'command -1 0',
  ]
  const report = parseStartUp(lines.join('\n'), `[start-up command 1]\n\u001b[2J${'a\u0000'.repeat(100_000)}`)
  expect(report).toMatchObject({ done: false, files: [2], commands: [{ code: 255 }, { code: null, output: '' }] })
  expect(report.commands[0]?.output).toBe('a'.repeat(500))
  expect(parseStartUp('', '')).toEqual({ done: false, files: [], commands: [] })
})
