// A template by its slug, for what is made from one.
import type { Topology } from '@myvini/core/topology/topology'
import type { Database } from '@myvini/store/database'
import { topologyOf } from '@myvini/store/slices'
import { refuse } from './problems'

export async function templateTopology(db: Database, slug: string): Promise<Topology> {
  const row = await db.template.findUnique({ where: { slug } })
  if (row) return topologyOf(row)
  const known = await db.template.findMany({ select: { slug: true }, orderBy: { position: 'asc' } })
  return refuse({
    code: 'template.unknown',
    message: `There is no template "${slug}".`,
    hint: `There are ${known.map((t) => t.slug).join(', ') || 'none at all'}.`,
    subject: { kind: 'field', id: 'template' },
  })
}
