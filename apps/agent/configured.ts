// What did we last set inside each namespace? Kept beside the namespaces, so that it is gone when they are, and so that a
// restarted agent does not undo what a researcher changed by hand.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'

const Entries = z.record(z.string(), z.string())

export class ConfiguredRecord {
  private constructor(
    private readonly path: string,
    readonly entries: Map<string, string>,
  ) {}

  /** A file that is missing or torn means that nothing is known: everything is then set once more. */
  static async open(path: string): Promise<ConfiguredRecord> {
    const text = await readFile(path, 'utf8').catch(() => '{}')
    const parsed = Entries.safeParse(safeJson(text))
    return new ConfiguredRecord(path, new Map(parsed.success ? Object.entries(parsed.data) : []))
  }

  set(namespace: string, fingerprint: string) {
    this.entries.set(namespace, fingerprint)
  }

  /** Writes what is still wanted and forgets the rest. */
  async save(wanted: readonly string[]) {
    const keep = new Set(wanted)
    for (const namespace of this.entries.keys()) if (!keep.has(namespace)) this.entries.delete(namespace)
    await mkdir(dirname(this.path), { recursive: true })
    await writeFile(`${this.path}.new`, JSON.stringify(Object.fromEntries(this.entries)))
    await rename(`${this.path}.new`, this.path)
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
