// Which spec has this node accepted? Kept on disk, so that the node can be restored without its controller (decision 2).
import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { NodeSpec } from '@myvini/core/desired/node-spec'
import { placeInSpec } from '@myvini/core/desired/place-in-spec'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import { z } from 'zod'
import { say } from './say'

const Entry = z.object({ hash: z.string(), spec: NodeSpec })

export interface Accepted {
  spec: NodeSpec
  hash: string
}

export const hashOf = (document: unknown): string => createHash('sha256').update(JSON.stringify(document)).digest('hex')

export class Ledger {
  private constructor(
    private readonly path: string,
    private entry: Accepted | null,
  ) {}

  /** An unreadable file is reported, not overwritten: what it held may matter to somebody. */
  static async open(path: string): Promise<Ledger> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (text === null) return new Ledger(path, null)
    try {
      return new Ledger(path, Entry.parse(JSON.parse(text)))
    } catch (cause) {
      await rename(path, `${path}.unreadable`)
      say(`the accepted spec could not be read and was set aside as ${path}.unreadable: ${String(cause)}`)
      return new Ledger(path, null)
    }
  }

  get accepted(): Accepted | null {
    return this.entry
  }

  /** Written beside, synced and renamed: a crash leaves the old one or the new one, never half of each. */
  async accept(document: unknown): Promise<Result<Accepted, Problem>> {
    const parsed = NodeSpec.safeParse(document)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      const { words, subject } = placeInSpec(document, issue?.path ?? [])
      return fail({
        code: 'spec.invalid',
        message: `The spec is not valid at ${words}: ${issue?.message ?? 'unknown'}.`,
        ...(subject && { subject }),
        hint: 'Controller and agent may be of different versions. Let the controller bring its agent.',
      })
    }
    const spec = parsed.data
    const hash = hashOf(spec)
    const have = this.entry
    if (have && spec.node !== have.spec.node)
      return fail({
        code: 'spec.other-node',
        message: `This node is ${have.spec.node}; the spec is for ${spec.node}.`,
        hint: 'Two substrate nodes may have been given one address.',
      })
    if (have && spec.generation < have.spec.generation)
      return fail({
        code: 'spec.older',
        message: `Generation ${spec.generation} is older than ${have.spec.generation}, which was accepted already.`,
        hint: 'Send the newest spec. If the controller was restored from a backup, raise its generation.',
      })
    if (have && spec.generation === have.spec.generation)
      return hash === have.hash
        ? ok(have)
        : fail({
            code: 'spec.changed',
            message: `Generation ${spec.generation} was accepted with other content.`,
            hint: 'New content needs a new generation.',
          })
    const written = await this.write({ hash, spec })
    if (!written.ok) return written
    this.entry = { spec, hash }
    return ok(this.entry)
  }

  /** What cannot be kept is not accepted: after a reboot the node would be something else than it said (decision 2). */
  private async write(entry: Accepted): Promise<Result<null, Problem>> {
    const beside = `${this.path}.new`
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 })
      const file = await open(beside, 'w', 0o600)
      try {
        await file.writeFile(JSON.stringify(entry))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(beside, this.path)
      return ok(null)
    } catch (error) {
      // Half of it would take room that others need; where even this fails, the next try truncates it.
      await rm(beside, { force: true }).catch(() => undefined)
      const have = this.entry?.spec.generation
      return fail({
        code: 'spec.not-kept',
        message: `Generation ${entry.spec.generation} could not be written to ${this.path}: ${error instanceof Error ? error.message : String(error)}. The node stays ${have === undefined ? 'without a spec' : `at generation ${have}`}.`,
        hint: 'Make room on the node’s disk, or mend it. The spec is sent again by itself.',
      })
    }
  }
}
