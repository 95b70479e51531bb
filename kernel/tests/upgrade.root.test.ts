// A new trellis brings new programs: they take over on all devices, and no packet is lost.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kernelFolder, Lab, type LabNode } from './lab'
import { device, host, join, meet, owner, port, tunnel } from './parts'

describe('upgrade', () => {
  const lab = new Lab()
  let a: LabNode
  let b: LabNode

  beforeAll(async () => {
    a = await lab.node('a')
    b = await lab.node('b')
    lab.connect(a, b, '192.0.2')
    await meet(a, b, 'ab', '192.0.2')
    for (const [node, n] of [
      [a, 1],
      [b, 2],
    ] as const)
      await node.trellis.do(owner(), ...host('h'), ...port('h', 'v', n), ...join('l', device('v'), tunnel('ab', 7)))
    // the same program, optimised otherwise: another one to the kernel
    const source = path.join(kernelFolder, 'egre/egre.bpf.c')
    const object = `/proc/${a.pid}/root/run/new/egre.bpf.o`
    a.run('mkdir', '/run/new')
    const include = `-I/usr/include/${execFileSync('uname', ['-m'], { encoding: 'utf8' }).trim()}-linux-gnu`
    execFileSync('clang', ['-O1', '-g', '-target', 'bpf', include, '-c', source, '-o', object])
  })
  afterAll(() => lab.end())

  const attached = (dev: string, ...parent: string[]) =>
    a
      .run('tc', 'filter', 'show', ...parent.slice(0, 2), ...(dev ? ['dev', dev, 'ingress'] : []))
      .match(/ id (\d+)/)?.[1]

  test('programs are replaced while packets flow', async () => {
    const before = { virtual: attached('', 'block', '1299797582'), underlay: attached('u-b') }
    const [file, argv] = a.insideHost('h', ['ping', '-q', '-i0.002', '-c500', '-W1', '10.0.0.2'])
    const ping = spawn(file, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    ping.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    const ended = once(ping, 'close')
    await once(ping.stdout, 'data')
    const state = await a.trellis.one({ op: 'observe' })
    const upgraded = a.anotherTrellis('/run/new')
    expect(await upgraded.one({ op: 'observe' })).toEqual(state)
    await ended
    expect(out).toContain('500 received')
    const after = { virtual: attached('', 'block', '1299797582'), underlay: attached('u-b') }
    expect(Number(after.virtual)).toBeGreaterThan(Number(before.virtual))
    expect(Number(after.underlay)).toBeGreaterThan(Number(before.underlay))
    const stats = (await upgraded.one({ op: 'stats' })) as unknown as { virtual: { in: { packets: number } }[] }
    expect(stats.virtual[0]?.in.packets).toBeGreaterThan(500) // counters live on
    await upgraded.end()
  })
})
