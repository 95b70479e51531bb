// How does a long calculation run without the page standing still? For a few milliseconds, then it is the browser's turn.

const SLICE_MS = 10

/** A message comes after what waits already, and at once: timers in a row are held back by 4 ms (HTML, "timers"). */
const otherTurn = () =>
  new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })

/** Null where `signal` was aborted before the end. `onPause` hears the latest sign of life after each slice. */
export async function inSlices<S, T>(
  steps: Generator<S, T>,
  signal: AbortSignal,
  onPause: (latest: S) => void,
): Promise<T | null> {
  while (!signal.aborted) {
    const untilMs = performance.now() + SLICE_MS
    let step = steps.next()
    while (!step.done && performance.now() < untilMs) step = steps.next()
    if (step.done) return step.value
    onPause(step.value)
    await otherTurn()
  }
  return null
}
