import { describe, expect, test } from 'vitest'
import type { SubstrateLinkId, SubstrateNodeId } from '../../ids'
import type { Substrate } from '../../substrate/substrate'
import { NOTHING_USED, type NodeUsage, noNodeUsage, type Usage } from '../../substrate/usage'
import { embed } from '../embed'
import type { EmbeddingOptions, EmbeddingProblem } from '../embedding'
import type { RequestedLink, RequestedNode } from '../request'
import { host, inSite, join, lan, link, node, onNode, TWO_SITES } from '../two-sites'

const used = (nodes: Record<string, Partial<NodeUsage>>, links: Record<string, number>): Usage => ({
  // Keys of a record are plain strings; these are ids of TWO_SITES.
  nodes: new Map(Object.entries(nodes).map(([id, more]) => [id as SubstrateNodeId, { ...noNodeUsage(), ...more }])),
  links: new Map(Object.entries(links).map(([id, mbps]) => [id as SubstrateLinkId, mbps])),
})

const BUSY = used({ 'chicago-1': { cpuMilli: 3800 }, 'chicago-2': { memoryMib: 8000 } }, { 'chicago-1_houston-1': 250 })
const FULL_LINK = used({}, { 'chicago-1_houston-1': 250 })
const AWAY: Substrate = {
  ...TWO_SITES,
  nodes: TWO_SITES.nodes.map((n) => (n.site === 'Houston' ? { ...n, available: false } : n)),
}
const APART: Substrate = { ...TWO_SITES, links: TWO_SITES.links.filter((l) => l.delayMs === 1) }
const CLOSED: Substrate = {
  ...TWO_SITES,
  links: TWO_SITES.links.map((l) => (l.delayMs === 1 ? l : { ...l, capacityMbps: 0 })),
}
const hosts = (count: number, more: Partial<RequestedNode> = {}) =>
  Array.from({ length: count }, (_, i) => host(`r${i + 1}`, more))

interface Row {
  name: string
  substrate?: Substrate
  used?: Usage
  nodes: RequestedNode[]
  links?: RequestedLink[]
  placement?: EmbeddingOptions['placement']
  says: Partial<EmbeddingProblem>
}

const chicago = host('r1', inSite('Chicago'))
const houston = host('r2', inSite('Houston'))

const ROWS: readonly Row[] = [
  {
    name: 'a link wider than what is left between two sites',
    used: FULL_LINK,
    nodes: [chicago, houston, host('r3')],
    links: [link('r1', 'r2', 400), link('r2', 'r3', 10)],
    says: {
      code: 'embedding.link-too-narrow',
      when: 'not-now',
      message: 'The link r1–r2 wants 400 Mbit/s; every path from site Chicago to site Houston has at most 250 left.',
      hint: 'It fits with 250 Mbit/s on r1–r2.',
      parts: ['r1', 'r2', 'r1_r2'],
      change: { kind: 'link-capacity', id: link('r1', 'r2', 0).id, capacityMbps: 250 },
    },
  },
  {
    name: 'a link wider than any path of the empty substrate',
    nodes: [chicago, houston],
    links: [link('r1', 'r2', 900)],
    says: {
      when: 'never',
      message: 'The link r1–r2 wants 900 Mbit/s; every path from site Chicago to site Houston has at most 500.',
      change: { kind: 'link-capacity', id: link('r1', 'r2', 0).id, capacityMbps: 500 },
    },
  },
  {
    name: 'links that each fit, but not together',
    nodes: [chicago, houston, host('r3', inSite('Chicago')), host('r4', inSite('Houston'))],
    links: [link('r1', 'r2', 350), link('r3', 'r4', 190), link('r1', 'r4', 190), link('r1', 'r3', 10)],
    says: {
      code: 'embedding.links-too-narrow',
      when: 'never',
      message:
        'The links r1–r2, r3–r4 and r1–r4 want 730 Mbit/s together; all substrate links out of site Chicago have 700 together.',
      hint: 'It fits with 310 Mbit/s on r1–r2.',
      proven: true,
    },
  },
  {
    name: 'links that would fit by their sum, if they could be split',
    nodes: [chicago, houston, host('r3', inSite('Chicago')), host('r4', inSite('Houston'))],
    links: [link('r1', 'r2', 300), link('r3', 'r4', 300), link('r1', 'r3', 10)],
    says: {
      code: 'embedding.links-too-narrow',
      when: 'never',
      message:
        'The links r1–r2 and r3–r4 want 300 and 300 Mbit/s; the substrate links out of site Chicago have 500 and 200, and a link is not split.',
      hint: 'It fits with 200 Mbit/s on r1–r2.',
      proven: true,
    },
  },
  {
    name: 'a link that wants to be quicker than light',
    nodes: [chicago, houston],
    links: [link('r1', 'r2', 100, 5)],
    says: {
      code: 'embedding.link-too-slow',
      when: 'never',
      message:
        'The link r1–r2 wants 100 Mbit/s within 5 ms; the quickest path with that much from site Chicago to site Houston takes 15 ms.',
      hint: 'It fits if r1–r2 may take 15 ms.',
    },
  },
  {
    name: 'a quick path that is full',
    used: used({}, { 'chicago-1_houston-1': 450 }),
    nodes: [chicago, houston],
    links: [link('r1', 'r2', 100, 16)],
    says: { code: 'embedding.link-too-slow', when: 'not-now', hint: 'It fits if r1–r2 may take 20 ms.' },
  },
  {
    name: 'a disconnected substrate',
    substrate: APART,
    nodes: [chicago, houston],
    links: [link('r1', 'r2', 1)],
    says: {
      code: 'embedding.no-path',
      when: 'never',
      message: 'The link r1–r2 has no way: no path of substrate links joins site Chicago and site Houston.',
      hint: 'It fits if r1 is not pinned.',
    },
  },
  {
    name: 'substrate links with capacity zero',
    substrate: CLOSED,
    nodes: [chicago, houston],
    links: [link('r1', 'r2', 1)],
    says: { code: 'embedding.no-path', when: 'never' },
  },
  {
    name: 'hosts kept apart whose links find no room around any node',
    nodes: hosts(4),
    links: [link('r1', 'r2', 520), link('r1', 'r3', 520), link('r1', 'r4', 520)],
    placement: 'distinct',
    says: {
      code: 'embedding.links-too-narrow',
      when: 'never',
      hint: 'It fits if hosts may share nodes.',
      proven: true,
    },
  },
  {
    name: 'a host pinned to a full node',
    used: BUSY,
    nodes: [host('r1', onNode('chicago-1'))],
    says: {
      code: 'embedding.host-too-large',
      when: 'not-now',
      message: 'r1 wants 50 % CPU; node chicago-1 has 20 % CPU left.',
      change: { kind: 'host-cpu', id: 'r1', cpuMilli: 200 },
    },
  },
  {
    name: 'a site without enough memory now',
    used: used({ 'houston-1': { memoryMib: 8000 }, 'houston-2': { memoryMib: 7000 } }, {}),
    nodes: [host('r1', { ...inSite('Houston'), memoryMib: 2048 })],
    says: {
      when: 'not-now',
      message: 'r1 wants 2048 MiB of memory; the most that any node in site Houston has left is 1192 MiB of memory.',
      hint: 'It fits with 1192 MiB of memory for r1.',
    },
  },
  {
    name: 'a disk larger than what is left of any',
    used: used({ 'houston-1': { diskMib: 65_000 }, 'houston-2': { diskMib: 60_000 } }, {}),
    nodes: [host('r1', { ...inSite('Houston'), diskMib: 8192 })],
    says: {
      code: 'embedding.host-too-large',
      when: 'not-now',
      message: 'r1 wants 8192 MiB of disk; the most that any node in site Houston has left is 5536 MiB of disk.',
      hint: 'It fits with 5536 MiB of disk for r1.',
      change: { kind: 'host-disk', id: 'r1', diskMib: 5536 },
      proven: true,
    },
  },
  {
    name: 'a disk where there is less than the least that a host can have',
    used: used({ 'chicago-1': { diskMib: 65_530 } }, {}),
    nodes: [host('r1', { ...onNode('chicago-1'), diskMib: 256 })],
    says: {
      when: 'not-now',
      message: 'r1 wants 256 MiB of disk; node chicago-1 has 6 MiB of disk left.',
      hint: 'It fits if r1 is not pinned.',
      change: { kind: 'unpin', id: 'r1' },
    },
  },
  {
    name: 'disks that are more together than all nodes have, now or ever',
    nodes: hosts(5, { diskMib: 60_000 }),
    says: {
      code: 'embedding.hosts-too-large',
      when: 'never',
      message:
        'r1, r2, r3, r4 and r5 want 300000 MiB of disk together; the 4 nodes that can take them have 262144 MiB of disk together.',
      parts: ['r1', 'r2', 'r3', 'r4', 'r5'],
      proven: true,
    },
  },
  {
    name: 'a host without a disk where no disk is left',
    used: used({ 'chicago-1': { diskMib: 70_000, hostSlots: 16 } }, {}),
    nodes: [host('r1', onNode('chicago-1'))],
    says: { message: 'r1 wants 1 host slot; node chicago-1 has 0 host slots left.' },
  },
  {
    name: 'a host larger than any node',
    nodes: [host('r1', { cpuMilli: 6400 })],
    says: { when: 'never', message: 'r1 wants 640 % CPU; the most that any node has is 400 % CPU.' },
  },
  {
    name: 'no host slot left',
    used: used({ 'chicago-1': { hostSlots: 16 } }, {}),
    nodes: [host('r1', onNode('chicago-1'))],
    says: { when: 'not-now', message: 'r1 wants 1 host slot; node chicago-1 has 0 host slots left.' },
  },
  {
    name: 'CPU on one node and memory on the other',
    used: used({ 'chicago-1': { cpuMilli: 3800 }, 'chicago-2': { memoryMib: 8000 } }, {}),
    nodes: [chicago],
    says: {
      when: 'not-now',
      message:
        'r1 wants 50 % CPU, 256 MiB of memory and 1 host slot on one node; any node in site Chicago that has the one left lacks the other.',
      hint: 'It fits if r1 is not pinned.',
    },
  },
  {
    name: 'a capability that no node has',
    nodes: [host('r1', { needs: ['xdp-native'] })],
    says: {
      code: 'embedding.no-capability',
      when: 'never',
      message: 'r1 needs xdp-native, which no node can do.',
      parts: ['r1'],
    },
  },
  {
    name: 'a LAN with VLANs where no kernel has them',
    nodes: [lan('office', { needs: ['netns', 'bridge-vlan'] })],
    says: {
      code: 'embedding.no-capability',
      message: 'office needs bridge-vlan, which no node can do.',
      hint: 'Ask an admin for a node that can, or switch off its VLANs.',
    },
  },
  {
    name: 'a pin to a node that does not exist',
    nodes: [host('r1', onNode('boston-1'))],
    says: {
      code: 'embedding.pin-unknown',
      when: 'never',
      message: 'r1 is pinned to the node boston-1, which does not exist.',
      hint: 'Pin it to one of chicago-1, chicago-2, houston-1, houston-2, or remove the pin.',
    },
  },
  {
    name: 'a pin to a site that does not exist',
    nodes: [host('r1', inSite('Boston'))],
    says: { code: 'embedding.pin-unknown', hint: 'Pin it to one of Chicago, Houston, or remove the pin.' },
  },
  {
    name: 'a pin to a node that is merely away',
    substrate: AWAY,
    nodes: [host('r1', onNode('houston-1'))],
    says: {
      code: 'embedding.node-away',
      when: 'not-now',
      message: 'r1 could only go to node houston-1, and none of those is available now.',
      hint: 'It fits if r1 is not pinned.',
    },
  },
  {
    name: 'nodes that are merely away do not make it never',
    substrate: AWAY,
    nodes: hosts(3),
    placement: 'distinct',
    says: {
      code: 'embedding.too-few-nodes',
      when: 'not-now',
      message: 'r1, r2 and r3 are to be on different nodes, but only chicago-1 and chicago-2 can take them.',
      hint: 'It fits if hosts may share nodes.',
    },
  },
  {
    name: 'kept apart, yet pinned to the same node',
    nodes: hosts(2, { ...onNode('chicago-1'), apart: 'routers' }),
    says: {
      code: 'embedding.too-few-nodes',
      when: 'never',
      message: 'r1 and r2 are to be on different nodes, but only chicago-1 can take them.',
      hint: 'It fits if r1 is not pinned.',
    },
  },
  {
    name: 'more hosts on nodes of their own than there are nodes',
    nodes: hosts(7),
    placement: 'distinct',
    says: { code: 'embedding.too-few-nodes', when: 'never', parts: ['r1', 'r2', 'r3', 'r4', 'r5'] },
  },
  {
    name: 'a request larger than the substrate',
    nodes: hosts(40, { cpuMilli: 1000 }),
    says: {
      code: 'embedding.hosts-too-large',
      when: 'never',
      message:
        'r1, r2, r3, r4, r5 and 12 more want 1700 % CPU together; the 4 nodes that can take them have 1600 % CPU together.',
      hint: 'It fits with 40 % of the CPU for every host.',
    },
  },
  {
    name: 'hosts that fit by their sum, but not one by one',
    nodes: hosts(5, { cpuMilli: 2500 }),
    says: {
      code: 'embedding.hosts-too-large',
      when: 'never',
      parts: ['r1', 'r2', 'r3', 'r4', 'r5'],
      hint: 'It fits with 80 % of the CPU for every host.',
      proven: true,
    },
  },
  {
    name: 'two hosts for one node',
    nodes: [
      host('r1', { ...onNode('chicago-1'), cpuMilli: 2500 }),
      host('r2', { ...onNode('chicago-1'), cpuMilli: 2500 }),
    ],
    says: {
      when: 'never',
      message: 'r1 and r2 want 500 % CPU together; node chicago-1 has 400 % CPU.',
      hint: 'It fits if r1 is not pinned.',
    },
  },
  {
    name: 'no substrate at all',
    substrate: { nodes: [], links: [] },
    nodes: [host('r1')],
    says: { code: 'embedding.no-substrate', when: 'never', message: 'There is no substrate node yet.' },
  },
  {
    name: 'a link to something that is not there',
    nodes: [host('r1')],
    links: [link('r1', 'r9', 1)],
    says: { code: 'embedding.loose-link', parts: ['r1_r9'] },
  },
  {
    name: 'an amount that is no number',
    nodes: [host('r1', { cpuMilli: Number.NaN })],
    says: { code: 'embedding.bad-amount', parts: ['r1'] },
  },
  {
    name: 'a disk below nothing',
    nodes: [host('r1', { diskMib: -1 })],
    says: { code: 'embedding.bad-amount', parts: ['r1'] },
  },
  {
    name: 'a bandwidth below nothing',
    nodes: hosts(2),
    links: [link('r1', 'r2', -1)],
    says: { code: 'embedding.bad-amount', parts: ['r1_r2'] },
  },
  {
    name: 'two parts with one id',
    nodes: [host('r1'), host('r1')],
    says: { code: 'embedding.duplicate', parts: ['r1'] },
  },
]

describe('a refusal says which parts cannot hold, what is too narrow and what would do', () => {
  test.each(ROWS)(
    '$name',
    ({ substrate = TWO_SITES, used: taken = NOTHING_USED, nodes, links = [], placement, says }) => {
      const answer = embed(substrate, taken, { nodes, links }, { placement: placement ?? 'spread', seed: 1 })
      expect(answer.ok ? 'fits' : answer.problem).toMatchObject(says)
    },
  )

  test('the cut is the substrate links to highlight, with what is wanted and left', () => {
    const request = { nodes: [chicago, houston], links: [link('r1', 'r2', 400)] }
    const answer = embed(TWO_SITES, FULL_LINK, request, { placement: 'spread', seed: 1 })
    expect(answer.ok ? null : answer.problem.cut).toEqual({
      links: ['chicago-1_houston-1', 'chicago-2_houston-2'],
      leftMbps: 250,
      wantedMbps: 400,
    })
  })

  test('a LAN that cannot reach a member is named like any other', () => {
    const request = {
      nodes: [chicago, houston, lan('office')],
      links: [link('office', 'r1', 600), link('office', 'r2', 600)],
    }
    const answer = embed(TWO_SITES, NOTHING_USED, request, { placement: 'spread', seed: 1 })
    expect(answer.ok ? [] : answer.problem.parts).toEqual(['r1', 'r2', 'office', 'office_r1', 'office_r2'])
  })

  test('a brief refusal names what found no place, without looking for more', () => {
    const request = { nodes: hosts(5, { cpuMilli: 2500 }), links: [] }
    const answer = embed(TWO_SITES, NOTHING_USED, request, { placement: 'spread', seed: 1, explain: 'brief' })
    expect(answer.ok ? null : answer.problem).toMatchObject({ code: 'embedding.no-fit', when: 'not-now' })
  })

  test('sites of one node each are named by the site', () => {
    const substrate: Substrate = { nodes: [node('a', 'A'), node('b', 'B')], links: [join('a', 'b', 100)] }
    const request = { nodes: [host('x', inSite('A')), host('y', inSite('B'))], links: [link('x', 'y', 101)] }
    const answer = embed(substrate, NOTHING_USED, request, { placement: 'spread', seed: 1 })
    expect(answer.ok ? '' : answer.problem.message).toBe(
      'The link x–y wants 101 Mbit/s; every path from site A to site B has at most 100.',
    )
  })
})
