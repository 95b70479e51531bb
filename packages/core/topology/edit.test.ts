import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newHost } from './build'
import { applyEdit, type Edit, nextInterfaceName, nextName } from './edit'
import { record, redo, startHistory, undo } from './history'
import { randomTopology } from './random-topology'
import { TEMPLATES } from './templates'
import { emptyTopology, Topology } from './topology'
import { validateTopology } from './validate'

const id = (text: string) => text as never

function apply(topology: Topology, ...edits: Edit[]): Topology {
  return edits.reduce((t, edit) => {
    const result = applyEdit(t, edit)
    if (!result.ok) throw new Error(result.problem.message)
    return result.value
  }, topology)
}

const host = (name: string, kind: 'host' | 'router' = 'host'): Edit => ({
  kind: 'add-host',
  host: newHost(id(name), { name, kind, x: 0, y: 0 }),
})
const lan = (name: string): Edit => ({
  kind: 'add-lan',
  lan: { id: id(name), name, position: { x: 0, y: 0 }, pin: null, stp: false, vlanFiltering: false },
})
const join = (
  link: string,
  a: string,
  b: string,
  kinds: ['host' | 'lan', 'host' | 'lan'] = ['host', 'host'],
): Edit => ({
  kind: 'connect',
  from: { kind: kinds[0], id: id(a) },
  to: { kind: kinds[1], id: id(b) },
  link: id(link),
  interfaces: [id(`${link}a`), id(`${link}b`)],
  capacityMbps: 10,
})
const ipv4 = (t: Topology, name: string, n = 0) => t.hosts.find((h) => h.name === name)?.interfaces[n]?.ipv4

describe('drawing', () => {
  test('a link gives both ends an interface and an address in one network', () => {
    const t = apply(emptyTopology(), host('a'), host('b'), join('l', 'a', 'b'))
    expect([ipv4(t, 'a'), ipv4(t, 'b')]).toEqual(['10.0.1.1/30', '10.0.1.2/30'])
    expect(validateTopology(t)).toEqual([])
  })

  test('a router takes the first address of a LAN although hosts were there before', () => {
    const t = apply(
      emptyTopology(),
      lan('office'),
      host('gw', 'router'),
      host('pc'),
      join('l1', 'gw', 'office', ['host', 'lan']),
      join('l2', 'office', 'pc', ['lan', 'host']),
    )
    expect([ipv4(t, 'gw'), ipv4(t, 'pc')]).toEqual(['10.0.1.1/24', '10.0.1.2/24'])
  })

  test('a new link leaves every address that was there', () => {
    const before = TEMPLATES[1]?.topology ?? emptyTopology()
    const after = apply(before, join('new', 'seattle', 'newyork'))
    for (const h of before.hosts) {
      const now = after.hosts.find((x) => x.id === h.id)
      expect(now?.interfaces.slice(0, h.interfaces.length)).toEqual(h.interfaces)
    }
  })

  test('a typed address is kept when addresses are planned anew, and its network is left alone', () => {
    let t = apply(emptyTopology(), host('a'), host('b'), host('c'), join('l1', 'a', 'b'))
    t = apply(t, { kind: 'update-interface', interface: id('l1a'), patch: { ipv4: '10.0.2.1/30', planned: false } })
    t = apply(t, { kind: 'replan-addresses' }, join('l2', 'b', 'c'))
    expect(ipv4(t, 'a')).toBe('10.0.2.1/30')
    expect(ipv4(t, 'b')).toBe('10.0.2.2/30')
    expect(ipv4(t, 'c')).toBe('10.0.1.2/30')
  })

  test('removing a host removes its links and the interfaces at their other ends', () => {
    const t = apply(emptyTopology(), host('a'), host('b'), host('c'), join('l1', 'a', 'b'), join('l2', 'b', 'c'))
    const after = apply(t, { kind: 'remove', nodes: [{ kind: 'host', id: id('b') }], links: [] })
    expect(after.links).toEqual([])
    expect(after.hosts.map((h) => [h.name, h.interfaces.length])).toEqual([
      ['a', 0],
      ['c', 0],
    ])
  })

  test('a link from a host to itself is refused in words', () => {
    const result = applyEdit(apply(emptyTopology(), host('a')), join('l', 'a', 'a'))
    expect(result.ok ? null : result.problem.code).toBe('topology.link-loop')
  })

  test('an edit of something that another tab removed says so', () => {
    const result = applyEdit(emptyTopology(), { kind: 'update-host', host: id('gone'), patch: { name: 'x' } })
    expect(result.ok ? null : result.problem).toMatchObject({
      code: 'edit.gone',
      message: expect.stringContaining('gone'),
    })
  })

  test('a router that becomes a host loses its loopback', () => {
    const t = apply(emptyTopology(), host('r', 'router'))
    expect(t.hosts[0]?.loopback).toBe('10.255.0.1/32')
    expect(apply(t, { kind: 'update-host', host: id('r'), patch: { kind: 'host' } }).hosts[0]?.loopback).toBeNull()
  })

  test('new names and interfaces take the lowest free number', () => {
    const t = apply(emptyTopology(), host('h1'), host('h3'), join('l', 'h1', 'h3'))
    expect(nextName(t, 'h')).toBe('h2')
    const first = t.hosts[0]
    expect(first && nextInterfaceName(first)).toBe('eth1')
  })

  test('every drawing survives being written and read', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 6 }), (seed, routers) => {
        const t = randomTopology({ seed, routers, hosts: 3, lans: 2, extraLinks: 1 })
        expect(Topology.parse(JSON.parse(JSON.stringify(t)))).toEqual(t)
      }),
      { numRuns: 30 },
    )
  })
})

describe('undo and redo', () => {
  test('undo goes back over any number of steps and redo comes forward again', () => {
    const steps = [host('a'), host('b'), join('l', 'a', 'b'), host('c')]
    let history = startHistory(emptyTopology())
    const seen = [history.present]
    for (const edit of steps) {
      history = record(history, apply(history.present, edit), edit.kind, null)
      seen.push(history.present)
    }
    for (const expected of seen.slice(0, -1).toReversed()) {
      history = undo(history)
      expect(history.present).toBe(expected)
    }
    expect(undo(history)).toBe(history)
    for (const expected of seen.slice(1)) {
      history = redo(history)
      expect(history.present).toBe(expected)
    }
  })

  test('one drag is one step, however many moves it has', () => {
    let history = startHistory(apply(emptyTopology(), host('a')))
    const start = history.present
    for (let x = 1; x <= 50; x++)
      history = record(
        history,
        apply(history.present, { kind: 'move', moves: [{ node: { kind: 'host', id: id('a') }, x, y: 0 }] }),
        'move',
        'drag 1',
      )
    expect(undo(history).present).toBe(start)
  })

  test('a new step after undo forgets what was undone', () => {
    let history = startHistory(emptyTopology())
    history = record(history, apply(history.present, host('a')), 'add', null)
    history = record(undo(history), apply(emptyTopology(), host('b')), 'add', null)
    expect(redo(history)).toBe(history)
  })
})
