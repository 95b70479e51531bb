import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Ledger } from './ledger'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'myvini-ledger-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const spec = (generation: number, extra = {}) => ({
  ...{ format: 'myvini-node-spec/1', node: 'n0', generation, underlays: [], slivers: [] },
  ...extra,
})
const codeOf = async (ledger: Ledger, document: unknown) => {
  const result = await ledger.accept(document)
  return result.ok ? result.value.spec.generation : result.problem.code
}

test('a spec that cannot be written is refused in words, and the one before stays', async () => {
  const path = join(folder, 'spec.json')
  const ledger = await Ledger.open(path)
  expect(await codeOf(ledger, spec(1))).toBe(1)
  // Root may write anywhere: what no one may is to open a folder as a file.
  await mkdir(`${path}.new`)
  const refused = await ledger.accept(spec(2))
  expect(refused).toMatchObject({ ok: false, problem: { code: 'spec.not-kept' } })
  expect(refused.ok ? '' : refused.problem.message).toMatch(/Generation 2 .* stays at generation 1/)
  expect(ledger.accepted?.spec.generation).toBe(1)
  await rm(`${path}.new`, { recursive: true })
  expect(await codeOf(ledger, spec(2))).toBe(2)
  expect((await Ledger.open(path)).accepted?.spec.generation).toBe(2)
  expect(await readdir(folder)).toEqual(['spec.json'])
})

test('an older one, and other content under the same number, are refused for good, also by the next process', async () => {
  const path = join(folder, 'spec.json')
  await (await Ledger.open(path)).accept(spec(5))
  const ledger = await Ledger.open(path)
  expect(await codeOf(ledger, spec(4))).toBe('spec.older')
  expect(await codeOf(ledger, spec(5, { traces: [] }))).toBe('spec.changed')
  expect(await codeOf(ledger, spec(5))).toBe(5)
})

test('half a file, as a broken disk leaves it, is set aside for somebody to read and not taken for a spec', async () => {
  const path = join(folder, 'spec.json')
  await (await Ledger.open(path)).accept(spec(5))
  const whole = await readFile(path, 'utf8')
  await writeFile(path, whole.slice(0, whole.length / 2))
  expect((await Ledger.open(path)).accepted).toBeNull()
  expect(await readFile(`${path}.unreadable`, 'utf8')).toBe(whole.slice(0, whole.length / 2))
})
