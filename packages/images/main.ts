// The image builder as a process: the one part beside the agents that is root, as installing packages into a root file
// system takes. It talks to nobody but the database, and takes nothing from there but names of packages.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from '@myvini/store/database'
import { listenForHints } from '@myvini/store/hints'
import { claimImage } from '@myvini/store/images'
import { settleSavedSlices } from '@myvini/store/saved-slices'
import { z } from 'zod'
import { workOnImage } from './work'

const Env = z.object({ DATABASE_URL: z.string().min(1), MYVINI_IMAGES: z.string().startsWith('/') })
const LOOK_EVERY_MS = 15_000

const { DATABASE_URL: url, MYVINI_IMAGES: folder } = Env.parse(process.env)
const db = openDatabase({ url, connections: 2 })
await mkdir(join(folder, 'work'), { recursive: true, mode: 0o700 })

let isBusy = false
let again = false
async function round(): Promise<void> {
  again = true
  if (isBusy) return
  isBusy = true
  try {
    while (again) {
      again = false
      await settleSavedSlices(db)
      for (let work = await claimImage(db, new Date()); work; work = await claimImage(db, new Date())) {
        process.stdout.write(`${new Date().toISOString()} ${work.kind} ${work.name}.${work.version}\n`)
        await workOnImage(db, folder, work)
      }
    }
  } catch (error) {
    // The database is gone for a while; the next look tells.
    process.stderr.write(`${new Date().toISOString()} ${error instanceof Error ? error.message : String(error)}\n`)
  } finally {
    isBusy = false
  }
}

listenForHints(
  url,
  ({ kind }) => void (kind === 'image' && round()),
  () => void round(),
)
setInterval(() => void round(), LOOK_EVERY_MS)
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))
