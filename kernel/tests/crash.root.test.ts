// Whatever is killed when, the same request again leads to the same state.
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kernelFolder, Lab, type LabNode } from './lab'
import { device, host, join, meet, owner, port, tunnel } from './parts'
import type { Op, Trellis } from './trellis'

const HOSTS = 20

describe('kill -9', () => {
  const lab = new Lab()
  let node: LabNode
  let other: LabNode

  beforeAll(async () => {
    node = await lab.node('a')
    other = await lab.node('b')
    lab.connect(node, other, '192.0.2')
    await meet(node, other, 'ab', '192.0.2')
  })
  afterAll(() => lab.end())

  const numbers = Array.from({ length: HOSTS }, (_, i) => i + 1)
  const batch: Op[] = [
    owner(),
    ...numbers.flatMap((n) => host(`h${n}`)),
    ...numbers.map((n) => port(`h${n}`, `v${n}`, n)[0] as Op), // the first of two
    ...numbers.map((n) => port(`h${n}`, `v${n}`, n)[1] as Op),
    ...numbers.flatMap((n) => join(`l${n}`, device(`v${n}`), tunnel('ab', n))),
  ]
  const undo: Op[] = [
    { op: 'device.delete', devices: numbers.map((n) => `v${n}`) },
    ...numbers.map((n) => ({ op: 'namespace.delete', namespace: `h${n}` })),
    ...numbers.map((n) => ({ op: 'tunnel.delete', underlay: 'ab', key: n })),
    { op: 'owner.delete', owner: 'slice' },
  ]

  async function observed(trellis: Trellis) {
    const state = (await trellis.one({ op: 'observe' })) as unknown as Observed
    const sorted = (list: object[]) => list.map((x) => JSON.stringify(x)).sort()
    return {
      namespaces: [...state.namespaces].sort(),
      ...{ devices: sorted(state.devices), virtual: sorted(state.virtual), tunnels: sorted(state.tunnels) },
    }
  }

  async function killAfter(ms: number, ops: Op[]) {
    const victim = node.anotherTrellis()
    const { process: child } = victim
    await victim.do({ op: 'stats' }) // it runs, inside nsenter's process
    const answer = victim.tryAll(ops).catch(() => undefined)
    const timer = setTimeout(() => child.kill('SIGKILL'), ms)
    await answer
    clearTimeout(timer)
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }

  test('in the middle of a batch, at many instants', async () => {
    await node.trellis.do(...batch)
    const whole = await observed(node.trellis)
    expect(whole.devices).toHaveLength(HOSTS)
    expect(whole.tunnels).toHaveLength(HOSTS)
    await node.trellis.do(...undo)
    const empty = await observed(node.trellis)
    expect(empty).toEqual({ namespaces: [], devices: [], virtual: [], tunnels: [] })
    for (const ms of [0, 3, 6, 10, 14, 18, 22, 26, 30, 40]) {
      await killAfter(ms, batch)
      await node.trellis.do(...batch)
      expect(await observed(node.trellis)).toEqual(whole)
      await killAfter(ms, undo)
      await node.trellis.do(...undo)
      expect(await observed(node.trellis)).toEqual(empty)
    }
  })

  test('a trellis that starts again changes nothing and drops nothing', async () => {
    await node.trellis.do(...batch)
    await other.trellis.do(owner(), ...host('h'), ...port('h', 'v', 50), ...join('l1', device('v'), tunnel('ab', 1)))
    const before = await observed(node.trellis)
    const again = node.anotherTrellis()
    expect(await observed(again)).toEqual(before)
    await again.do(...batch)
    expect(await observed(again)).toEqual(before)
    await again.end()
    expect(node.host('h1', 'ping', '-q', '-c1', '-W2', '10.0.0.50')).toMatchObject({ code: 0 })
  })

  test('wipe leaves nothing', async () => {
    await node.trellis.do({ op: 'wipe' })
    expect(node.run('find', '/run/myvini/netns', '/run/myvini/userns', '/run/myvini/owners', '-type', 'f')).toBe('')
    expect(node.run('find', '/run/bpf', '-name', 'myvini*')).toBe('')
    expect(node.run('tc', 'filter', 'show', 'dev', 'u-b', 'ingress')).toBe('')
    expect(node.try(path.join(kernelFolder, 'build/tcx'), 'u-b').stdout).toBe('')
    expect(node.run('tc', 'qdisc', 'show', 'dev', 'u-b')).not.toContain('clsact')
    expect(
      node
        .run('ip', '-br', 'link')
        .split('\n')
        .filter((l) => l !== ''),
    ).toHaveLength(2) // lo and the cable
    await node.trellis.do({ op: 'wipe' })
    await node.trellis.do(...batch.slice(0, 3))
  })
})

interface Observed {
  namespaces: string[]
  devices: object[]
  virtual: object[]
  tunnels: object[]
}
