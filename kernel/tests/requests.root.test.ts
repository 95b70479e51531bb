// Does trellis say what is wrong with a request, and change nothing then?
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, type LabNode } from './lab'
import { host, owner, port, tunnel } from './parts'
import type { Op } from './trellis'

describe('requests', () => {
  const lab = new Lab()
  let node: LabNode

  beforeAll(async () => {
    node = await lab.node('a')
    await node.trellis.do(owner(), ...host('h'), ...port('h', 'v', 1))
  })
  afterAll(() => lab.end())

  const lines: [string, string][] = [
    ['{"id":1', 'not JSON: an object does not end (byte 7)'],
    ['hello', 'not JSON: this is no value (byte 0)'],
    ['{"id":1,"ops":[]} more', 'not JSON: something follows the document (byte 18)'],
    ['['.repeat(100_000), 'not JSON: it is nested too deep (byte 16)'],
    ['{"id":1,"ops":[{"op":"ob\\u0000serve"}]}', 'not JSON: a string holds NUL or a lone surrogate (byte 30)'],
    ['{"id":1,"ops":[{"op":"ob\u0001serve"}]}', 'not JSON: a string holds a control character (byte 25)'],
    ['{"id":1e999x}', 'not JSON: an object does not end (byte 11)'],
    ['{"id":1}', 'ops: must be a list'],
    ['[]', 'ops: must be a list'],
    ['7', 'ops: must be a list'],
  ]
  for (const [line, error] of lines)
    test(`the line ${line.slice(0, 40)}`, async () => {
      expect((await node.trellis.raw(line)).error).toBe(error)
    })

  test('random bytes', async () => {
    for (let i = 0; i < 300; i++) {
      const bytes = Array.from({ length: i }, (_, k) => String.fromCharCode(32 + ((i * 7919 + k * 104_729) % 95)))
      await node.trellis.raw(`{${bytes.join('')}`)
    }
    expect(await node.trellis.one({ op: 'observe' })).toMatchObject({ ok: true })
  })

  test('every prefix of a good request', async () => {
    const good = JSON.stringify({
      id: 'x',
      ops: [...port('h', 'v9', 9), { op: 'observe', more: [1.5e3, true, null, 'é\n"'] }],
    })
    for (let n = 1; n < good.length; n++) expect((await node.trellis.raw(good.slice(0, n))).error).toBeDefined()
    expect(await node.trellis.one({ op: 'observe' })).toMatchObject({ devices: [{ device: 'v' }] })
  })

  test('whoever looks again and knows the version is told of nothing but that, until something changes', async () => {
    const first = await node.trellis.one({ op: 'observe' })
    const known = first.version
    expect(known).toBeGreaterThan(0)
    const same = { ok: true, version: known }
    expect(await node.trellis.do({ op: 'observe', known }, { op: 'observe', known })).toEqual([same, same])
    expect(await node.trellis.one({ op: 'observe' })).toEqual(first)
    expect(await node.trellis.one({ op: 'observe', known: Number(known) + 1 })).toEqual(first)

    const ops = [...host('h9'), ...port('h9', 'v9', 9), { op: 'observe', known }]
    const changed = (await node.trellis.do(...ops)).at(-1)
    expect(changed).toMatchObject({ devices: [{ device: 'v' }, { device: 'v9' }], version: Number(known) + 1 })
    await node.trellis.do({ op: 'device.delete', devices: ['v9'] }, { op: 'namespace.delete', namespace: 'h9' })
    // As it was, but it was not so all the time.
    expect(await node.trellis.one({ op: 'observe', known })).toEqual({ ...first, version: Number(known) + 2 })
    expect(await node.trellis.one({ op: 'observe', known: 'x' })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^known: /),
    })
  })

  test('a line of 65 MiB is refused, and the next one is answered', async () => {
    const refusal = await node.trellis.raw('x'.repeat(65 << 20))
    expect(refusal).toEqual({ id: null, error: 'the request is longer than 64 MiB' })
    expect(await node.trellis.one({ op: 'stats' })).toMatchObject({ ok: true })
  })

  const veth = port('h', 'v9', 9)[0] as Op // the first of two
  const configure = port('h', 'v', 1)[1] as Op
  const cases: [string, Record<string, unknown>, string][] = [
    ['an unknown op', { op: 'make.coffee' }, 'op: there is no op "make.coffee"'],
    ['no op', {}, 'op: is missing'],
    ['a missing field', { op: 'namespace.create', namespace: 'x' }, 'owner: is missing'],
    ['null for a field', { ...veth, mac: null }, 'mac: is missing'],
    ['a number for text', { op: 'owner.delete', owner: 7 }, 'owner: must be text'],
    ['a path for a name', { op: 'namespace.delete', namespace: '../../etc' }, 'namespace: must be 1 to 128 letters'],
    ['an option for a name', { op: 'namespace.delete', namespace: '-x' }, 'namespace: must be 1 to 128 letters'],
    ['an empty name', { op: 'namespace.delete', namespace: '' }, 'namespace: must be 1 to 128 letters'],
    ['a name too long', { op: 'namespace.delete', namespace: 'x'.repeat(129) }, 'namespace: must be 1 to 128 letters'],
    ['a device name too long', { ...veth, device: 'abcdefghijklmnop' }, 'device: must be 1 to 15 letters'],
    ['a group address as MAC', { ...veth, mac: '01:00:5e:00:00:01' }, 'mac: must not be a group address'],
    ['a malformed MAC', { ...veth, mac: '2:0:0:0:0:1' }, 'mac: must be like 02:00:00:00:00:01'],
    ['an MTU too small', { ...veth, mtuBytes: 10 }, 'mtuBytes: must be a whole number from 68 to 65535'],
    ['half a byte of MTU', { ...veth, mtuBytes: 1500.5 }, 'mtuBytes: must be a whole number from 68 to 65535'],
    ['another mark', { ...veth, mark: 'docker' }, 'mark: must begin with "myvini"'],
    ['a namespace that is not there', { ...veth, namespace: 'nowhere' }, 'namespace: there is no nowhere'],
    ['an owner that is not there', { op: 'namespace.create', namespace: 'x', owner: 'nobody' }, 'owner: nobody'],
    [
      'too many ids',
      { ...owner(), owner: 'x', uidCount: 4e9, uidBase: 4e9 },
      'uidCount: uidBase + uidCount goes beyond',
    ],
    ['other ids for an owner', { ...owner(), uidBase: 5 }, 'uidBase: owner slice has other ids already'],
    ['an address without prefix', { ...configure, addresses: ['10.0.0.1'] }, 'addresses: must hold addresses with'],
    ['a prefix too long', { ...configure, addresses: ['10.0.0.1/33'] }, 'addresses: must hold addresses with'],
    ['an interface that is not there', { ...configure, interface: 'eth7' }, 'interface: there is no eth7 in h'],
    ['a bridge that is not there', { ...configure, bridge: 'br7' }, 'bridge: there is no br7 in h'],
    [
      'a route to nowhere',
      { ...host('h', false, [{ to: 'there', interface: 'eth0' }])[1] },
      'routes: to must be a network',
    ],
    [
      'a route over an interface that is not there',
      { ...host('h', false, [{ to: 'default', via: '10.0.0.9', interface: 'eth7' }])[1] },
      'routes: there is no interface eth7',
    ],
    [
      'a remote of this node',
      { op: 'underlay.set', underlay: 'u', local: '127.0.0.1', remote: '127.0.0.1', mtuBytes: 1500 },
      'remote: is an address of this node',
    ],
    [
      'a local address that is not ours',
      { op: 'underlay.set', underlay: 'u', local: '192.0.2.1', remote: '127.0.0.1', mtuBytes: 1500 },
      'finding a route from local to remote',
    ],
    [
      'an underlay that is not there',
      { op: 'virtual.set', device: 'v', link: 'l', to: tunnel('u', 1) },
      'to.underlay: there is no underlay u',
    ],
    [
      'a key too large',
      { op: 'virtual.set', device: 'v', link: 'l', to: tunnel('u', 2 ** 32) },
      'to.key: must be a whole number from 0 to 4294967295',
    ],
    [
      'a place of another kind',
      { op: 'virtual.set', device: 'v', link: 'l', to: { kind: 'moon' } },
      'to.kind: must be "device" or "tunnel"',
    ],
    [
      'a device joined to itself',
      { op: 'virtual.set', device: 'v', link: 'l', to: { kind: 'device', device: 'v' } },
      'to.device: is the device itself',
    ],
    ['a device of somebody else', { op: 'device.delete', devices: ['lo'] }, 'devices: lo is not ours'],
    ['a device name taken by somebody else', { ...veth, device: 'lo' }, 'device: lo exists and is not ours'],
  ]

  for (const [name, op, error] of cases)
    test(`${name} is refused by name`, async () => {
      const before = await node.trellis.one({ op: 'observe' })
      const result = await node.trellis.one(op as Op)
      expect(result.ok).toBe(false)
      expect(result.error).toContain(error)
      expect(result.errno).toMatch(/^E[A-Z]+$/)
      expect(await node.trellis.one({ op: 'observe' })).toEqual(before)
    })

  test('an op that fails does not stop the others', async () => {
    const results = await node.trellis.tryAll([...host('h2'), { op: 'nonsense' }, ...host('h3')])
    expect(results.map(({ ok }) => ok)).toEqual([true, true, false, true, true])
    await node.trellis.do({ op: 'namespace.delete', namespace: 'h2' }, { op: 'namespace.delete', namespace: 'h3' })
  })

  test('ids come back as they were', async () => {
    expect((await node.trellis.raw('{"id":"é\\n","ops":[]}')).id).toBe('é\n')
    expect((await node.trellis.raw('{"id":123456789012,"ops":[]}')).id).toBe(123456789012)
    expect((await node.trellis.raw('{"id":{},"ops":[]}')).id).toBe(null)
  })
})
