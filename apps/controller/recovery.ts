// A node has failed: what becomes of what it carried? As the policy says, it moves to other nodes, or those who are hurt are
// told in words.
import { type ReEmbedding, reEmbed } from '@myvini/core/embedding/re-embed'
import { requestOf } from '@myvini/core/embedding/request'
import type { Problem } from '@myvini/core/result'
import type { Topology } from '@myvini/core/topology/topology'
import type { Database } from '@myvini/store/database'
import { loadPolicy } from '@myvini/store/policy'
import {
  findStranded,
  loadStranded,
  nextFailure,
  type Stranded,
  tellHurt,
  writeReEmbedding,
} from '@myvini/store/re-embedding'
import { loadSubstrate } from '@myvini/store/substrate'
import { loadUsage } from '@myvini/store/usage'

const ATTEMPTS = 5
/** What had no room is tried again after this: others may have given something back. */
const AGAIN_MS = 15_000

export class Recovery {
  /** When each that could not be helped is looked at again. */
  private readonly later = new Map<string, number>()

  constructor(
    private readonly db: Database,
    /** Other specs are due on these nodes. */
    private readonly onNodes: (nodeIds: readonly string[]) => void,
    private readonly clockMs: () => number = () => performance.now(),
  ) {}

  /** One round over all that is hurt. Returns in how many milliseconds the next node counts as failed. */
  async round(): Promise<number | null> {
    const { action, graceSeconds } = (await loadPolicy(this.db)).onNodeFailure
    if (action === 'wait') return null
    const ids = await findStranded(this.db, graceSeconds)
    for (const id of this.later.keys()) if (!ids.includes(id)) this.later.delete(id)
    for (const id of ids) {
      if ((this.later.get(id) ?? 0) > this.clockMs()) continue
      const stranded = await loadStranded(this.db, id, graceSeconds)
      if (!stranded) continue
      const isHelped = action === 're-embed' ? await this.move(stranded) : await this.tell(stranded, waiting(stranded))
      if (!isHelped) this.later.set(id, this.clockMs() + AGAIN_MS)
    }
    return nextFailure(this.db, graceSeconds)
  }

  private async tell(stranded: Stranded, problem: Problem): Promise<boolean> {
    await tellHurt(this.db, stranded, problem)
    return false
  }

  private async move(stranded: Stranded): Promise<boolean> {
    const { topology, window, placement, current, lost } = stranded
    const request = requestOf(topology)
    for (let seed = 1; seed <= ATTEMPTS; seed++) {
      const range = { startsAt: new Date(window.fromMs), endsAt: new Date(window.untilMs) }
      const [substrate, used] = await Promise.all([loadSubstrate(this.db), loadUsage(this.db, range, stranded.id)])
      const options = { placement, seed }
      const solved = reEmbed({ substrate, used, request, current, lost: new Set(lost.keys()), options })
      if (!solved.ok) return this.tell(stranded, noRoom(stranded, solved.problem))
      const { moved, replaced } = solved.value
      // All that is on it was pinned to it by a person: nothing to do but wait.
      if (moved.length + replaced.length === 0) return this.tell(stranded, waiting(stranded))
      const names = new Map(substrate.nodes.map((node) => [node.id, node.name]))
      const story = storyOf(stranded, solved.value, (id) => names.get(id) ?? id)
      const written = await writeReEmbedding(this.db, stranded, { request, substrate, result: solved.value }, story)
      if (written === 'changed') return true
      if (written !== 'moved') continue
      this.onNodes([
        ...current.nodes.values(),
        ...nodesOf(current, substrate),
        ...nodesOf(solved.value.embedding, substrate),
      ])
      return true
    }
    return false
  }
}

const nodesOf = (
  { nodes, paths }: Stranded['current'],
  { links }: Awaited<ReturnType<typeof loadSubstrate>>,
): string[] => {
  const used = new Set([...paths.values()].flat())
  return [...nodes.values(), ...links.filter((l) => used.has(l.id)).flatMap((l) => [l.a, l.b])]
}

const listed = (names: readonly string[], most = 8): string => {
  const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : names
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

const silent = ({ lost }: Stranded): string =>
  `${listed([...lost.values()].toSorted())} ${lost.size === 1 ? 'does' : 'do'} not answer`

const namesOf = ({ hosts, lans }: Topology, ids: readonly string[]): string[] => {
  const names = new Map<string, string>([...hosts, ...lans].map((thing) => [thing.id, thing.name]))
  return ids.map((id) => names.get(id) ?? id)
}

function hurtBy({ topology, current, lost }: Stranded): string {
  const on = [...current.nodes].filter(([, node]) => lost.has(node)).map(([id]) => id)
  return on.length > 0 ? listed(namesOf(topology, on)) : 'links that pass there'
}

const waiting = (stranded: Stranded): Problem => ({
  code: 'slice.hurt',
  message: `${silent(stranded)}: ${hurtBy(stranded)} may be down.`,
  hint: `They come back with ${stranded.lost.size === 1 ? 'the node' : 'the nodes'}. To go on before that, stop the slice and book it again without it.`,
  subject: { kind: 'reservation', id: stranded.id },
})

const noRoom = (stranded: Stranded, problem: Problem): Problem => ({
  code: 'slice.hurt',
  message: `${silent(stranded)}, and what it carried of this slice (${hurtBy(stranded)}) has no room elsewhere: ${problem.message}`,
  hint: 'It is tried again by itself, and comes back with the node. A smaller slice may fit: stop this one and book it again.',
  subject: { kind: 'reservation', id: stranded.id },
})

/** What happened and what is to do, for whoever works in the slice. */
function storyOf(
  stranded: Stranded,
  { embedding, moved, stuck, replaced }: ReEmbedding,
  nameOf: (node: NonNullable<ReturnType<ReEmbedding['embedding']['nodes']['get']>>) => string,
): string {
  const { topology } = stranded
  const parts = [`${silent(stranded)}.`]
  if (moved.length > 0) {
    const places = new Set(moved.flatMap((id) => embedding.nodes.get(id) ?? []).map(nameOf))
    parts.push(
      `${listed(namesOf(topology, moved))} moved to ${listed([...places].toSorted())} and ${moved.length === 1 ? 'begins' : 'begin'} anew: start again what ran there; files on it are lost.`,
    )
  }
  if (replaced.length > 0)
    parts.push(`${replaced.length} ${replaced.length === 1 ? 'link was' : 'links were'} laid anew.`)
  if (stuck.length > 0)
    parts.push(
      `${listed(namesOf(topology, stuck))} ${stuck.length === 1 ? 'is' : 'are'} pinned there and ${stuck.length === 1 ? 'waits' : 'wait'} for it.`,
    )
  return parts.join(' ')
}
