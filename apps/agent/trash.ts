// When is deleted what hosts have left? When whoever waited for them to go has been told: taking folders apart is the disk's
// work and ours, and nobody waits for it.
import { emptyTrash } from './own-files'

const AFTER_MS = 1000

export class Trash {
  private timer: NodeJS.Timeout | null = null

  constructor(
    private readonly folders: readonly string[],
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Once, however often it is asked for meanwhile. */
  emptySoon() {
    this.timer ??= setTimeout(() => {
      this.timer = null
      for (const folder of this.folders) emptyTrash(folder).catch(this.onError)
    }, AFTER_MS)
  }

  /** What is left then goes the next time. */
  close() {
    if (this.timer) clearTimeout(this.timer)
  }
}
