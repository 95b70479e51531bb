import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyEdit } from '../../topology/edit'
import { randomTopology } from '../../topology/random-topology'
import type { Topology } from '../../topology/topology'
import type { Change } from '../embedding'
import { requestOf } from '../request'
import { applyChange } from './apply-change'
import { changeOnButton, editsOf } from './change-edits'

const drawn = (topology: Topology, change: Change): Topology =>
  editsOf(topology, change).reduce((before, edit) => {
    const after = applyEdit(before, edit)
    if (!after.ok) throw new Error(after.problem.message)
    return after.value
  }, topology)

const aTopology = fc
  .record({ hosts: fc.integer({ min: 2, max: 8 }), seed: fc.integer({ min: 1, max: 10_000 }) })
  .map(({ hosts, seed }) => randomTopology({ routers: 3, hosts, lans: 1, extraLinks: 2, seed }))
  // Containers: others have no disk that a change could be about.
  .map((topology) => ({ ...topology, hosts: topology.hosts.map((host) => ({ ...host, class: 'vserver' as const })) }))

function changesOf(topology: Topology): Change[] {
  const [link] = topology.links
  const [host] = topology.hosts
  if (!link || !host) return []
  return [
    { kind: 'link-capacity', id: link.id, capacityMbps: 3.25 },
    { kind: 'link-delay', id: link.id, maxDelayMs: 40 },
    { kind: 'host-cpu', id: host.id, cpuMilli: 150 },
    { kind: 'host-memory', id: host.id, memoryMib: 7 },
    { kind: 'host-disk', id: host.id, diskMib: 17 },
    { kind: 'unpin', id: host.id },
    { kind: 'scale-links', share: 0.35 },
    { kind: 'scale-hosts', share: 0.9 },
  ]
}

test('what a button does to the drawing asks for no more than the change that was tried', () =>
  fc.assert(
    fc.property(aTopology, (topology) => {
      for (const change of changesOf(topology)) {
        const tried = applyChange(requestOf(topology), 'spread', change).request
        const asked = requestOf(drawn(topology, change))
        asked.links.forEach((link, i) => {
          expect(link.capacityMbps).toBeLessThanOrEqual((tried.links[i]?.capacityMbps ?? 0) + 1e-6)
          expect(link.maxDelayMs).toBe(tried.links[i]?.maxDelayMs)
        })
        asked.nodes.forEach((node, i) => {
          // A drawing gives each host at least a hundredth of a core.
          expect(node.cpuMilli).toBeLessThanOrEqual(Math.max(10, tried.nodes[i]?.cpuMilli ?? 0))
          expect(node.memoryMib).toBe(tried.nodes[i]?.memoryMib)
          expect(node.diskMib).toBe(tried.nodes[i]?.diskMib)
          expect(node.pin).toEqual(tried.nodes[i]?.pin)
        })
      }
    }),
    { numRuns: 60 },
  ))

test('a change of what is no longer drawn changes nothing', () => {
  const topology = randomTopology({ routers: 2, hosts: 2, lans: 0, extraLinks: 0, seed: 4 })
  const [link] = topology.links
  if (!link) throw new Error('there is no link')
  const without = { ...topology, links: topology.links.slice(1) }
  expect(editsOf(without, { kind: 'link-capacity', id: link.id, capacityMbps: 1 })).toEqual([])
})

test('a button says what it does, by the names on the canvas', () => {
  const topology = randomTopology({ routers: 2, hosts: 0, lans: 0, extraLinks: 0, seed: 1 })
  const request = requestOf(topology)
  const [link] = request.links
  const [host] = request.nodes
  if (!link || !host) throw new Error('there is nothing drawn')
  expect(changeOnButton(request, { kind: 'link-capacity', id: link.id, capacityMbps: 250 })).toBe(
    `Lower ${link.name} to 250 Mbit/s`,
  )
  expect(changeOnButton(request, { kind: 'host-memory', id: host.id, memoryMib: 64 })).toBe(
    `Lower ${host.name} to 64 MiB of memory`,
  )
  expect(changeOnButton(request, { kind: 'host-disk', id: host.id, diskMib: 128 })).toBe(
    `Lower ${host.name} to 128 MiB of disk`,
  )
  expect(changeOnButton(request, { kind: 'unpin', id: host.id })).toBe(`Remove the pin of ${host.name}`)
})
