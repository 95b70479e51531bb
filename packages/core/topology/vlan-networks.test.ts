import { expect, test } from 'vitest'
import { networkOf, parseCidr } from '../addressing/cidr'
import { planRoutes } from '../addressing/routes'
import { buildTopology } from './build'
import { applyEdit } from './edit'
import { graphOf } from './graph'
import { TEMPLATES } from './templates'
import type { LinkVlan, Topology } from './topology'
import { validateTopology } from './validate'

const classroom = TEMPLATES.find((t) => t.slug === 'switched-lan')?.topology as Topology // it is in the list
const subnet = (topology: Topology, host: string, at = 0) => {
  const cidr = parseCidr(topology.hosts.find((h) => h.name === host)?.interfaces[at]?.ipv4 ?? '')
  return cidr && networkOf(cidr).address
}

test('over two switches that a trunk joins, each VLAN is a network with addresses of its own', () => {
  expect(graphOf(classroom).segments).toHaveLength(1)
  expect(graphOf(classroom).networks.map((n) => n.ports.map((p) => p.host.name).toSorted())).toEqual([
    ['router', 'staff1', 'staff2'],
    ['router', 'student1', 'student2', 'student3'],
  ])
  expect(subnet(classroom, 'staff1')).toBe(subnet(classroom, 'staff2'))
  expect(subnet(classroom, 'student1')).toBe(subnet(classroom, 'student3'))
  expect(subnet(classroom, 'staff1')).not.toBe(subnet(classroom, 'student1'))
  expect(validateTopology(classroom)).toEqual([])
})

test('from one VLAN to the other the way leads over the router', () => {
  const routes = planRoutes(classroom)
  const router = classroom.hosts.find((h) => h.name === 'router')
  const via = (host: string) => routes.get(classroom.hosts.find((h) => h.name === host)?.id as never)?.[0]?.via
  const own = router?.interfaces.map((i) => i.ipv4?.split('/')[0])
  expect([via('staff1'), via('student2')]).toEqual(own)
})

const oneLan = (vlanFiltering: boolean) =>
  buildTopology(
    [
      { name: 'lan', kind: 'lan', vlanFiltering, x: 0, y: 0 },
      ...['a', 'b', 'c'].map((name) => ({ name, kind: 'host' as const, x: 0, y: 0 })),
    ],
    ['a', 'b', 'c'].map((from) => ({ from, to: 'lan' })),
  )
const setVlan = (topology: Topology, host: number, vlan: LinkVlan | null): Topology => {
  const link = topology.links[host]
  if (!link) throw new Error('there is no such link')
  const done = applyEdit(topology, { kind: 'set-vlan', link: link.id, end: 1, vlan })
  if (!done.ok) throw new Error(done.problem.message)
  return done.value
}

test('a link put into another VLAN gets an address there, and back, one of those it left', () => {
  const before = oneLan(true)
  const apart = setVlan(before, 2, { mode: 'access', vid: 20 })
  expect(subnet(apart, 'a')).toBe(subnet(before, 'a')) // what a person has read of others stays
  expect(subnet(apart, 'c')).not.toBe(subnet(apart, 'a'))
  expect(subnet(setVlan(apart, 2, null), 'c')).toBe(subnet(before, 'a'))
})

test('an address that a person typed stays, whatever VLAN it is put in', () => {
  const before = oneLan(true)
  const typed = before.hosts.map((h) =>
    h.name === 'c'
      ? { ...h, interfaces: h.interfaces.map((i) => ({ ...i, ipv4: '192.0.2.9/24', planned: false })) }
      : h,
  )
  const apart = setVlan({ ...before, hosts: typed }, 2, { mode: 'access', vid: 20 })
  expect(apart.hosts.find((h) => h.name === 'c')?.interfaces[0]?.ipv4).toBe('192.0.2.9/24')
})

test('an interface on a trunk is in no network and is given no address; tags are its host’s affair', () => {
  const topology = setVlan(oneLan(true), 0, { mode: 'trunk', vids: [1, 20] })
  const iface = topology.hosts.find((h) => h.name === 'a')?.interfaces[0]
  expect(iface?.ipv4).toBeNull()
  expect(iface && graphOf(topology).networkOf.has(iface.id)).toBe(false)
})

test('a LAN without VLANs is one network, whatever its links say', () => {
  const topology = setVlan(oneLan(false), 2, { mode: 'access', vid: 20 })
  expect(graphOf(topology).networks).toHaveLength(1)
  expect(subnet(topology, 'c')).toBe(subnet(topology, 'a'))
})

test('VLANs that are switched on put planned addresses where they belong', () => {
  const drawn = setVlan(oneLan(false), 2, { mode: 'access', vid: 20 })
  const [lan] = drawn.lans
  const done = lan && applyEdit(drawn, { kind: 'update-lan', lan: lan.id, patch: { vlanFiltering: true } })
  expect(done?.ok && subnet(done.value, 'c') !== subnet(done.value, 'a')).toBe(true)
})
