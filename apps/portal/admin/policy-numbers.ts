// Numbers of the policy as texts in fields, and back.
import type { Exception, Limits, Policy, Totals } from '@myvini/core/reservation/policy'

export type Texts = Record<string, string>

interface Amount<K extends string> {
  key: K
  label: string
  unit: string
}

export const LIMITS: readonly Amount<keyof Limits>[] = [
  { key: 'hosts', label: 'Virtual hosts', unit: 'hosts' },
  { key: 'cpuPercent', label: 'CPU, all hosts together', unit: '%' },
  { key: 'linkMbps', label: 'Link capacity, all links together', unit: 'Mbit/s' },
  { key: 'windowHours', label: 'Length of the window', unit: 'h' },
]

export const TOTALS: readonly Amount<keyof Totals>[] = [
  { key: 'hosts', label: 'Virtual hosts of a project at once', unit: 'hosts' },
  { key: 'cpuPercent', label: 'CPU of a project at once', unit: '%' },
  { key: 'linkMbps', label: 'Link capacity of a project at once', unit: 'Mbit/s' },
]

export const number = (text: string | undefined): number =>
  text === undefined || text.trim() === '' ? Number.NaN : Number(text.trim())

export const limitsOf = (texts: Texts, which: 'automatic' | 'most'): Limits => ({
  hosts: number(texts[`${which}.hosts`]),
  cpuPercent: number(texts[`${which}.cpuPercent`]),
  linkMbps: number(texts[`${which}.linkMbps`]),
  windowHours: number(texts[`${which}.windowHours`]),
})

export const totalOf = (texts: Texts): Totals => ({
  hosts: number(texts['total.hosts']),
  cpuPercent: number(texts['total.cpuPercent']),
  linkMbps: number(texts['total.linkMbps']),
})

/** By the path of each number in the policy. */
export const textsOf = (
  policy: Pick<Policy, 'automatic' | 'most' | 'total' | 'slicesAtOnce' | 'bookAheadDays'>,
): Texts => ({
  ...Object.fromEntries([
    ...LIMITS.map(({ key }) => [`automatic.${key}`, String(policy.automatic[key])]),
    ...LIMITS.map(({ key }) => [`most.${key}`, String(policy.most[key])]),
    ...TOTALS.map(({ key }) => [`total.${key}`, String(policy.total[key])]),
  ]),
  slicesAtOnce: String(policy.slicesAtOnce),
  bookAheadDays: String(policy.bookAheadDays),
})

/** What an exception says, by the same paths. */
export function exceptionTexts(exception: Exception | null): Texts {
  if (!exception) return {}
  const { most, automatic, total, slicesAtOnce, bookAheadDays, netns } = exception
  const texts: Texts = {}
  const put = (path: string, value: number | undefined) => {
    if (value !== undefined) texts[path] = String(value)
  }
  for (const { key } of LIMITS) put(`automatic.${key}`, automatic[key])
  for (const { key } of LIMITS) put(`most.${key}`, most[key])
  for (const { key } of TOTALS) put(`total.${key}`, total[key])
  put('slicesAtOnce', slicesAtOnce)
  put('bookAheadDays', bookAheadDays)
  if (netns !== undefined) texts.netns = netns ? 'yes' : 'no'
  return texts
}

/** Null where every field is empty: nothing is otherwise. */
export function exceptionOf(texts: Texts): Exception | null {
  const said = (path: string) => (texts[path] ?? '').trim() !== ''
  const part = <K extends string>(which: string, amounts: readonly Amount<K>[]) =>
    Object.fromEntries(
      amounts.flatMap(({ key }) => (said(`${which}.${key}`) ? [[key, number(texts[`${which}.${key}`])]] : [])),
    ) as Partial<Record<K, number>> // its keys are those of the amounts
  if (Object.values(texts).every((text) => text.trim() === '')) return null
  return {
    automatic: part('automatic', LIMITS),
    most: part('most', LIMITS),
    total: part('total', TOTALS),
    ...(said('slicesAtOnce') && { slicesAtOnce: number(texts.slicesAtOnce) }),
    ...(said('bookAheadDays') && { bookAheadDays: number(texts.bookAheadDays) }),
    ...(said('netns') && { netns: texts.netns === 'yes' }),
  }
}

/** In a line: what is otherwise. */
export function exceptionWords(exception: Exception | null): string {
  if (!exception) return 'as for everyone'
  const { most, automatic, total, slicesAtOnce, bookAheadDays, netns } = exception
  const amounts = (of: Partial<Limits>, amount: readonly Amount<keyof Limits>[]) =>
    amount.flatMap(({ key, unit }) => (of[key] === undefined ? [] : [`${of[key]} ${unit}`])).join(', ')
  const parts = [
    [amounts(automatic, LIMITS), 'at once without asking'],
    [amounts(most, LIMITS), 'at most for a slice'],
    [amounts(total, TOTALS), 'for all slices of a project'],
    [slicesAtOnce === undefined ? '' : `${slicesAtOnce} slices`, 'at once'],
    [bookAheadDays === undefined ? '' : `${bookAheadDays} days`, 'ahead'],
  ]
  const words = parts.flatMap(([what, which]) => (what ? [`${what} ${which}`] : []))
  if (netns !== undefined) words.push(netns ? 'class netns' : 'no class netns')
  return words.join('; ') || 'as for everyone'
}
