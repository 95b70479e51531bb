import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildTopology } from '../topology/build'
import { graphOf } from '../topology/graph'
import { randomTopology } from '../topology/random-topology'
import { TEMPLATES } from '../topology/templates'
import type { Topology, VirtualHost } from '../topology/topology'
import { hasErrors, validateTopology } from '../topology/validate'
import { addressOf, overlaps, parseCidr } from './cidr'
import { planRoutes } from './routes'

const parse = (text: string) => {
  const cidr = parseCidr(text === 'default' ? '0.0.0.0/0' : text)
  if (!cidr) throw new Error(text)
  return cidr
}

/** Walks a packet host by host as the kernel would: connected networks, then the longest matching route. */
function hopsTo(topology: Topology, from: VirtualHost, to: string): number | null {
  const graph = graphOf(topology)
  const routes = planRoutes(topology)
  const target = parse(`${to}/32`)
  let at = from
  for (let hops = 0; hops < 64; hops++) {
    const own = [...at.interfaces.flatMap((i) => i.ipv4 ?? []), ...(at.loopback ? [at.loopback] : [])]
    if (own.some((a) => addressOf(a) === to)) return hops
    if (hops > 0 && at.kind !== 'router') return null
    const connected = at.interfaces.find((i) => i.ipv4 !== null && overlaps(parse(i.ipv4), target))
    const best = (routes.get(at.id) ?? [])
      .filter((r) => overlaps(parse(r.to), target))
      .toSorted((a, b) => parse(b.to).prefixLength - parse(a.to).prefixLength)[0]
    const out = connected ?? at.interfaces.find((i) => i.name === best?.interface)
    const via = connected ? to : best?.via
    const next =
      out && graph.segmentOf.get(out.id)?.ports.find((p) => p.iface.ipv4 !== null && addressOf(p.iface.ipv4) === via)
    if (!next) return null
    at = next.host
  }
  return null
}

function everyPairTalks(topology: Topology) {
  for (const from of topology.hosts)
    for (const to of topology.hosts)
      for (const text of [to.loopback, ...to.interfaces.map((i) => i.ipv4)]) {
        if (text === null) continue
        const address = addressOf(text)
        expect(hopsTo(topology, from, address), `${from.name} to ${to.name} (${address})`).not.toBeNull()
      }
}

describe('planned addresses and routes', () => {
  test.each(TEMPLATES.filter((t) => t.topology.routing === 'static').map((t) => [t.name, t.topology] as const))(
    '%s: every host reaches every address',
    (_, topology) => {
      expect(validateTopology(topology)).toEqual([])
      everyPairTalks(topology)
    },
  )

  test('in any connected network every host reaches every address, and nothing is wrong with it', () => {
    const shape = fc.record({
      seed: fc.nat(),
      routers: fc.integer({ min: 1, max: 7 }),
      hosts: fc.integer({ min: 0, max: 6 }),
      lans: fc.integer({ min: 0, max: 3 }),
      extraLinks: fc.integer({ min: 0, max: 4 }),
    })
    fc.assert(
      fc.property(shape, (s) => {
        const topology = randomTopology(s)
        expect(hasErrors(validateTopology(topology))).toBe(false)
        everyPairTalks(topology)
      }),
      { numRuns: 60 },
    )
  })

  test('a packet takes the fewest hops', () => {
    const abilene = TEMPLATES.find((t) => t.slug === 'abilene')?.topology
    const host = (name: string) => abilene?.hosts.find((h) => h.name === name)
    const [seattle, newyork] = [host('seattle'), host('newyork')]
    if (!abilene || !seattle || !newyork?.loopback) throw new Error('Abilene has changed')
    // seattle denver kansascity indianapolis chicago newyork
    expect(hopsTo(abilene, seattle, addressOf(newyork.loopback))).toBe(5)
  })

  test('hosts do not forward: two networks joined only by a host stay apart', () => {
    const topology = buildTopology(
      ['a', 'b', 'c'].map((name, i) => ({ name, kind: 'host', x: i, y: 0 })),
      [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
      ],
    )
    expect(planRoutes(topology).get(topology.hosts[0]?.id ?? ('' as never))).toEqual([])
  })

  test('where routers find their ways by themselves, only hosts are given any', () => {
    const drawn = randomTopology({ seed: 4, routers: 4, hosts: 3, lans: 1, extraLinks: 1 })
    const routes = planRoutes({ ...drawn, routing: 'ospf' })
    for (const host of drawn.hosts)
      expect(routes.get(host.id)).toEqual(host.kind === 'host' ? planRoutes(drawn).get(host.id) : [])
  })

  test('routing "none" plans no routes at all', () => {
    const topology = {
      ...randomTopology({ seed: 1, routers: 3, hosts: 2, lans: 1, extraLinks: 0 }),
      routing: 'none' as const,
    }
    expect([...planRoutes(topology).values()].flat()).toEqual([])
  })

  test('a host with one way out has one route', () => {
    const topology = randomTopology({ seed: 2, routers: 5, hosts: 3, lans: 0, extraLinks: 2 })
    const host = topology.hosts.find((h) => h.kind === 'host')
    expect(
      host &&
        planRoutes(topology)
          .get(host.id)
          ?.map((r) => r.to),
    ).toEqual(['default'])
  })
})
