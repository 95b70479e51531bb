// What does it cost to read the counters of a node that is full of links?
import { afterAll, expect, test } from 'vitest'
import { Lab } from './lab'
import { join, meet, tunnel } from './parts'

const lab = new Lab()
afterAll(() => lab.end())

const LINKS = 4000
const REQUESTS = 20
/** Of a processor, user and kernel together; the wall clock of a busy machine says something else. */
const MOST_MS = 50

test(`all counters of ${LINKS} links are read in less than ${MOST_MS} ms of processor time`, async () => {
  const node = await lab.node('a')
  const other = await lab.node('b')
  lab.connect(node, other, '192.0.2')
  await meet(node, other, 'ab', '192.0.2')
  const links = Array.from({ length: LINKS }, (_, i) =>
    join(`reservation-of-a-slice-link-${i}`, tunnel('ab', 10_000 + i), tunnel('ab', 30_000 + i)),
  )
  await node.trellis.do(...links.flat())
  // proc(5): fields 14 and 15 are utime and stime, in hundredths of a second; all of the node's processes, for there is one.
  const cpuMs = () =>
    node
      .run('sh', '-c', 'cat /proc/[0-9]*/stat | grep "(trellis)"')
      .trim()
      .split('\n')
      .map((line) => line.slice(line.lastIndexOf(')') + 2).split(' '))
      .reduce((sum, fields) => sum + 10 * (Number(fields[11]) + Number(fields[12])), 0)
  const before = cpuMs()
  for (let i = 0; i < REQUESTS; i++) {
    const { tunnels } = await node.trellis.one({ op: 'stats' })
    expect(tunnels).toHaveLength(2 * LINKS)
  }
  const each = (cpuMs() - before) / REQUESTS
  process.stdout.write(`stats of ${LINKS} links: ${each} ms of processor time\n`)
  expect(each).toBeGreaterThan(0)
  expect(each).toBeLessThan(MOST_MS)
})
