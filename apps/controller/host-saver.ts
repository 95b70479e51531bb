// Who reads what a running host has on its disk, when somebody wants it saved as an image? The controller of its node: to
// where uploads lie, from where the image builder checks it and makes an image of it.
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { IMAGE_LIMITS } from '@myvini/core/images/image'
import { fail, ok, type Result } from '@myvini/core/result'
import type { Database } from '@myvini/store/database'
import { failImage, queueImage, tellProgress } from '@myvini/store/images'
import { claimSaved } from '@myvini/store/saved-hosts'
import type { Capture, NodeConnection } from '@myvini/transport/node-connection'
import type { Logger } from 'pino'

const TELL_EVERY_MS = 1000
/** A host whose tar says nothing for so long is not waited for: its root decides what its tar is. */
const SILENT_MS = 60_000
const MIB = 1024 * 1024

const unread = (why: string) =>
  fail({
    code: 'image.host-unread',
    message: `The files of the host could not be read: ${why}.`,
    hint: 'Look whether the host runs and has tar, then save it again.',
  })

/** What it sends, as far as an archive may be long; `code` is told once it has ended. */
function streamOf(files: Capture): { content: Readable; ended: Promise<{ code: number | null; reason: string }> } {
  const content = new Readable({
    read: () => files.resume(),
    destroy: (error, done) => {
      files.close()
      done(error)
    },
  })
  let passed = 0
  const silence = () => setTimeout(() => content.destroy(new Error('it said nothing for a minute')), SILENT_MS)
  let timer = silence()
  files.onData((data) => {
    clearTimeout(timer)
    timer = silence()
    passed += data.length
    if (passed > IMAGE_LIMITS.archiveBytes)
      content.destroy(new Error(`it has more than ${IMAGE_LIMITS.archiveBytes / 1024 ** 3} GiB`))
    else if (!content.push(data)) files.pause()
  })
  const ended = new Promise<{ code: number | null; reason: string }>((resolve) => {
    files.onEnd((code, reason) => {
      clearTimeout(timer)
      if (!content.destroyed) content.push(null)
      resolve({ code, reason })
    })
  })
  return { content, ended }
}

export class HostSaver {
  private busy = false

  constructor(
    private readonly db: Database,
    private readonly node: SubstrateNodeId,
    /** Where images lie on this machine; null: it has none. */
    private readonly folder: string | null,
    private readonly log: Logger,
  ) {}

  /** One after the other, until none waits. */
  async work(connection: NodeConnection): Promise<void> {
    if (this.busy) return
    this.busy = true
    try {
      for (let next = await claimSaved(this.db, this.node); next; next = await claimSaved(this.db, this.node)) {
        const { id, hostKey } = next
        const saved = await this.save(connection, id, hostKey).catch((error: unknown) =>
          unread(error instanceof Error ? error.message : String(error)),
        )
        if (saved.ok) await this.handOn(id)
        else await failImage(this.db, id, saved.problem)
        this.log.info({ host: hostKey, ok: saved.ok }, 'the files of a host were asked for')
      }
    } catch (error) {
      this.log.error({ err: error }, 'the files of a host could not be saved')
    } finally {
      this.busy = false
    }
  }

  /** Given up while it was read, nobody else takes away what has come. */
  private async handOn(id: string) {
    if (!(await queueImage(this.db, id)) && this.folder !== null)
      await rm(join(this.folder, 'incoming', id), { force: true })
  }

  private async save(connection: NodeConnection, id: string, hostKey: string): Promise<Result<null>> {
    if (this.folder === null) return unread('this controller has no place for images')
    const opened = await connection.openFiles(hostKey)
    if (!opened.ok) return opened
    const { content, ended } = streamOf(opened.value)
    const place = join(this.folder, 'incoming', id) // where the image builder looks for uploads, under the row's id
    await mkdir(dirname(place), { recursive: true, mode: 0o700 })
    const sink = createWriteStream(`${place}.part`, { mode: 0o600 })
    const timer = setInterval(() => {
      tellProgress(this.db, id, `Reading its files: ${Math.floor(sink.bytesWritten / MIB)} MiB`).catch(
        (error: unknown) => this.log.warn({ err: error }, 'how far a host is saved could not be written'),
      )
    }, TELL_EVERY_MS)
    try {
      await pipeline(content, sink)
      const { code, reason } = await ended
      if (code !== 0) return unread(reason === '' ? `its tar ended with ${code ?? 'nothing'}` : reason.slice(0, 200))
      await rename(`${place}.part`, place)
      return ok(null)
    } finally {
      clearInterval(timer)
      await rm(`${place}.part`, { force: true })
    }
  }
}
