import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Mailbox, type Signal } from './hint-bus'

const slice = (id: string): Signal => ({ kind: 'slice', id })
const progress = (id: string): Signal => ({ kind: 'progress', id })

/** What has been taken by now. */
function reading(mailbox: Mailbox) {
  const taken: Signal[][] = []
  void (async () => {
    for (let some = await mailbox.take(); some.length > 0; some = await mailbox.take()) taken.push(some)
  })()
  return taken
}

test('how far parts are is gathered, each thing once; how a slice stands is told at once, with what waits', async () => {
  const mailbox = new Mailbox()
  const taken = reading(mailbox)
  for (const id of ['a', 'a', 'b']) mailbox.put(progress(id))
  await sleep(50)
  expect(taken).toEqual([])
  mailbox.put(slice('a'))
  await sleep(0)
  expect(taken).toEqual([[progress('a'), progress('b'), slice('a')]])
  mailbox.put(progress('c'))
  await sleep(50)
  expect(taken).toHaveLength(1)
  await expect.poll(() => taken.at(-1), { timeout: 5000 }).toEqual([progress('c')])
  mailbox.end()
})

test('what arrived before the end is told, and then nothing', async () => {
  const mailbox = new Mailbox()
  mailbox.put(progress('a'))
  mailbox.end()
  expect(await mailbox.take()).toEqual([progress('a')])
  expect(await mailbox.take()).toEqual([])
})
