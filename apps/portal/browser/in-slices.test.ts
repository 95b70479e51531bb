import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inSlices } from './in-slices'

/** Works for about `ms`, with a sign of life each millisecond or so. */
function* busy(ms: number) {
  const start = performance.now()
  for (let step = 0; performance.now() - start < ms; step++) {
    const until = performance.now() + 1
    while (performance.now() < until);
    yield step
  }
  return 'done'
}

test('others have their turn between slices, and the answer comes', async () => {
  let turns = 0
  const others = setInterval(() => turns++, 1)
  const heard: number[] = []
  const answer = await inSlices(busy(60), new AbortController().signal, (step) => void heard.push(step))
  clearInterval(others)
  expect(answer).toBe('done')
  expect(heard.length).toBeGreaterThan(1)
  expect(heard).toEqual(heard.toSorted((a, b) => a - b))
  expect(turns).toBeGreaterThan(0)
})

test('what nobody waits for any more is left off', async () => {
  const asked = new AbortController()
  const answer = inSlices(busy(10_000), asked.signal, () => undefined)
  await sleep(20)
  asked.abort()
  expect(await answer).toBeNull()
})
