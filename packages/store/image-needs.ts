// What do the images need that a drawing names? By reference to their hashes, and from those to the least they start with.
import { HOST_USR, parseImageReference } from '@myvini/core/images/image'
import { checkNeeds, ImageNeeds } from '@myvini/core/images/needs'
import { fail, ok, type Result } from '@myvini/core/result'
import type { Topology } from '@myvini/core/topology/topology'
import type { Database, Transaction } from './database'

interface ImageWish {
  references: Iterable<string>
  /** Only what was ready by then. */
  by: Date
  /** Only what is open to this project; undefined: it was looked at when it was booked. */
  projectId?: string
}

/** Hashes by reference, for each wish, of images that are ready; `host-usr` needs none and is always itself. One question. */
export async function resolveImagesOf(
  db: Database | Transaction,
  wishes: readonly ImageWish[],
): Promise<Map<string, string>[]> {
  const named = wishes.map((wish) => ({
    ...wish,
    parsed: new Map([...new Set(wish.references)].map((text) => [text, parseImageReference(text)])),
  }))
  const names = new Set(
    named.flatMap(({ parsed }) => [...parsed].flatMap(([text, p]) => (p && text !== HOST_USR ? [p.name] : []))),
  )
  const rows =
    names.size === 0
      ? []
      : await db.image.findMany({
          where: { name: { in: [...names] }, state: 'ready' },
          orderBy: { version: 'desc' },
          select: { name: true, version: true, hash: true, finishedAt: true, projectId: true },
        })
  return named.map(({ parsed, by, projectId }) => {
    const found = new Map<string, string>()
    for (const [reference, wanted] of parsed) {
      const row = rows.find(
        (r) =>
          r.name === wanted?.name &&
          (wanted.version === null || r.version === wanted.version) &&
          r.finishedAt !== null &&
          r.finishedAt <= by &&
          (projectId === undefined || r.projectId === null || r.projectId === projectId),
      )
      if (reference === HOST_USR) found.set(reference, HOST_USR)
      else if (row?.hash) found.set(reference, row.hash)
    }
    return found
  })
}

/** By hash, what hosts need that start from images which are ready. */
async function needsByHash(db: Database | Transaction, hashes: Iterable<string>): Promise<Map<string, ImageNeeds>> {
  const wanted = [...new Set(hashes)].filter((hash) => hash !== HOST_USR)
  if (wanted.length === 0) return new Map()
  const rows = await db.image.findMany({
    where: { hash: { in: wanted }, state: 'ready' },
    select: { hash: true, needs: true },
  })
  return new Map(rows.map((row) => [row.hash ?? '', ImageNeeds.parse(row.needs)]))
}

/** What a host needs that starts from the image by this hash. */
export const needsOfImage = async (db: Database | Transaction, hash: string): Promise<ImageNeeds> =>
  (await needsByHash(db, [hash])).get(hash) ?? ImageNeeds.parse({})

/** What a host that runs needs: of the image that it was restored from, or else of the one it was drawn with. */
export async function needsOfRunning(
  db: Database | Transaction,
  { reservationId, drawn, restored }: { reservationId: string; drawn: string; restored: string | null | undefined },
): Promise<ImageNeeds> {
  if (restored) return needsOfImage(db, restored)
  const { requestedAt } = await db.reservation.findUniqueOrThrow({
    where: { id: reservationId },
    select: { requestedAt: true },
  })
  const [known] = await resolveImagesOf(db, [{ references: [drawn], by: requestedAt }])
  return needsOfImage(db, known?.get(drawn) ?? HOST_USR)
}

/** Refuses a drawing that names an image which is not there, or a host with less than its image needs; says which host. */
export async function checkImages(
  db: Database | Transaction,
  topology: Topology,
  now: Date,
  projectId: string,
): Promise<Result<null>> {
  const hosts = topology.hosts.filter((h) => h.class === 'vserver')
  const [known] = await resolveImagesOf(db, [{ references: hosts.map((h) => h.image), by: now, projectId }])
  const lost = hosts.find((h) => !known?.has(h.image))
  if (lost)
    return fail({
      code: 'image.unknown',
      message: `${lost.name}, field image: there is no image "${lost.image}" that is ready.`,
      hint: 'Choose another in the host’s inspector, or ask an admin to build it.',
      subject: { kind: 'host', id: lost.id },
    })
  const needs = await needsByHash(db, known?.values() ?? [])
  for (const host of hosts) {
    const least = needs.get(known?.get(host.image) ?? '')
    const tooLittle = least ? checkNeeds(host, host.image, least) : null
    if (tooLittle) return fail(tooLittle)
  }
  return ok(null)
}
