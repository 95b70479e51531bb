import { PassThrough } from 'node:stream'
import { LONGEST_LINE_BYTES } from '@myvini/core/desired/channel'
import { expect, test } from 'vitest'
import { Channel } from './channel'

test('a spec that no node would read is never sent, and the refusal says how large it is and may be', async () => {
  const wire = new PassThrough()
  const channel = new Channel(wire, 'chicago-1', () => undefined)
  const refused = await channel.apply(JSON.stringify('x'.repeat(LONGEST_LINE_BYTES)))
  expect(refused.ok ? null : refused.problem).toMatchObject({
    code: 'spec.too-large', // "spec.": it is kept as the node's refusal, and told to whoever waits for a slice there
    message: expect.stringMatching(/^The spec of chicago-1 has 671\d{5} bytes; a node reads at most 67108864\.$/),
  })
  expect(wire.writableLength + wire.readableLength).toBe(0)
  channel.close()
})

test('one that is as long as may be is sent', async () => {
  const wire = new PassThrough({ highWaterMark: 2 * LONGEST_LINE_BYTES })
  const channel = new Channel(wire, 'chicago-1', () => undefined)
  const around = '{"id":1,"method":"apply","spec":""}'.length
  const sent = channel.apply(JSON.stringify('x'.repeat(LONGEST_LINE_BYTES - around)))
  // The other end hears its own words here, which are no answer.
  expect((await sent).ok).toBe(false)
  expect(await channel.closed).toContain('sends what is no answer')
})
