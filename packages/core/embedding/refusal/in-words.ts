// How are amounts and places said to a person? With units, and by the names they gave.
import type { Instance } from '../instance'
import { f64, u8 } from '../numbers'

const BIT_PER_MBIT = 1e6

/** Rounded down, so that what is said to be left really is. */
const short = (value: number) => String(Math.floor(value * 100 + 1e-6) / 100)

export const mbps = (bits: number): string => short(bits / BIT_PER_MBIT)
export const cpuPercent = (milli: number): string => `${short(milli / 10)} % CPU`
export const milliseconds = (ns: number): string => `${Math.ceil(ns / 1e4 - 1e-6) / 100} ms`

/** `a`, `a and b`, `a, b and c`; after the fifth only how many more. */
export function list(names: readonly string[]): string {
  const shown = names.length > 6 ? [...names.slice(0, 5), `${names.length - 5} more`] : names
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

export const fittingNodes = (instance: Instance, h: number): number[] =>
  instance.nodes.flatMap((_, v) => (u8(instance.fits, h * instance.nodes.length + v) === 1 ? [v] : []))

/** Some nodes, as briefly as they can be named. */
export function nodesInWords(instance: Instance, nodes: readonly number[]): string | null {
  const names = nodes.flatMap((v) => instance.nodes[v]?.name ?? [])
  if (names.length === 1) return `node ${names[0]}`
  const sites = new Set(nodes.map((v) => instance.nodes[v]?.site))
  const [site] = sites
  if (sites.size === 1 && instance.nodes.some((node) => node.site !== site)) return `site ${site}`
  return names.length <= 3 && names.length > 0 ? `nodes ${list(names)}` : null
}

/** Where a host can be: its node, its site, or just "where it can be". */
export function placeInWords(instance: Instance, h: number): string {
  const host = instance.hosts[h]
  if (host?.pin?.kind === 'node') return `node ${host.pin.node}`
  if (host?.pin?.kind === 'site') return `site ${host.pin.site}`
  return nodesInWords(instance, fittingNodes(instance, h)) ?? `any node that can take ${host?.name}`
}

export const widthOf = (instance: Instance, vlinks: readonly number[]): number =>
  vlinks.reduce((sum, l) => sum + f64(instance.width, l), 0)
