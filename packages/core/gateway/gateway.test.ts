import { describe, expect, test } from 'vitest'
import { planRoutes } from '../addressing/routes'
import { compileNodeSpec, planSlice } from '../desired/compile'
import { NodeSpec } from '../desired/node-spec'
import { activeSlice, ringSubstrate } from '../desired/random-slice'
import { embed } from '../embedding/embed'
import { requestOf } from '../embedding/request'
import { Policy } from '../reservation/policy'
import { setRouting } from '../routing/fit'
import { NOTHING_USED } from '../substrate/usage'
import { buildTopology } from '../topology/build'
import { TEMPLATES } from '../topology/templates'
import { Topology } from '../topology/topology'
import { validateTopology } from '../topology/validate'
import type { Forward } from './forward'
import { checkGateways, GatewayPolicy, NO_GATEWAYS } from './policy'

const drawing = (forwards: Partial<Forward>[] = []): Topology => {
  const topology = buildTopology(
    [
      { name: 'h1', kind: 'host', x: 0, y: 0 },
      { name: 'r1', kind: 'router', x: 0, y: 0 },
      { name: 'gw', kind: 'gateway', x: 0, y: 0 },
    ],
    [
      { from: 'h1', to: 'r1' },
      { from: 'r1', to: 'gw' },
    ],
  )
  const whole = forwards.map((f) => ({ protocol: 'tcp', outsidePort: 20_080, to: 'h1', port: 80, ...f }))
  return Topology.parse({
    ...topology,
    hosts: topology.hosts.map((h) => (h.name === 'gw' ? { ...h, forwards: whole } : h)),
  })
}
const open: GatewayPolicy = { ...NO_GATEWAYS, allowed: ['researcher'], destinations: ['203.0.113.0/24'] }
const codes = (topology: Topology) => validateTopology(topology).map((p) => p.code)

describe('a gateway in a drawing', () => {
  test('is valid with a forward to a host that has an address', () => {
    expect(validateTopology(drawing([{}]))).toEqual([])
  })

  test('is refused with a port twice, a target that is gone, and a class that people work in', () => {
    expect(codes(drawing([{}, { port: 81 }]))).toEqual(['topology.forward-port-taken'])
    expect(codes(drawing([{}, { protocol: 'udp' }]))).toEqual([])
    expect(codes(drawing([{ to: 'nobody' as Forward['to'] }]))).toEqual(['topology.forward-target'])
    const whole = drawing()
    const hosts = whole.hosts.map((h) => (h.kind === 'gateway' ? { ...h, class: 'vserver' as const } : h))
    expect(codes({ ...whole, hosts })).toContain('topology.gateway-class')
  })

  test('takes no port beyond sixteen bits', () => {
    expect(() => drawing([{ outsidePort: 65_536 }])).toThrow()
    expect(() => drawing([{ port: 0 }])).toThrow()
  })

  test('is where everything goes that is not drawn, by static routes and where routers speak OSPF', () => {
    for (const topology of [drawing(), setRouting(drawing(), 'ospf')]) {
      const routes = planRoutes(topology)
      const of = (name: string) => routes.get(topology.hosts.find((h) => h.name === name)?.id as never) ?? []
      expect(of('h1').map((r) => r.to)).toEqual(['default'])
      expect(of('r1')).toContainEqual(expect.objectContaining({ to: 'default', interface: 'eth1' }))
      expect(of('gw').map((r) => r.to)).not.toContain('default')
      expect(of('gw').length).toBeGreaterThan(0)
    }
  })

  test('comes only to a node that can carry one, and is refused by name where none can', () => {
    const { substrate } = ringSubstrate(2)
    const refused = embed(substrate, NOTHING_USED, requestOf(drawing()), { placement: 'spread', seed: 1 })
    expect(refused).toMatchObject({ ok: false, problem: { message: expect.stringContaining('gw needs gateway') } })
  })

  test('gets in its node’s spec what the policy lets pass, and nothing once nobody may have one', () => {
    const { substrate, underlays } = ringSubstrate(1)
    const nodes = substrate.nodes.map((n) => ({ ...n, capabilities: [...n.capabilities, 'gateway' as const] }))
    const topology = drawing([{}])
    const gw = topology.hosts.find((h) => h.kind === 'gateway')?.id ?? ''
    const active = {
      ...activeSlice('x', topology, { ...substrate, nodes }, 1),
      hostUidBases: new Map([[gw as string, 65_536 * 300]]),
    }
    const spec = (gateways: GatewayPolicy) => {
      const node = nodes[0]?.id
      if (!node) throw new Error('no node')
      const body = compileNodeSpec(node, [planSlice(active, underlays)], underlays, { idle: true, gateways })
      return NodeSpec.parse({ ...body, generation: 1 }).slivers[0]?.hosts.find((h) => h.name === 'gw')?.gateway
    }
    expect(spec(open)).toMatchObject({
      device: 'mvgw0012c',
      nodeAddress: '100.64.4.177/30',
      address: '100.64.4.178/30',
      destinations: ['203.0.113.0/24'],
      forwards: [{ protocol: 'tcp', outsidePort: 20_080, to: '10.0.1.2', port: 80 }],
    })
    expect(spec(NO_GATEWAYS)).toMatchObject({ destinations: [], forwards: [] })
  })

  test('is what the template with a way out has', () => {
    const template = TEMPLATES.find((t) => t.slug === 'way-out')?.topology
    expect(template?.hosts.map((h) => h.kind)).toContain('gateway')
    expect(template && validateTopology(template)).toEqual([])
  })
})

describe('the policy for gateways', () => {
  test('of an installation that never heard of them allows none', () => {
    const { gateways: _, ...old } = Policy.parse({
      ...{ most: { hosts: 1, cpuPercent: 1, linkMbps: 1, windowHours: 1 }, slicesAtOnce: 1, bookAheadDays: 1 },
      ...{ automatic: { hosts: 1, cpuPercent: 1, linkMbps: 1, windowHours: 1 }, reason: 'never' },
    })
    expect(Policy.parse(old).gateways).toEqual(NO_GATEWAYS)
  })

  test('refuses by name whoever is not among its roles, and ports beyond its range', () => {
    expect(checkGateways(drawing(), 'researcher', NO_GATEWAYS)).toMatchObject({
      ok: false,
      problem: { code: 'booking.gateway-not-allowed', message: expect.stringContaining('gw is a gateway') },
    })
    expect(checkGateways(drawing([{}]), 'researcher', open)).toEqual({ ok: true, value: null })
    expect(checkGateways(drawing([{ outsidePort: 22 }]), 'researcher', open)).toMatchObject({
      ok: false,
      problem: { code: 'booking.gateway-port', hint: 'Choose an outside port from 20000 to 29999.' },
    })
  })

  test('takes IPv4 networks and a range that is one', () => {
    expect(GatewayPolicy.safeParse({ ...open, destinations: ['example.org'] }).success).toBe(false)
    expect(GatewayPolicy.safeParse({ ...open, outsidePorts: { from: 3000, to: 2000 } }).success).toBe(false)
  })
})
