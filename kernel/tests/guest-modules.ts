// Which modules does a guest's kernel need, in which order? Each says what it depends on (`depends=` in its .modinfo).
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const nameOf = (file: string) =>
  path
    .basename(file)
    .replace(/\.ko(\.xz)?$/, '')
    .replaceAll('-', '_')

/** Debian compresses them since 6.12. */
const read = (file: string): Buffer =>
  file.endsWith('.xz') ? execFileSync('xz', ['-dc', file], { maxBuffer: 1 << 26 }) : readFileSync(file)

function dependenciesOf(module: Buffer): string[] {
  const at = module.indexOf('\0depends=')
  if (at < 0) return []
  const text = module.toString('latin1', at + '\0depends='.length, module.indexOf(0, at + 1))
  return text.split(',').filter((name) => name !== '')
}

/** The modules of these names and what they need, each after what it needs. One that is built in or not there is left out. */
export function modulesInOrder(folder: string, names: readonly string[]): [string, Buffer][] {
  if (!existsSync(folder)) throw new Error(`${folder} has no modules`)
  const files = new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ko(\.xz)?$/.test(file))
      .map((file) => [nameOf(file), path.join(folder, file)]),
  )
  const taken = new Map<string, Buffer>()
  const take = (name: string) => {
    const file = files.get(name)
    if (!file || taken.has(name)) return
    const content = read(file)
    for (const needed of dependenciesOf(content)) take(needed.replaceAll('-', '_'))
    taken.set(name, content)
  }
  for (const name of names) take(name)
  return [...taken]
}
