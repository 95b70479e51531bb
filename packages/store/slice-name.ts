// What shall a slice be called when nobody has said? The stem, or the stem with the first number that is free.
import type { Database, Transaction } from './database'

const LONGEST = 80

export async function freeSliceName(db: Database | Transaction, projectId: string, stem: string): Promise<string> {
  const short = stem.slice(0, LONGEST - 5).trim()
  const rows = await db.slice.findMany({
    where: { projectId, deletedAt: null, name: { startsWith: short } },
    select: { name: true },
  })
  const taken = new Set(rows.map((row) => row.name))
  for (let n = 1; ; n++) {
    const name = n === 1 ? short : `${short} ${n}`
    if (!taken.has(name)) return name
  }
}
