// A million frames that nobody would send, against what must always hold (fuzz.c says what that is).
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kernelFolder, Lab, type LabNode } from './lab'
import { ethernet, frame, gre, ip, ip6 } from './packets'
import { device, host, join, meet, owner, port, tunnel } from './parts'

const RUNS = 1_000_000
// Another seed, other frames: what CI runs is the same each time, so that a failure can be had again.
const SEED = process.env.MYVINI_FUZZ_SEED ?? '1'

const lab = new Lab()
let node: LabNode
let neighbour: LabNode

beforeAll(async () => {
  node = await lab.node('a')
  neighbour = await lab.node('b')
  lab.connect(node, neighbour, '2001:db8:1')
  for (const [n, on, address] of [
    [node, 'u-b', '192.0.2.1/24'],
    [neighbour, 'u-a', '192.0.2.2/24'],
  ] as const)
    n.run('ip', 'address', 'add', address, 'dev', on)
  await meet(node, neighbour, 'v4', '192.0.2')
  await meet(node, neighbour, 'v6', '2001:db8:1')
  const hosts = [1, 2, 3, 4].flatMap((n) => [...host(`h${n}`), ...port(`h${n}`, `v${n}`, n)])
  const router = [...host('r', true), ...port('r', 'v5', 5), ...port('r', 'v6', 6, { name: 'eth1' })]
  await node.trellis.do(
    ...[owner(), ...hosts, ...router],
    ...[...join('in', device('v5'), tunnel('v4', 11)), ...join('out', device('v6'), tunnel('v4', 12))],
    { op: 'fast.set', namespace: 'r', devices: ['v5', 'v6'], xdp: false },
    ...join('four', device('v1'), tunnel('v4', 1)),
    ...join('six', device('v2'), tunnel('v6', 2)),
    ...join('local', device('v3'), device('v4')),
    ...join('relay44', tunnel('v4', 3), tunnel('v4', 4)),
    ...join('relay46', tunnel('v4', 5), tunnel('v6', 6)),
    ...join('relay66', tunnel('v6', 7), tunnel('v6', 8)),
    { op: 'tunnel.set', underlay: 'v4', key: 9, link: 'half', to: tunnel('v4', 10) },
  )
  node.silence('h1', 'h2', 'h3', 'h4', 'r') // or it would be taken for a frame's second verdict
})
afterAll(() => lab.end())

test('a million changed frames: none crashes, none leaks, each drop has one reason', () => {
  const inside = [
    frame('00'.repeat(60)),
    ethernet({ type: 0x0806, payload: '00'.repeat(28) }),
    ethernet({ type: 0x86dd, payload: `6000000000143a40${'00'.repeat(52)}` }),
    frame('', { tags: [{ id: 7 }] }),
    ethernet({ type: 60, payload: `fefe03${'00'.repeat(57)}` }),
  ]
  const index = (name: string) => node.run('cat', `/sys/class/net/${name}/ifindex`).trim()
  const over4 = (key: number, payload: string) =>
    ethernet({ payload: ip({ from: '192.0.2.2', to: '192.0.2.1', protocol: 47, payload: gre({ key, payload }) }) })
  const over6 = (key: number, payload: string, extension = '') =>
    ethernet({
      type: 0x86dd,
      payload: ip6({
        ...{ from: '2001:db8:1::2', to: '2001:db8:1::1', next: extension ? 60 : 47 },
        payload: extension + gre({ key, payload }),
      }),
    })
  const lines = inside.flatMap((payload) => [
    ...[1, 3, 5, 9].map((key) => `from_underlay ${index('u-b')} ${over4(key, payload)}`),
    ...[2, 6, 7].map((key) => `from_underlay ${index('u-b')} ${over6(key, payload)}`),
    `from_underlay ${index('u-b')} ${over6(2, payload, '2f00040104010100')}`,
    ...[1, 2, 3].map((n) => `from_virtual ${index(`v${n}`)} ${payload}`),
  ])
  // Of the flow that is known past the router (fuzz.c), and so often that it is met in all its forms.
  const known = frame('00'.repeat(60), { to: '02:00:00:00:00:05' })
  for (let i = 0; i < 8; i++) lines.push(`from_underlay ${index('u-b')} ${over4(11, known)}`)
  const [file, argv] = node.inside([path.join(kernelFolder, 'build/fuzz'), '/run/bpf/myvini', `${RUNS}`, SEED])
  const done = spawnSync(file, argv, { input: `${lines.join('\n')}\n`, encoding: 'utf8' })
  expect(done.stderr).toBe('')
  const told = JSON.parse(done.stdout)
  process.stdout.write(`fuzz: ${done.stdout}`)
  expect(told.passed + told.dropped + told.sent + told.refused).toBe(RUNS)
  expect(told.refused).toBeLessThan(RUNS / 10)
  expect(told.sent).toBeGreaterThan(RUNS / 10)
  expect(told.pastRouter).toBeGreaterThan(RUNS / 1000)
  // It got as far as this everywhere; what it never meets it does not test.
  const met = ['unbound', 'oversize', 'path-mtu', 'truncated', 'ttl', 'ip-header', 'fragment', 'gre-flags', 'no-key']
  expect(Object.keys(told.reasons)).toEqual(
    expect.arrayContaining([...met, 'unknown-key', 'unknown-neighbour', 'ipv6-extension']),
  )
}, 240_000)
