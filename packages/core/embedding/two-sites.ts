// What do tests embed on? Two sites of two nodes each, as small as can still show every reason.
import { LinkId, SubstrateLinkId, SubstrateNodeId } from '../ids'
import type { Substrate, SubstrateLink, SubstrateNode } from '../substrate/substrate'
import type { RequestedLink, RequestedNode } from './request'

export const node = (name: string, site: string, more: Partial<SubstrateNode> = {}): SubstrateNode => ({
  id: SubstrateNodeId.parse(name),
  name,
  site,
  cpuMilli: 4000,
  memoryMib: 8192,
  diskMib: 65_536,
  hostSlots: 16,
  capabilities: ['netns', 'vserver'],
  available: true,
  ...more,
})

export const join = (a: string, b: string, capacityMbps: number, delayMs = 1): SubstrateLink => ({
  id: SubstrateLinkId.parse(`${a}_${b}`),
  a: SubstrateNodeId.parse(a),
  b: SubstrateNodeId.parse(b),
  capacityMbps,
  delayMs,
  mtuBytes: 1500,
})

export const host = (name: string, more: Partial<RequestedNode> = {}): RequestedNode => ({
  id: name,
  kind: 'host',
  name,
  cpuMilli: 500,
  memoryMib: 256,
  diskMib: 0,
  hostSlots: 1,
  needs: ['netns'],
  pin: null,
  apart: null,
  ...more,
})

export const lan = (name: string, more: Partial<RequestedNode> = {}): RequestedNode =>
  host(name, { kind: 'lan', cpuMilli: 0, memoryMib: 1, hostSlots: 0, ...more })

export const link = (a: string, b: string, capacityMbps: number, maxDelayMs: number | null = null): RequestedLink => ({
  id: LinkId.parse(`${a}_${b}`),
  a,
  b,
  name: `${a}–${b}`,
  capacityMbps,
  maxDelayMs,
})

export const inSite = (site: string) => ({ pin: { kind: 'site', site } as const })
export const onNode = (name: string) => ({ pin: { kind: 'node', node: name } as const })

/** Chicago and Houston, 1 Gbit/s inside each, 500 Mbit/s in 15 ms and 200 Mbit/s in 20 ms between them. */
export const TWO_SITES: Substrate = {
  nodes: [
    node('chicago-1', 'Chicago'),
    node('chicago-2', 'Chicago'),
    node('houston-1', 'Houston'),
    node('houston-2', 'Houston'),
  ],
  links: [
    join('chicago-1', 'chicago-2', 1000),
    join('houston-1', 'houston-2', 1000),
    join('chicago-1', 'houston-1', 500, 15),
    join('chicago-2', 'houston-2', 200, 20),
  ],
}
