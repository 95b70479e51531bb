import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeScripts } from './install'

test('a version that begins to serve replaces the words that the version before it had written', async () => {
  const state = mkdtempSync(join(tmpdir(), 'myvini-install-'))
  try {
    mkdirSync(join(state, 'agent'))
    const entry = join(state, 'agent', 'entry')
    writeFileSync(entry, '#!/bin/sh\n')
    await writeScripts({ state, run: '/run/x', bpf: '/sys/fs/bpf/x' }, '/usr/bin/node')
    const text = readFileSync(entry, 'utf8')
    for (const word of [
      "'terminal '*",
      "'image '*",
      "'capture '*",
      "'routes '*",
      "'save '*",
      "'exec '*",
      'serve | upload',
    ])
      expect(text).toContain(word)
    // What is fixed for the host's own shell stands between single quotes.
    execFileSync('sh', ['-n', entry])
    expect(statSync(entry).mode & 0o777).toBe(0o755)
  } finally {
    rmSync(state, { recursive: true })
  }
})
