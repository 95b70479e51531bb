// Who brings a node the images that it lacks? One after the other over its connection; a lost one is begun anew.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeReport } from '@myvini/core/desired/report'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { ImageHash } from '@myvini/core/images/image'
import type { Database } from '@myvini/store/database'
import { recordNodeImages, recordSending } from '@myvini/store/images'
import type { NodeConnection } from '@myvini/transport/node-connection'
import type { Logger } from 'pino'

const TELL_EVERY_MS = 1000
/** A node that has just refused one is not asked again at once. */
const PAUSE_AFTER_FAILURE_MS = 10_000

export class ImageSender {
  private busy = false
  private present = ''
  private notBefore = 0

  constructor(
    private readonly db: Database,
    private readonly node: SubstrateNodeId,
    /** Where images lie on this machine; null: it has none. */
    private readonly folder: string | null,
    private readonly log: Logger,
  ) {}

  /** With each report of the node. */
  async follow(connection: NodeConnection, { present, missing }: NodeReport['images']): Promise<void> {
    const text = present.join()
    if (text !== this.present) {
      await recordNodeImages(this.db, this.node, present)
      this.present = text
    }
    if (this.busy || missing.length === 0 || Date.now() < this.notBefore) return
    this.busy = true
    try {
      for (const hash of missing) await this.send(connection, hash)
    } catch (error) {
      this.log.error({ err: error }, 'an image could not be sent')
    } finally {
      this.busy = false
    }
  }

  private async send(connection: NodeConnection, hash: string) {
    const path = this.folder !== null && ImageHash.safeParse(hash).success ? join(this.folder, `${hash}.tar.gz`) : null
    const file = path === null ? null : await stat(path).catch(() => null)
    if (path === null || !file) {
      this.notBefore = Date.now() + PAUSE_AFTER_FAILURE_MS
      return this.log.warn({ hash }, 'the node wants an image that is not here')
    }
    const content = createReadStream(path, { highWaterMark: 256 * 1024 })
    const since = Date.now()
    const timer = setInterval(() => {
      recordSending(this.db, this.node, hash, content.bytesRead).catch((error: unknown) =>
        this.log.warn({ err: error }, 'how far an image has come could not be written'),
      )
    }, TELL_EVERY_MS)
    const sent = await connection.sendImage(hash, content).finally(() => clearInterval(timer))
    if (sent.ok) {
      this.log.info({ hash, bytes: file.size, ms: Date.now() - since }, 'image sent')
      await connection.observe()
      return
    }
    this.notBefore = Date.now() + PAUSE_AFTER_FAILURE_MS
    await recordSending(this.db, this.node, hash, null)
    this.log.warn({ hash, problem: sent.problem }, 'the node did not take an image')
  }
}
