// Where the kernel has netem, a constant delay is its business: with Debian's kernels, as this one may have none.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DebianGuest, guestObstacle, guestOn, SERIES } from './debian-guest'
import { Lab, type LabNode } from './lab'
import { device, host, join, owner, port, tunnel, underlay } from './parts'
import { counted, flood, stop } from './traffic'

interface Line {
  device: string
  by: string
  delayUs: number
  passed: number
}

describe.each(SERIES.map((series) => ({ series, obstacle: guestObstacle(series) })))(
  'netem of Debian with Linux $series',
  ({ series, obstacle }) => {
    if (obstacle) {
      test.skip(obstacle, () => undefined)
      return
    }
    const lab = new Lab()
    let node: LabNode
    let guest: DebianGuest
    const ask = async (...ops: object[]) => {
      const request = JSON.stringify({ id: 1, ops })
      const where = '--run /run/myvini --bpf /sys/fs/bpf/myvini --objects /objects'
      const answer = JSON.parse(await guest.must(`echo '${request}' | trellis serve ${where}`, 60_000))
      for (const result of answer.results) expect(result).toMatchObject({ ok: true })
      return answer.results
    }
    const set = (settings: object) => ask({ op: 'line.set', device: 'v', ...settings })
    const line = async (): Promise<Line | undefined> => {
      const [{ lines }] = await ask({ op: 'observe' })
      return lines[0]
    }
    const ping = (...options: string[]) => node.host('h', 'ping', '-q', '-W4', ...options, '10.0.0.2').stdout
    const least = (text: string) => Number(/= ([\d.]+)\//.exec(text)?.[1])
    const queues = () => guest.must('tc qdisc show dev v')
    /** What its virtual host was given. */
    const arrived = async () => {
      const [, numbers = ''] = (await guest.must('nsenter --net=/run/myvini/netns/h cat /proc/net/dev')).split('eth0:')
      return Number(numbers.trim().split(/\s+/)[1])
    }

    beforeAll(async () => {
      node = await lab.node('a')
      guest = await guestOn(node, series, { mtuBytes: 1562, addresses: [['192.0.2.1/24', '192.0.2.2/24']] })
      const ops = (n: number) => [
        owner(),
        ...host('h'),
        ...port('h', 'v', n),
        ...join('l', device('v'), tunnel('u', 7)),
      ]
      await node.trellis.do(underlay('u', '192.0.2.1', '192.0.2.2', 1562), ...ops(1))
      await ask(underlay('u', '192.0.2.2', '192.0.2.1', 1562), ...ops(2))
      ping('-c2')
    }, 150_000)
    afterAll(async () => {
      await guest?.end()
      await lab.end()
    })

    test('a constant delay is kept by netem, and by nothing else', async () => {
      await set({ delayUs: 50_000 })
      expect(await line()).toMatchObject({ device: 'v', by: 'netem', delayUs: 50_000 })
      expect(await queues()).toContain('qdisc netem 4d7a: root')
      expect(await guest.must('ip -br link')).not.toContain('mvline')
      const told = least(ping('-c10', '-i0.1'))
      expect(told).toBeGreaterThanOrEqual(50)
      expect(told).toBeLessThan(60) // an emulated processor is late
      const [{ lines }] = await ask({ op: 'stats' })
      expect(lines[0].passed).toBeGreaterThanOrEqual(10)
    })

    test('a change takes effect at once and loses nothing that is on its way', async () => {
      await set({ delayUs: 300_000 })
      await sleep(400)
      const here = { node, host: 'h', n: 1 }
      const [sent, got] = [counted(here, 'tx').packets, await arrived()]
      const stream = await flood(here, { node, host: 'h', n: 2 }, 1, 972)
      for (const delayUs of [100_000, 5000, 200_000, 0, 50_000]) {
        await sleep(150)
        await (delayUs === 0 ? ask({ op: 'line.delete', device: 'v' }) : set({ delayUs }))
      }
      await stop(stream)
      await sleep(1000)
      const all = counted(here, 'tx').packets - sent
      expect(all).toBeGreaterThan(100)
      expect((await arrived()) - got).toBeGreaterThanOrEqual(all)
      expect(await line()).toMatchObject({ by: 'netem', delayUs: 50_000 })
    })

    test('what netem would not do as we say goes through the delay line, without losing what waits in netem', async () => {
      await set({ delayUs: 300_000 })
      await sleep(400)
      const here = { node, host: 'h', n: 1 }
      const [sent, got] = [counted(here, 'tx').packets, await arrived()]
      const stream = await flood(here, { node, host: 'h', n: 2 }, 1, 972)
      await sleep(300)
      await set({ delayUs: 100_000, jitterUs: 1 })
      expect(await line()).toMatchObject({ by: 'line' })
      await sleep(300)
      await stop(stream)
      await sleep(1000)
      expect((await arrived()) - got).toBeGreaterThanOrEqual(counted(here, 'tx').packets - sent)
      await sleep(200)
      await ask({ op: 'observe' })
      expect(await queues()).not.toContain('netem') // it is empty, and gone
      expect(least(ping('-c5', '-i0.1'))).toBeGreaterThanOrEqual(100)
    })

    test('taken away, nothing is delayed and nothing is left', async () => {
      await ask({ op: 'line.delete', device: 'v' })
      await sleep(500)
      expect(await line()).toBeUndefined()
      expect(await queues()).not.toContain('netem')
      expect(least(ping('-c5', '-i0.1'))).toBeLessThan(50)
    })
  },
)
