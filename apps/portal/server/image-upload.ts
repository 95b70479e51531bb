// How does an uploaded archive come to the image builder? Streamed to a file named by the id of its row: nothing of what
// the uploader calls it is part of a path, and no more of it is kept than an archive may have.
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { IMAGE_LIMITS, ImageName } from '@myvini/core/images/image'
import { ImageNeeds, LEAST } from '@myvini/core/images/needs'
import type { Problem } from '@myvini/core/result'
import { addImage, failImage, queueImage, tellProgress } from '@myvini/store/images'
import { z } from 'zod'
import type { Context } from './trpc'

const Query = z.object({
  name: ImageName,
  description: z.string().max(300).default(''),
  /** MiB: what hosts that start from it need at least. */
  memory: z.coerce.number().pipe(ImageNeeds.shape.memoryMib.unwrap()).default(LEAST.memoryMib),
})

interface UploadAnswer {
  status: number
  body: { id: string } | { problem: Problem }
}

const refuse = (status: number, code: string, message: string, hint: string): UploadAnswer => ({
  status,
  body: { problem: { code: `image.${code}`, message, hint } },
})

const gib = (bytes: number) => `${bytes / 1024 ** 3} GiB`
const tooLarge = `An archive may have ${gib(IMAGE_LIMITS.archiveBytes)}.`

class Limit extends Transform {
  passed = 0
  override _transform(chunk: Buffer, _: unknown, done: (error?: Error | null, data?: Buffer) => void) {
    this.passed += chunk.length
    if (this.passed > IMAGE_LIMITS.archiveBytes) done(new Error(tooLarge))
    else done(null, chunk)
  }
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Buffer> {
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield Buffer.from(value)
  }
}

export async function takeUpload(
  { db, person }: Pick<Context, 'db' | 'person'>,
  folder: string | null,
  request: Request,
): Promise<UploadAnswer> {
  if (!person) return refuse(401, 'signed-out', 'You are not signed in.', 'Sign in and come back.')
  if (person.role !== 'admin') return refuse(403, 'refused', 'This is for admins.', 'Ask an admin to do it.')
  if (folder === null)
    return refuse(
      503,
      'no-folder',
      'This portal has no place for images.',
      'Set MYVINI_IMAGES for portal, controller and image builder.',
    )
  const query = Query.safeParse(Object.fromEntries(new URL(request.url).searchParams))
  if (!query.success) {
    const [issue] = query.error.issues
    const field = issue?.path.join('.') ?? 'name'
    return refuse(
      400,
      field,
      `${field}: ${issue?.message ?? 'missing'}.`,
      field === 'memory' ? `Give it MiB, at least ${LEAST.memoryMib}.` : 'Give it a name such as my-router.',
    )
  }
  if (Number(request.headers.get('content-length') ?? 0) > IMAGE_LIMITS.archiveBytes)
    return refuse(413, 'large', tooLarge, 'Leave out what no virtual host needs.')
  if (!request.body) return refuse(400, 'empty', 'No archive came.', 'Choose a file.')
  const { memory: memoryMib, ...named } = query.data
  const recipe = { ...named, needs: { ...LEAST, memoryMib } }
  const added = await addImage(db, { recipe, source: 'archive', actorId: person.id })
  if (!added.ok) return { status: 409, body: { problem: added.problem } }
  const { id } = added.value
  const place = join(folder, 'incoming', id)
  const limit = new Limit()
  const timer = setInterval(() => {
    void tellProgress(db, id, `Being uploaded: ${Math.round(limit.passed / 1024 / 1024)} MiB`)
  }, 1000)
  try {
    await pipeline(Readable.from(chunksOf(request.body)), limit, createWriteStream(`${place}.part`, { mode: 0o640 }))
    await rename(`${place}.part`, place)
    await queueImage(db, id)
    return { status: 200, body: { id } }
  } catch (error) {
    await rm(`${place}.part`, { force: true })
    const message = error instanceof Error ? error.message : String(error)
    const problem = { code: 'image.upload', message: `The upload broke off: ${message}`, hint: 'Upload it again.' }
    await failImage(db, id, problem)
    return { status: 400, body: { problem } }
  } finally {
    clearInterval(timer)
  }
}
