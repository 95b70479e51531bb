// How does a long calculation leave the server to others? For a few milliseconds, then whoever else waits has a turn.
import { setImmediate } from 'node:timers/promises'

const TURN_MS = 15

export async function inTurns<T>(steps: Generator<unknown, T>): Promise<T> {
  for (;;) {
    const untilMs = performance.now() + TURN_MS
    let step = steps.next()
    while (!step.done && performance.now() < untilMs) step = steps.next()
    if (step.done) return step.value
    await setImmediate()
  }
}
