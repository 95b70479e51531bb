// What is a part of the benchmark of the datapath? Figures that are measured together, on the same nodes, in the same rounds.
import type { Figure } from '../figure'

export interface Context {
  /** Rounds, each of which measures every subject once. */
  rounds: number
  quick: boolean
  log: (line: string) => void
}

export interface Part {
  /** The figures it can measure; ids that are asked for by name. */
  ids: readonly string[]
  /** Measures those of its ids that are wanted; may add figures they were computed from. */
  measure: (wanted: ReadonlySet<string>, context: Context) => Promise<Figure[]>
}

/** What the method column needs to hold of two rates. */
export const beside = (unit: string, a: [string, number], b: [string, number]) =>
  `${a[0]} ${rounded(a[1])}, ${b[0]} ${rounded(b[1])} ${unit}`

export const rounded = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))
