// How are the small files of thousands of virtual hosts written without waiting for each? Only what is new is written, at
// once rather than in turns: a trip through the thread pool costs more than the write itself.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

/** What this process has written, by folder: a spec that says the same of a host costs nothing. */
const written = new Map<string, string>()

export function writeOwnFiles(folder: string, files: readonly (readonly [name: string, text: string])[]): void {
  const text = JSON.stringify(files)
  if (written.get(folder) === text) return
  // Its container's runtime passes through here as the root of the host, who is nobody on the node.
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  for (const [name, content] of files) writeFileSync(join(folder, name), content)
  written.set(folder, text)
}

/** Somebody else deleted them: nothing is known to be there any more. */
export const forgetOwnFiles = (): void => written.clear()

export function removeOwnFiles(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  written.delete(folder)
}

/**
 * Takes folders out of sight with one rename each. They are deleted behind, by `emptyTrash`; what a crash leaves there
 * goes the next time.
 */
export function throwAway(folder: string, names: readonly string[], trash: string): void {
  if (names.length === 0) return
  mkdirSync(trash, { recursive: true, mode: 0o700 })
  for (const name of names) {
    renameSync(join(folder, name), join(trash, `${name}.${Date.now()}`))
    written.delete(join(folder, name))
  }
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
