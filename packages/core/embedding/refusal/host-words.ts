// Why do hosts find no place, links left out? Said with the one amount, capability or pin that stands in the way.

import { meetsPin } from '../fitting-nodes'
import { type Instance, WEIGHTS, weightsOf } from '../instance'
import { f64 } from '../numbers'
import type { RequestedNode } from '../request'
import { cpuPercent, fittingNodes, list, nodesInWords } from './in-words'
import type { Words } from './words'

const SAID: readonly ((amount: number) => string)[] = [
  cpuPercent,
  (amount) => `${amount} MiB of memory`,
  (amount) => `${amount} MiB of disk`,
  (amount) => `${amount} host ${amount === 1 ? 'slot' : 'slots'}`,
]
const said = (w: number, amount: number) => SAID[w]?.(amount) ?? ''

const where = ({ pin }: RequestedNode) =>
  pin === null ? 'any node' : pin.kind === 'node' ? `node ${pin.node}` : `any node in site ${pin.site}`

const nowhere = ({ pin }: RequestedNode) =>
  pin === null ? 'no node' : pin.kind === 'node' ? `not even node ${pin.node}` : `no node in site ${pin.site}`

/** `left` is " left" on a substrate that others use, and nothing on an empty one. */
export function oneHost(instance: Instance, h: number, left: string): Words {
  const host = instance.hosts[h]
  if (!host) return { code: 'no-fit', message: 'A part of the request has no place.', hint: '' }
  const meant = instance.nodes.flatMap((node, v) => (meetsPin(node, host.pin) ? [{ node, v }] : []))
  const there = meant.filter(({ node }) => node.available)
  const unpin = host.pin ? ', or remove its pin' : ''
  if (there.length === 0)
    return {
      code: 'node-away',
      message: `${host.name} could only go to ${where(host)}, and none of those is available now.`,
      hint: `Wait until it is back${unpin}.`,
    }
  const able = there.filter(({ node }) => host.needs.every((need) => node.capabilities.includes(need)))
  if (able.length === 0) {
    const missing = host.needs.filter((need) => there.every(({ node }) => !node.capabilities.includes(need)))
    return {
      code: 'no-capability',
      message: `${host.name} needs ${list(missing.length > 0 ? missing : host.needs)}, which ${nowhere(host)} can do${missing.length > 0 ? '' : ' all at once'}.`,
      hint: missing.includes('gateway')
        ? 'Remove it from the drawing or its pin from it, or ask an admin for a node with a default route and nftables.'
        : `${host.pin ? 'Remove its pin' : 'Ask an admin for a node that can'}, or ${host.kind === 'lan' ? 'switch off its VLANs' : 'choose another class'}.`,
    }
  }
  const wanted = weightsOf(host)
  for (let w = 0; w < WEIGHTS; w++) {
    const most = Math.max(...able.map(({ v }) => f64(instance.free, v * WEIGHTS + w)))
    const need = wanted[w] ?? 0
    if (need <= most) continue
    const has =
      host.pin?.kind === 'node'
        ? `${where(host)} has ${said(w, most)}${left}`
        : `the most that ${where(host)} has${left} is ${said(w, most)}`
    return {
      code: 'host-too-large',
      message: `${host.name} wants ${said(w, need)}; ${has}.`,
      hint: `Ask for at most ${said(w, most)}${unpin}${left ? ', or choose another time' : ''}.`,
    }
  }
  const all = wanted.flatMap((amount, w) => (amount > 0 ? [said(w, amount)] : []))
  return {
    code: 'host-too-large',
    message: `${host.name} wants ${list(all)} on one node; ${where(host)} that has the one${left} lacks the other.`,
    hint: `Ask for less of one of them${unpin}${left ? ', or choose another time' : ''}.`,
  }
}

/** Hosts that each fit somewhere, but not all of them. */
export function severalHosts(instance: Instance, hosts: readonly number[], left: string): Words {
  const names = list(hosts.flatMap((h) => instance.hosts[h]?.name ?? []))
  const nodes = [...new Set(hosts.flatMap((h) => fittingNodes(instance, h)))].toSorted((x, y) => x - y)
  const could = nodesInWords(instance, nodes) ?? `the ${nodes.length} nodes that can take them`
  const group = instance.groups.find((g) => hosts.every((h) => g.includes(h)))
  if (group && nodes.length < hosts.length)
    return {
      code: 'too-few-nodes',
      message: `${names} are to be on different nodes, but only ${list(nodes.flatMap((v) => instance.nodes[v]?.name ?? []))} can take them.`,
      hint: 'Let some of them share a node, or remove a pin.',
    }
  for (let w = 0; w < WEIGHTS; w++) {
    const wanted = hosts.reduce((sum, h) => sum + f64(instance.need, h * WEIGHTS + w), 0)
    const there = nodes.reduce((sum, v) => sum + f64(instance.free, v * WEIGHTS + w), 0)
    if (wanted <= there) continue
    return {
      code: 'hosts-too-large',
      message: `${names} want ${said(w, wanted)} together; ${could} ${nodes.length === 1 ? 'has' : 'have'} ${said(w, there)}${left}${nodes.length === 1 ? '' : ' together'}.`,
      hint: `Ask for less, or for fewer hosts${left ? ', or choose another time' : ''}.`,
    }
  }
  return {
    code: 'hosts-too-large',
    message: `${names} each fit ${could}, but not all of them at once.`,
    hint: `Ask for less CPU, memory or disk, or for fewer hosts${left ? ', or choose another time' : ''}.`,
  }
}
