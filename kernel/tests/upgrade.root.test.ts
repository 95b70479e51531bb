// A new trellis brings new programs: they take over on all devices, and no packet is lost.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kernelFolder, Lab, type LabNode } from './lab'
import { joinedPair, port } from './parts'
import { exchange, makeRoutedSlice, type RoutedSlice, turnOn } from './routed-slice'

/** egre.h, struct egre_neighbour_label. */
const MADE_CLSACT = 64

/** The same programs, optimised otherwise: others to the kernel. In /run/new of that node. */
function compileOtherwise(node: LabNode, ...names: string[]): void {
  const include = `-I/usr/include/${execFileSync('uname', ['-m'], { encoding: 'utf8' }).trim()}-linux-gnu`
  node.run('mkdir', '/run/new')
  for (const name of names) {
    const source = path.join(kernelFolder, name, `${name}.bpf.c`)
    const object = `/proc/${node.pid}/root/run/new/${name}.bpf.o`
    execFileSync('clang', ['-O1', '-g', '-target', 'bpf', include, '-c', source, '-o', object])
  }
}

const idOf = (filters: string) => filters.match(/ id (\d+)/)?.[1]

/** The id of the one program that sees what arrives at a device: by tcx, or where the kernel has none by a filter. */
function onUnderlay(node: LabNode, device: string): string | undefined {
  const tcx = node.try(path.join(kernelFolder, 'build/tcx'), device)
  const filter = idOf(node.run('tc', 'filter', 'show', 'dev', device, 'ingress'))
  const ids = [...tcx.stdout.split('\n').filter((id) => id !== ''), ...(filter ? [filter] : [])]
  expect(ids).toHaveLength(1)
  return ids[0]
}

describe('upgrade', () => {
  const lab = new Lab()
  let a: LabNode

  beforeAll(async () => {
    ;[a] = await joinedPair(lab)
    compileOtherwise(a, 'egre')
  })
  afterAll(() => lab.end())

  const attached = () => ({
    virtual: idOf(a.run('tc', 'filter', 'show', 'block', '1299797582')),
    underlay: onUnderlay(a, 'u-b'),
  })

  test('programs are replaced while packets flow', async () => {
    const before = attached()
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
    const after = attached()
    expect(Number(after.virtual)).toBeGreaterThan(Number(before.virtual))
    expect(Number(after.underlay)).toBeGreaterThan(Number(before.underlay))
    const stats = (await upgraded.one({ op: 'stats' })) as unknown as { virtual: { in: { packets: number } }[] }
    expect(stats.virtual[0]?.in.packets).toBeGreaterThan(500) // counters live on
    await upgraded.end()
  })

  test('a virtual interface that has its program by clsact, as it had before, keeps it', async () => {
    a.run('tc', 'qdisc', 'delete', 'dev', 'v', 'ingress')
    expect(await a.trellis.one({ op: 'observe' })).toMatchObject({ devices: [{ device: 'v', attached: false }] })
    a.run('tc', 'qdisc', 'add', 'dev', 'v', 'ingress_block', '1299797582', 'clsact')
    await a.trellis.do(...port('h', 'v', 1))
    expect(await a.trellis.one({ op: 'observe' })).toMatchObject({ devices: [{ device: 'v', attached: true }] })
    expect(a.run('tc', 'qdisc', 'show', 'dev', 'v')).toContain('clsact')
    expect(a.host('h', 'ping', '-q', '-c1', '-W2', '10.0.0.2')).toMatchObject({ code: 0 })
  })

  test('of a trellis that knew no tcx the filter goes, and the qdisc that it made', async (context) => {
    if (a.try(path.join(kernelFolder, 'build/tcx'), 'u-b').code) return context.skip('this kernel has no tcx')
    // As one of before would have left it; its label of the path says who made the qdisc.
    a.run('tc', 'qdisc', 'add', 'dev', 'u-b', 'clsact')
    const program = ['bpf', 'direct-action', 'object-pinned', '/run/bpf/myvini/from_underlay']
    a.run('tc', 'filter', 'add', 'dev', 'u-b', 'ingress', 'prio', `${0x4d79}`, 'handle', '1', ...program)
    const spoil = path.join(kernelFolder, 'build/spoil')
    expect(a.run(spoil, '/run/bpf/myvini', 'path_labels', '00000000', `${MADE_CLSACT}`, '1')).toBe('0\n')
    a.run('rm', '/run/bpf/myvini/from_underlay') // else nothing is put anew
    a.run('ln', '-s', 'what-was', '/run/bpf/myvini/counters') // its counters are no longer ours
    const upgraded = a.anotherTrellis()
    expect(await upgraded.one({ op: 'observe' })).toMatchObject({ ok: true, underlays: [{ attached: true }] })
    expect(a.run('tc', 'qdisc', 'show', 'dev', 'u-b')).not.toContain('clsact')
    expect(a.try('ls', '-d', '/run/bpf/myvini/counters').code).not.toBe(0)
    onUnderlay(a, 'u-b')
    expect(a.host('h', 'ping', '-q', '-c1', '-W2', '10.0.0.2')).toMatchObject({ code: 0 })
    await upgraded.end()
  })
})

describe('upgrade of the fast path', () => {
  let slice: RoutedSlice
  beforeAll(async () => {
    slice = await makeRoutedSlice()
    await turnOn(slice)
    compileOtherwise(slice.m, 'egre', 'fast')
  })
  afterAll(() => slice.lab.end())

  const xdp = (argv: [string, string[]]) => execFileSync(...argv, { encoding: 'utf8' }).match(/prog\/xdp id (\d+)/)?.[1]
  const programs = () => ({
    underlay: xdp(slice.m.inside(['ip', 'link', 'show', 'u-s'])),
    port: xdp(slice.m.insideHost('r', ['ip', 'link', 'show', 'in'])),
    underlayTc: onUnderlay(slice.m, 'u-s'),
  })

  test('XDP and tc programs are replaced again and again while packets flow, and not one is lost', async () => {
    const objects = ['/run/new', path.join(kernelFolder, 'build'), '/run/new', path.join(kernelFolder, 'build')]
    const flowing = Promise.all([
      exchange('datagrams', [slice.s, 'h1'], [slice.d, 'h2'], '10.2.0.2', 60_000),
      exchange('datagrams', [slice.s, 'x1'], [slice.d, 'x2'], '10.8.0.2', 60_000),
    ])
    let done = false
    void flowing.finally(() => (done = true))
    const seen = [programs()]
    let during = 0
    for (const folder of objects) {
      const next = slice.m.anotherTrellis(folder)
      await next.do({ op: 'observe' })
      await next.end()
      seen.push(programs())
      if (!done) during++
    }
    const digests = await flowing
    expect(digests.map(([sent]) => sent.split(' ')[0])).toEqual(['60000', '60000'])
    for (const [sent, received] of digests) expect(received).toBe(sent)
    expect(during).toBeGreaterThan(1)
    for (const which of ['underlay', 'port', 'underlayTc'] as const)
      expect(new Set(seen.map((s) => s[which])).size).toBe(seen.length)
  })
})
