// What of a drawing was not saved when its page went away? Kept in the browser until it is.
import { Topology } from '@myvini/core/topology/topology'
import { z } from 'zod'

const Draft = z.object({ base: z.number(), at: z.coerce.date(), topology: Topology })
export type Draft = z.infer<typeof Draft>

const keyOf = (sliceId: string) => `myvini.draft.${sliceId}`

/** Null when there is none, or when it is damaged: half a drawing is worse than the last saved one. */
export function readDraft(storage: Storage, sliceId: string): Draft | null {
  const text = storage.getItem(keyOf(sliceId))
  if (text === null) return null
  try {
    const parsed = Draft.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

export function writeDraft(
  storage: Storage,
  sliceId: string,
  draft: { base: number; topology: Topology } | null,
): void {
  try {
    if (draft === null) storage.removeItem(keyOf(sliceId))
    else storage.setItem(keyOf(sliceId), JSON.stringify({ ...draft, at: new Date() }))
  } catch {
    // Storage is full or forbidden: the drawing is still saved on the server, only a crash would lose a second of it.
  }
}
