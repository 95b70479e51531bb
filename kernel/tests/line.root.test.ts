// Link emulation: each direction of a link with settings of its own, changed while packets are on their way.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Lab, type LabNode, RUN } from './lab'
import { behavesAsALink, type End } from './link-behaviour'
import { joinedPair } from './parts'
import { arriving, counted, done, flood, stop } from './traffic'

interface Counts {
  device: string
  passed: number
  lost: number
  duplicated: number
  reordered: number
  corrupted: number
  overflowed: number
  late: number
}

const percent = (p: number) => Math.round(p * 10_000)

describe('an emulated link', () => {
  const lab = new Lab()
  let a: LabNode
  let b: LabNode
  const left = (): End => ({ node: a, host: 'h', n: 1 })
  const right = (): End => ({ node: b, host: 'h', n: 2 })
  const set = (node: LabNode, settings: object) => node.trellis.do({ op: 'line.set', device: 'v', ...settings })
  const clear = () =>
    Promise.all([a, b].map((node) => node.trellis.do({ op: 'line.delete', device: 'v' }).then(() => undefined)))
  const counts = async (node: LabNode) => {
    const { lines } = (await node.trellis.one({ op: 'stats' })) as unknown as { lines: Counts[] }
    const found = lines.find((l) => l.device === 'v')
    if (!found) throw new Error('the link is not emulated')
    return found
  }
  const ping = (...options: string[]) => a.host('h', 'ping', '-q', ...options, '10.0.0.2').stdout
  const rtt = (text: string) => (/= ([\d.]+)\/([\d.]+)\/([\d.]+)\/([\d.]+)/.exec(text) ?? []).slice(1).map(Number)
  const received = (text: string) => Number(/(\d+) received/.exec(text)?.[1] ?? 0)
  /** Packets that have no answer: how many of so many came through, by the receiver's own counter. */
  const through = async (packets: number) => {
    const before = counted(right()).packets
    await done(await flood(left(), right(), 10, 100, packets))
    await sleep(150)
    return counted(right()).packets - before
  }

  beforeAll(async () => {
    ;[a, b] = await joinedPair(lab)
  })
  afterAll(() => lab.end())
  beforeEach(async () => {
    await clear()
    ping('-c1')
  })

  describe('with delay each way is a link as any other', () => {
    beforeAll(async () => {
      await set(a, { delayUs: 2000 })
      await set(b, { delayUs: 2000, loss: 0 })
    })
    beforeEach(async () => {
      await set(a, { delayUs: 2000 })
      await set(b, { delayUs: 2000 })
    })
    behavesAsALink(() => [left(), right()])
  })

  test('delay is what was asked for, in one direction or both', async () => {
    const [plain = 0, plainMean = 0] = rtt(ping('-c50', '-i0.02'))
    await set(b, { delayUs: 20_000 })
    const [least = 0, mean = 0] = rtt(ping('-c50', '-i0.02'))
    expect(least - plain).toBeGreaterThanOrEqual(20)
    expect(least - plain).toBeLessThan(20.3)
    expect(mean - plainMean).toBeLessThan(20.7)
    await set(a, { delayUs: 5000 })
    const [both = 0] = rtt(ping('-c50', '-i0.02'))
    expect(both - plain).toBeGreaterThanOrEqual(25)
    expect(both - plain).toBeLessThan(25.5)
  })

  test.each([
    ['uniform', true],
    ['normal', false],
  ] as const)('jitter is %s and reorders nothing', async (_, uniform) => {
    await set(b, { delayUs: 20_000, jitterUs: 5000, uniform })
    const answers = a.host('h', 'ping', '-c200', '-i0.011', '10.0.0.2').stdout
    const times = [...answers.matchAll(/time=([\d.]+)/g)].map((m) => Number(m[1])).sort((x, y) => x - y)
    expect(times).toHaveLength(200)
    const [least = 0, late = 0, most = 0] = [0, 197, 199].map((i) => times[i])
    const mean = times.reduce((sum, t) => sum + t, 0) / times.length
    expect(mean).toBeGreaterThan(19)
    expect(mean).toBeLessThan(23)
    // Of 200 draws one in twenty-odd runs is beyond three deviations, one in thousands beyond 3.8.
    expect(least).toBeGreaterThan(uniform ? 15 : 1)
    expect(least).toBeLessThan(uniform ? 16 : 14)
    expect(most).toBeGreaterThan(uniform ? 24 : 27)
    // The latest two may have waited for this machine.
    if (uniform) expect(late).toBeLessThan(27)
  })

  test('loss is what was asked for, and with correlation it comes in runs', async () => {
    await set(b, { loss: percent(5) })
    expect(await through(4000)).toBeGreaterThan(4000 * 0.937)
    expect(4000 - (await through(4000))).toBeGreaterThan(4000 * 0.037)
    await set(b, { loss: percent(20), lossCorrelation: percent(80) })
    const before = await counts(b)
    const arrived = await through(6000)
    const after = await counts(b)
    expect(arrived).toBeGreaterThan(6000 * 0.74)
    expect(arrived).toBeLessThan(6000 * 0.86)
    expect(Math.abs(after.lost - before.lost - (6000 - arrived))).toBeLessThan(10) // ARP and IPv6 are on it as well
  })

  test('duplicates, reorders and corrupts the share asked for', async () => {
    await set(b, { duplicate: percent(10) })
    const arrived = await through(3000)
    expect(arrived).toBeGreaterThan(3000 * 1.08)
    expect(arrived).toBeLessThan(3000 * 1.12)

    await set(b, { delayUs: 10_000, reorder: percent(25) })
    const [least = 0, , most = 0] = rtt(ping('-c100', '-i0.011'))
    expect(least).toBeLessThan(2) // overtakes
    expect(most).toBeGreaterThanOrEqual(10)
    expect((await counts(b)).reordered).toBeGreaterThan(10)

    await set(b, { corrupt: percent(30) })
    // ICMP's checksum tells the receiver, which does not answer
    const answered = received(ping('-c1000', '-i0.002', '-s', '1000'))
    expect(answered).toBeGreaterThan(640)
    expect(answered).toBeLessThan(760)
  })

  test('rate: the line sends at just that, per direction', async () => {
    await set(b, { rateKbps: 10_000 })
    const stream = await flood(left(), right(), 30)
    await arriving([right()], 500)
    const [mbps] = await arriving([right()], 2000)
    await stop(stream)
    expect(mbps).toBeGreaterThan(9.8)
    expect(mbps).toBeLessThan(10.2)
  })

  test('follows a trace: rate and delay every 10 ms, outages, over and over', async () => {
    const steps = [...Array(10).fill([20_000, 10_000, 0]), ...Array(10).fill([0, 40_000, 0])].flat()
    const bytes = Buffer.from(Uint32Array.from(steps).buffer).toString('base64')
    b.run('sh', '-c', `echo ${bytes} | base64 -d > ${RUN}/traces/town`)
    await set(b, { trace: 'town', loop: true })
    const [least = 0, , most = 0] = rtt(ping('-c60', '-i0.017'))
    expect(least).toBeGreaterThanOrEqual(10)
    expect(least).toBeLessThan(12)
    expect(most).toBeGreaterThanOrEqual(90) // what comes in an outage waits for its end
    expect(most).toBeLessThan(155)
    const stream = await flood(left(), right(), 30)
    await arriving([right()], 500)
    const [mbps] = await arriving([right()], 2000)
    await stop(stream)
    expect(mbps).toBeGreaterThan(9.6)
    expect(mbps).toBeLessThan(10.4)
  })

  test('a change takes effect at once and loses nothing that is on its way', async () => {
    await set(b, { delayUs: 300_000 })
    const before = await counts(b)
    const stream = await flood(left(), right(), 2, 972)
    const start = counted(left(), 'tx').packets - counted(right()).packets
    for (const delayUs of [100_000, 5000, 200_000, 0, 50_000]) {
      await sleep(150)
      await (delayUs === 0 ? b.trellis.do({ op: 'line.delete', device: 'v' }) : set(b, { delayUs }))
    }
    await stop(stream)
    await sleep(600)
    const after = await counts(b)
    expect([after.overflowed - before.overflowed, after.lost - before.lost]).toEqual([0, 0])
    // all but what was on its way when counting began: at most the packets of 300 ms
    expect(counted(left(), 'tx').packets - counted(right()).packets).toBeLessThanOrEqual(start)
    const [least = 0] = rtt(ping('-c5', '-i0.02'))
    expect(least).toBeGreaterThanOrEqual(50)
    await clear()
    expect(rtt(ping('-c5', '-i0.02'))[0]).toBeLessThan(10)
  })

  test('down is one direction, and what was sent before still arrives', async () => {
    await set(a, { down: true })
    expect(received(ping('-c3', '-i0.02', '-W0.2'))).toBe(0)
    expect(await through(20)).toBe(0)
    const back = counted(left()).packets
    b.host('h', 'ping', '-q', '-c3', '-i0.02', '-W0.2', '10.0.0.1')
    expect(counted(left()).packets - back).toBeGreaterThanOrEqual(3)
    await set(a, {})
    expect(received(ping('-c3', '-i0.02'))).toBe(3)
  })

  test('its worker may be killed at any time: what waits goes on waiting and arrives', async () => {
    await set(b, { delayUs: 400_000 })
    const [file, argv] = a.insideHost('h', ['ping', '-q', '-c80', '-i0.01', '10.0.0.2'])
    const pinging = spawn(file, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
    const chunks: string[] = []
    pinging.stdout.on('data', (chunk) => chunks.push(String(chunk)))
    const gone = once(pinging, 'exit')
    await sleep(700)
    const workers = b.run('sh', '-c', 'pgrep -r S,R trellis-line | tail -n +2').trim().split('\n')
    expect(workers).toHaveLength(1)
    b.run('kill', '-9', workers[0] ?? '')
    await gone
    expect(received(chunks.join(''))).toBeGreaterThanOrEqual(79) // one may be in its hands
  })

  test('killed whole it is back within a second, whether anybody asks for anything or not', async () => {
    await set(b, { delayUs: 20_000 })
    b.run('sh', '-c', 'kill -9 $(pgrep trellis-line)')
    await sleep(1000)
    const [least = 0] = rtt(ping('-c5', '-i0.02'))
    expect(least).toBeGreaterThanOrEqual(20)
  })

  test('whoever empties the run folder takes its lock: it makes another, and is still the one that is asked', async () => {
    await set(b, { delayUs: 20_000 })
    const before = b.run('pgrep', 'trellis-line')
    b.run('rm', '-f', `${RUN}/line.lock`)
    await sleep(700)
    await set(b, { delayUs: 40_000 })
    expect(rtt(ping('-c3', '-i0.02'))[0]).toBeGreaterThanOrEqual(40)
    expect(b.run('pgrep', 'trellis-line')).toBe(before)
    expect(before.split('\n')).toContain(b.run('cat', `${RUN}/line.lock`).trim())
  })

  test('it outlives trellis', async () => {
    await set(b, { delayUs: 20_000 })
    const own = b.anotherTrellis()
    await own.do({ op: 'observe' })
    own.process.kill('SIGKILL')
    expect(rtt(ping('-c3', '-i0.02'))[0]).toBeGreaterThanOrEqual(20)
  })

  test('settings are seen as they were set; a wrong one says which', async () => {
    const settings = {
      ...{ down: false, rateKbps: 5000, delayUs: 1, jitterUs: 2, uniform: true, loss: 3, lossCorrelation: 4 },
      ...{ duplicate: 5, reorder: 6, corrupt: 7, loop: false },
    }
    await set(a, settings)
    const { lines } = await a.trellis.one({ op: 'observe' })
    expect(lines).toEqual([{ device: 'v', ...settings, trace: null, by: 'line' }])
    await clear()
    expect((await a.trellis.one({ op: 'observe' })).lines).toEqual([])
    const wrong = await a.trellis.tryAll([
      { op: 'line.set', device: 'nope' },
      { op: 'line.set', device: 'v', loss: 1_000_001 },
      { op: 'line.set', device: 'v', delayUs: -1 },
      { op: 'line.set', device: 'v', down: 'yes' },
    ])
    expect(wrong.map((r) => r.error?.split(':')[0])).toEqual(['device', 'loss', 'delayUs', 'down'])
  })

  test('wiped, neither process nor device of it is left', async () => {
    await set(a, { delayUs: 1000 })
    await a.trellis.do({ op: 'wipe' })
    expect(a.try('pgrep', '-r', 'S,R', 'trellis-line').stdout).toBe('')
    expect(a.run('ip', '-br', 'link')).not.toContain('mvline')
  })
})
