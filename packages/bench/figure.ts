// What is one measured figure, and how does a table of them look?

export interface Figure {
  /** Stable over versions: `abilene_up_s`. */
  id: string
  value: number
  unit: string
  /** The same measure of what it is compared with, taken in the same run; null where there is nothing to compare. */
  baseline: number | null
  /** What the issue asks for, in words a table can hold: `≤ 2`. */
  goal: string
  /** Rounds behind the median. */
  n: number
  method: string
}

/** What this machine cannot measure, and why: a figure without a value, not one that is missing. */
export const unmeasured = (of: Pick<Figure, 'id' | 'unit' | 'goal'>, why: string): Figure => ({
  ...of,
  ...{ value: Number.NaN, baseline: null, n: 0, method: `not measured: ${why}` },
})

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Linear between the two nearest ranks. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}

const COLUMNS = ['id', 'value', 'unit', 'baseline', 'goal', 'n', 'method'] as const

export const cell = (value: string | number | null): string =>
  value === null || Number.isNaN(value) ? '–' : typeof value === 'number' ? String(Number(value.toPrecision(4))) : value

/** A table for a terminal; numbers right-aligned. */
export function formatTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => COLUMNS.map((column) => cell(figure[column])))
  const all = [[...COLUMNS] as string[], ...rows]
  const widths = COLUMNS.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)))
  const numeric = new Set<string>(['value', 'baseline', 'n'])
  return all
    .map((row) =>
      row
        .map((text, i) => (numeric.has(COLUMNS[i] ?? '') ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
