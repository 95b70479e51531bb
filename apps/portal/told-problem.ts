// A Problem as it travels to the browser.
import type { Problem } from '@myvini/core/result'

export interface ToldProblem extends Problem {
  /** By path of the input: what is wrong with that field. */
  fields?: Record<string, string>
}
