// Which part of which slice does a path into a node spec lead to? For refusals, which are read by people.
import type { Problem } from '../result'

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const stepInto = (value: unknown, step: PropertyKey | undefined): unknown =>
  isRecord(value) && (typeof step === 'string' || typeof step === 'number') ? value[step] : undefined

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value.slice(0, 200) : null)

const KINDS = { hosts: 'host', switches: 'lan', links: 'link' } as const
const kindOf = (list: PropertyKey | undefined) =>
  list === 'hosts' || list === 'switches' || list === 'links' ? KINDS[list] : null

export interface SpecPlace {
  /** `host r1 of demo/abilene, routes.3.via`; the path itself where it leads to no part of a slice. */
  words: string
  /** The part's key as the node has it. */
  subject?: NonNullable<Problem['subject']>
}

/** `document` is what was refused, so nothing about its shape is sure. */
export function placeInSpec(document: unknown, path: readonly PropertyKey[]): SpecPlace {
  const plain = path.map(String).join('.') || 'its top'
  const [slivers, at, list, index, ...rest] = path
  const kind = kindOf(list)
  if (slivers !== 'slivers' || kind === null || index === undefined) return { words: plain }
  const sliver = stepInto(stepInto(document, slivers), at)
  const part = stepInto(stepInto(sliver, list), index)
  const key = text(stepInto(part, 'key'))
  if (key === null) return { words: plain }
  const name = text(stepInto(part, 'name')) ?? key
  const label = text(stepInto(sliver, 'label'))
  const where = rest.map(String).join('.')
  return {
    words: `${kind === 'lan' ? 'LAN' : kind} ${name}${label === null ? '' : ` of ${label}`}${where === '' ? '' : `, ${where}`}`,
    subject: { kind, id: key },
  }
}
