// Is what a capture writes what passed the interface, both ways, and nothing else?
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, type LabNode, trellisBinary } from './lab'
import { frame } from './packets'
import { host, joinedPair, port, tunnel } from './parts'

describe('captures', () => {
  const lab = new Lab()
  let a: LabNode
  let b: LabNode

  beforeAll(async () => {
    ;[a, b] = await joinedPair(lab)
    await a.trellis.do(...host('other'), ...port('other', 'v3', 3), {
      op: 'virtual.set',
      device: 'v3',
      link: 'x',
      to: tunnel('ab', 8),
    })
  })
  afterAll(() => lab.end())

  interface Capture {
    process: ChildProcess
    bytes: () => Buffer
    /** What tcpdump reads in it, a packet a line. */
    end: () => Promise<string[]>
  }

  async function capture(node: LabNode, on: string, ...options: string[]): Promise<Capture> {
    const [file, argv] = node.inside([trellisBinary, 'capture', ...node.folders(), '--device', on, ...options])
    const process = spawn(file, argv, { stdio: ['pipe', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    process.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    const ended = once(process, 'exit')
    await Promise.race([once(process.stdout, 'data'), ended])
    const bytes = () => Buffer.concat(chunks)
    const end = async () => {
      process.stdin.end()
      await ended
      const read = spawnSync('tcpdump', ['-nnr', '-', '-e'], { input: bytes(), encoding: 'utf8' })
      return read.stdout.split('\n').filter((line) => line !== '')
    }
    return { process, bytes, end }
  }

  test('requests and answers are seen, on both ends of a link, and nothing of a neighbour', async () => {
    const [here, there] = [await capture(a, 'v'), await capture(b, 'v')]
    a.host('other', 'ping', '-c1', '-W0.1', '10.0.0.99')
    a.host('h', 'ping', '-q', '-c3', '-i0.05', '10.0.0.2')
    for (const lines of [await here.end(), await there.end()]) {
      expect(lines.filter((l) => l.includes('10.0.0.1 > 10.0.0.2: ICMP echo request'))).toHaveLength(3)
      expect(lines.filter((l) => l.includes('10.0.0.2 > 10.0.0.1: ICMP echo reply'))).toHaveLength(3)
      expect(lines.join('\n')).not.toContain('10.0.0.99')
    }
  })

  test('frames are cut to the snap length, chosen by length, and counted to the end', async () => {
    const running = await capture(a, 'v', '--snap', '64', '--least', '900', '--packets', '3')
    a.host('h', 'ping', '-q', '-c5', '-i0.02', '-s', '1000', '10.0.0.2')
    a.host('h', 'ping', '-q', '-c2', '-i0.02', '10.0.0.2')
    const lines = await running.end()
    expect(lines).toHaveLength(3)
    expect(lines.every((l) => l.includes('length 1042'))).toBe(true)
    expect(running.bytes().length).toBeLessThan(1000)
  })

  test('a VLAN tag is part of what is seen', async () => {
    const running = await capture(a, 'v')
    await a.trellis.do({ op: 'test.send', namespace: 'h', interface: 'eth0', packet: frame('', { tags: [{ id: 7 }] }) })
    expect((await running.end()).join('\n')).toContain('vlan 7')
  })

  test('an interface is captured once at a time, and what does not exist not at all', async () => {
    const running = await capture(a, 'v')
    for (const [on, why] of [
      ['v', 'somebody is capturing on this interface already'],
      ['nowhere', 'there is no such virtual interface'],
      ['u-b', 'there is no such virtual interface'],
    ] as const) {
      const again = a.try(trellisBinary, 'capture', ...a.folders(), '--device', on)
      expect(again).toMatchObject({ code: 3, stderr: expect.stringContaining(why) })
    }
    await running.end()
    expect(await (await capture(a, 'v')).end()).toEqual(expect.any(Array))
  })

  test('it ends by itself, and one that was killed leaves nothing that goes on', async () => {
    const short = await capture(a, 'v', '--seconds', '1')
    const killed = await capture(b, 'v', '--seconds', '1')
    b.kill('KILL', 'capture')
    await once(short.process, 'exit')
    await sleep(200)
    await b.trellis.do({ op: 'observe' })
    const again = await capture(b, 'v')
    a.host('h', 'ping', '-q', '-c1', '10.0.0.2')
    expect((await again.end()).length).toBeGreaterThanOrEqual(2)
    killed.process.kill('SIGKILL')
  })
})
