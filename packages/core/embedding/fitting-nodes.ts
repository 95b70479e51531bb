// Which substrate nodes could take a virtual host if it were alone? Pins, capabilities, availability and what is left.
import { CAPABILITIES, type Capability, type SubstrateNode } from '../substrate/substrate'
import { NODE_AMOUNTS } from '../substrate/usage'
import { f64 } from './numbers'
import type { RequestedNode } from './request'

const bit = new Map(CAPABILITIES.map((capability, i) => [capability, 1 << i]))
const mask = (capabilities: readonly Capability[]) => capabilities.reduce((sum, one) => sum | (bit.get(one) ?? 0), 0)

export const meetsPin = (node: SubstrateNode, pin: RequestedNode['pin']): boolean =>
  pin === null || (pin.kind === 'node' ? pin.node === node.name : pin.site === node.site)

/** One row a host, one byte a node; `free` holds the `NODE_AMOUNTS` of each node. */
export function fittingNodes(
  nodes: readonly SubstrateNode[],
  free: Float64Array,
  hosts: readonly RequestedNode[],
): Uint8Array {
  const can = nodes.map((node) => mask(node.capabilities))
  const fits = new Uint8Array(hosts.length * nodes.length)
  hosts.forEach((host, h) => {
    const needs = mask(host.needs)
    const wants = NODE_AMOUNTS.map((amount) => host[amount])
    nodes.forEach((node, v) => {
      const able = node.available && ((can[v] ?? 0) & needs) === needs && meetsPin(node, host.pin)
      if (able && wants.every((want, w) => want <= f64(free, wants.length * v + w))) fits[h * nodes.length + v] = 1
    })
  })
  return fits
}
