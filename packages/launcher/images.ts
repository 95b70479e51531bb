// Images from the command line: asked for here, built by the builder that `up` keeps running, watched until it is done.
import { chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { RECIPES } from '@myvini/core/images/recipes'
import { type Database, openDatabase } from '@myvini/store/database'
import { addImage, type ImageRow, listImages } from '@myvini/store/images'
import { clusterUrl } from '@myvini/store/server/cluster'
import { clusterOf } from './database'
import { type Instance, imagesFolder, openInstance, readSettings } from './instance'
import { ToldFailure } from './steps'

/** The portal puts uploads there, the controller reads what the builder made. */
export async function prepareImages(instance: Instance): Promise<string> {
  for (const folder of [imagesFolder(instance), join(imagesFolder(instance), 'incoming')]) {
    await mkdir(folder, { recursive: true, mode: 0o750 })
    if (instance.user) await chown(folder, instance.user.uid, instance.user.gid)
  }
  return 'built when asked for'
}

const mib = (bytes: number | null): string => (bytes === null ? '' : `${Math.round(bytes / 1024 / 1024)} MiB`)

function line(image: ImageRow): string {
  const where = image.nodes.filter((n) => n.present).map((n) => n.name)
  const what =
    image.state === 'ready' ? `${mib(image.packedBytes)} packed, ${mib(image.unpackedBytes)}` : image.progress
  const hash = image.hash?.slice(0, 12) ?? ''
  return [image.label.padEnd(16), image.state.padEnd(9), hash.padEnd(13), what, where.join(', ')].join(' ').trimEnd()
}

async function build(db: Database, name: string): Promise<number> {
  const recipe = RECIPES.find((r) => r.name === name)
  if (!recipe) throw new Error(`there is no recipe "${name}"; there are ${RECIPES.map((r) => r.name).join(' and ')}`)
  const added = await addImage(db, { recipe, source: 'recipe', actorId: null })
  if (!added.ok) throw new Error(`${added.problem.message} ${added.problem.hint}`)
  let told = ''
  for (;;) {
    const image = (await listImages(db)).find((i) => i.id === added.value.id)
    if (!image) throw new Error('the image was deleted while it was built')
    if (image.progress !== told && image.progress !== '') process.stdout.write(`  ${image.progress}\n`)
    told = image.progress
    if (image.state === 'ready') {
      process.stdout.write(`${line(image)}\n`)
      return 0
    }
    if (image.state === 'failed') {
      process.stderr.write(`${image.problem?.message ?? 'It failed.'} ${image.problem?.hint ?? ''}\n`)
      throw new ToldFailure('image build')
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

export async function imageCommand([command = 'list', name]: readonly string[]): Promise<number> {
  const instance = await openInstance(process.env)
  const settings = await readSettings(instance)
  const url =
    process.env.DATABASE_URL ??
    (settings === null ? null : await clusterUrl(clusterOf(instance, settings.postgresPort), 'myvini'))
  if (url === null) throw new Error('nothing runs here yet; start with ./myvini up')
  const db = openDatabase({ url, connections: 1 })
  try {
    if (command === 'build' && name !== undefined) return await build(db, name)
    if (command !== 'list') throw new Error('./myvini image list, or ./myvini image build NAME')
    const images = await listImages(db)
    for (const image of images) process.stdout.write(`${line(image)}\n`)
    if (images.length === 0)
      process.stdout.write('No images yet. Hosts start from the node’s own programs (host-usr).\n')
    return 0
  } finally {
    await db.$disconnect()
  }
}
