// How does the drawing differ from what was booked? For the people who look at both.
import type { Topology } from '@myvini/core/topology/topology'

export interface Difference {
  /** Ids in the drawing that are not in what was booked. */
  added: ReadonlySet<string>
  /** Ids of what was booked that the drawing no longer has. */
  removed: ReadonlySet<string>
  changed: ReadonlySet<string>
  routing: boolean
}

type Thing = { id: string } & Record<string, unknown>

/** What was read and what was drawn just now tell the same in another order. */
const inOrder = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value

/** Things of a drawing are never changed in place, and an edit leaves most of them as they are. */
const meanings = new WeakMap<Thing, string>()

/** Where a thing is drawn makes no difference to what runs; how a link is emulated is changed without booking again. */
function meaning(thing: Thing): string {
  const known = meanings.get(thing)
  if (known !== undefined) return known
  const { position: _, emulation: __, ...rest } = thing
  const text = JSON.stringify(rest, inOrder)
  meanings.set(thing, text)
  return text
}

export function differenceOf(booked: Topology, drawn: Topology): Difference {
  const all = (t: Topology): readonly Thing[] => [...t.hosts, ...t.lans, ...t.links]
  const before = new Map(all(booked).map((thing) => [thing.id, thing]))
  const after = new Map(all(drawn).map((thing) => [thing.id, thing]))
  const added = new Set([...after.keys()].filter((id) => !before.has(id)))
  const removed = new Set([...before.keys()].filter((id) => !after.has(id)))
  const changed = new Set(
    [...after].flatMap(([id, thing]) => {
      const old = before.get(id)
      return old && old !== thing && meaning(old) !== meaning(thing) ? [id] : []
    }),
  )
  return { added, removed, changed, routing: booked.routing !== drawn.routing }
}

export const isSame = ({ added, removed, changed, routing }: Difference): boolean =>
  added.size + removed.size + changed.size === 0 && !routing

/** `2 added, 1 changed, 1 removed`. */
export function describeDifference({ added, removed, changed, routing }: Difference): string {
  const parts = [
    added.size > 0 ? `${added.size} added` : '',
    changed.size > 0 ? `${changed.size} changed` : '',
    removed.size > 0 ? `${removed.size} removed` : '',
    routing ? 'routing changed' : '',
  ]
  return parts.filter(Boolean).join(', ')
}
