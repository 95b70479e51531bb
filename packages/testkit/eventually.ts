// Waits for a condition instead of a time: tests that sleep are slow on a fast machine and wrong on a slow one.

/** Calls `look` until it gives something other than null or false; on the way out of patience, its last failure is told. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | null | false> | T | null | false,
  patienceMs = 10_000,
): Promise<T> {
  let last: unknown = null
  for (const until = performance.now() + patienceMs; performance.now() < until; ) {
    try {
      const seen = await look()
      if (seen !== null && seen !== false) return seen
      last = null
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  const why = last instanceof Error ? `: ${last.message}` : ''
  throw new Error(`${what} did not happen within ${patienceMs} ms${why}`, { cause: last })
}
