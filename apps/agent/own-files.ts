// How are the small files of thousands of virtual hosts written without waiting for each? Only what is new is written, at
// once rather than in turns: a trip through the thread pool costs more than the write itself.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

/** What this process has written, by folder: a spec that says the same of a host costs nothing. */
const written = new Map<string, string>()

export interface OwnFile {
  name: string
  content: string
  /** Stands for the content where that is long and much of it is that of many files. */
  digest?: string
  /** As by default: what everybody may read. */
  mode?: number
}

/** The folder has these files, and with `nothingElse` no others. */
export function writeOwnFiles(folder: string, files: readonly OwnFile[], { nothingElse = false } = {}): void {
  const told = files.map(({ name, content, digest, mode }) => [name, mode, digest === undefined ? content : { digest }])
  const digest = createHash('sha256').update(JSON.stringify(told)).digest('base64')
  if (written.get(folder) === digest) return
  // Its container's runtime passes through here as the root of the host, who is nobody on the node.
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  const names = new Set(files.map((file) => file.name))
  if (nothingElse) for (const name of namesIn(folder)) if (!names.has(name)) rmSync(join(folder, name), { force: true })
  for (const { name, content, mode = 0o644 } of files) writeFileSync(join(folder, name), content, { mode })
  written.set(folder, digest)
}

/** Somebody else deleted them: nothing is known to be there any more. */
export const forgetOwnFiles = (): void => written.clear()

/** They are not there any more. `below`: folders in each that were written as well. */
export function forgetWritten(folders: readonly string[], below: readonly string[]): void {
  for (const folder of folders)
    for (const gone of [folder, ...below.map((name) => join(folder, name))]) written.delete(gone)
}

/**
 * Takes folders out of sight with one rename each. They are deleted behind, by `emptyTrash`; what a crash leaves there
 * goes the next time.
 */
export function throwAway(folder: string, names: readonly string[], trash: string): void {
  if (names.length === 0) return
  mkdirSync(trash, { recursive: true, mode: 0o700 })
  for (const name of names) renameSync(join(folder, name), join(trash, `${name}.${Date.now()}`))
}

/** Disks that a host had once: what it wrote on them is kept apart, a folder each by its number. */
export function throwStates(own: string, key: string, keep: ReadonlySet<number>, trash: string): void {
  const states = join(own, 'state')
  const gone = namesIn(states).filter((name) => /^\d+$/.test(name) && !keep.has(Number(name)))
  if (gone.length === 0) return
  mkdirSync(trash, { recursive: true, mode: 0o700 })
  for (const name of gone) renameSync(join(states, name), join(trash, `${key}.state-${name}.${Date.now()}`))
}

/** The folder itself stays: others throw into it meanwhile. */
export async function emptyTrash(trash: string): Promise<void> {
  for (const name of namesIn(trash)) await rm(join(trash, name), { recursive: true, force: true })
}

/** Names in a folder; none where there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
