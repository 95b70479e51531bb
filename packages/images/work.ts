// What is done about one image that waits? Built or imported, hashed, put in its place; or taken away.
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, ok, type Problem, type Result } from '@myvini/core/result'
import type { Database } from '@myvini/store/database'
import { failImage, finishImage, forgetImage, tellProgress, type Work } from '@myvini/store/images'
import { settleSavedSlices } from '@myvini/store/saved-slices'
import { buildRoot, type Package } from './build'
import { importRoot } from './import'
import type { RootTree } from './root-tree'
import { imageFile, uploadFile, workFolder } from './store-folder'
import { writeRoot } from './write-root'

interface Made {
  tree: RootTree
  packages: Package[]
}

async function make(folder: string, work: Work, onProgress: (text: string) => void): Promise<Result<Made>> {
  const place = workFolder(folder, work.id)
  await rm(place, { recursive: true, force: true })
  await mkdir(place, { recursive: true, mode: 0o700 })
  if (work.kind === 'recipe') return buildRoot({ ...work, packages: work.wanted }, place, onProgress)
  onProgress('Reading the archive')
  const upload = uploadFile(folder, work.id)
  if (!(await stat(upload).catch(() => null)))
    return fail({ code: 'image.no-upload', message: 'The upload did not arrive whole.', hint: 'Upload it again.' })
  const tree = await importRoot(upload, place)
  return tree.ok ? ok({ tree: tree.value, packages: [] }) : tree
}

async function place(
  db: Database,
  folder: string,
  work: Work,
  onProgress: (text: string) => void,
): Promise<Result<null>> {
  const made = await make(folder, work, onProgress)
  if (!made.ok) return made
  onProgress('Packing')
  const packed = join(workFolder(folder, work.id), 'packed.tar.gz')
  const written = await writeRoot(made.value.tree.sorted(), packed)
  await rename(packed, imageFile(folder, written.hash))
  const isWanted = await finishImage(db, work.id, { ...written, packages: made.value.packages })
  if (!isWanted) await rm(imageFile(folder, written.hash), { force: true })
  return ok(null)
}

const surprise = (error: unknown): Problem => ({
  code: 'image.surprise',
  message: `The image could not be made: ${error instanceof Error ? error.message : String(error)}`,
  hint: 'Look into the log of the image builder: ./myvini logs images.',
})

/** Whatever comes of it is written down; nothing is left in the work folder. */
export async function workOnImage(db: Database, folder: string, work: Work): Promise<void> {
  if (work.kind === 'delete') {
    const { hashStillUsed } = await forgetImage(db, work.id)
    if (work.hash !== null && !hashStillUsed) await rm(imageFile(folder, work.hash), { force: true })
    await rm(uploadFile(folder, work.id), { force: true })
    return
  }
  // At most one write a second, and one in twenty seconds at least: whoever watches sees it move, others that it lives.
  let text = 'Starting'
  let told = ''
  let silent = 0
  const timer = setInterval(() => {
    if (text === told && ++silent < 20) return
    told = text
    silent = 0
    tellProgress(db, work.id, text).catch((error: Error) => process.stderr.write(`${error.message}\n`))
  }, 1000)
  try {
    const result = await place(db, folder, work, (next) => {
      text = next
    })
    if (!result.ok) await failImage(db, work.id, result.problem)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    await failImage(db, work.id, surprise(error))
  } finally {
    clearInterval(timer)
    await settleSavedSlices(db)
    await rm(workFolder(folder, work.id), { recursive: true, force: true })
    await rm(uploadFile(folder, work.id), { force: true })
  }
}
