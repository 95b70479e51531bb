// When is a service that ended started again? At once when it had been working; later and later when it ends as it starts,
// as with a wrong setting: trying that a hundred times a minute helps nobody.

const FIRST_WAIT_MS = 200
const LAST_WAIT_MS = 5000
/** A service that could not start has said so by then; one that ran for longer was killed or met a surprise. */
const WORKED_MS = 4000

/**
 * `failures`: how often in a row it ended as it started. Measured by a clock that only goes forward: a wall clock that is
 * set back would make a healthy service look as if it had never run.
 */
export function nextStart(failures: number, ranMs: number): { failures: number; waitMs: number } {
  if (ranMs >= WORKED_MS) return { failures: 0, waitMs: FIRST_WAIT_MS }
  return { failures: failures + 1, waitMs: Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) }
}
