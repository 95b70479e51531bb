// Why do virtual links find no way? Said with the narrowest place, and what is left there.
import type { Instance } from '../instance'
import { f64, i32 } from '../numbers'
import type { RequestedLink } from '../request'
import { canPack } from './can-pack'
import type { Core } from './core'
import { fittingNodes, list, mbps, milliseconds, nodesInWords, placeInWords, widthOf } from './in-words'
import { areApart } from './link-certificate'
import { narrowCut } from './narrow-cut'
import { quickest, widestWay } from './widest-way'
import type { Words } from './words'

/** One virtual link and its two hosts. */
export function oneLink(instance: Instance, l: number, left: string): Words {
  const link = instance.vlinks[l]
  const [a, b] = [i32(instance.endA, l), i32(instance.endB, l)]
  const width = f64(instance.width, l)
  const from = placeInWords(instance, a)
  const to = placeInWords(instance, b)
  const time = left ? ', or choose another time' : ''
  const way = widestWay(instance, a, b, width)
  const wants = `The link ${link?.name} wants ${mbps(width)} Mbit/s`
  if (f64(instance.limit, l) < Number.POSITIVE_INFINITY) {
    const quick = quickest(instance, a, b, width)
    if (quick < Number.POSITIVE_INFINITY)
      return {
        code: 'link-too-slow',
        message: `${wants} within ${link?.maxDelayMs} ms; the quickest path with that much${left} from ${from} to ${to} takes ${milliseconds(quick)}.`,
        hint: `Allow ${milliseconds(quick)}, or ask for less bandwidth, or place its ends closer together.`,
      }
  }
  const cut = { links: way.cut, left: way.left ?? 0, wanted: width }
  if (way.left === null)
    return {
      code: 'no-path',
      message: `The link ${link?.name} has no way: no path of substrate links joins ${from} and ${to}.`,
      hint: 'Place its ends where they are joined, or remove the link.',
      cut,
    }
  return {
    code: 'link-too-narrow',
    message: `${wants}; every path from ${from} to ${to} has at most ${mbps(way.left)}${left}.`,
    hint: `Ask for at most ${mbps(way.left)} Mbit/s, or place its ends elsewhere${time}.`,
    cut,
  }
}

const saidLinks = (instance: Instance, vlinks: readonly number[]) =>
  list(vlinks.flatMap((l) => named(instance.vlinks[l])))

const saidAmounts = (amounts: Float64Array, which: readonly number[]) => list(which.map((i) => mbps(f64(amounts, i))))

const named = (link: RequestedLink | undefined) => (link ? [link.name] : [])

interface Hub {
  h: number
  vlinks: number[]
  /** The node with most room of those that can take the host. */
  node: number
  left: number
}

/** A host whose links to hosts elsewhere find no room around any node that can take it. */
function hubOf(instance: Instance, core: Core): Hub | null {
  for (const h of core.hosts) {
    const vlinks = core.vlinks.filter((l) => {
      const [a, b] = [i32(instance.endA, l), i32(instance.endB, l)]
      return (a === h && areApart(instance, h, b)) || (b === h && areApart(instance, h, a))
    })
    const wanted = widthOf(instance, vlinks)
    const seats = fittingNodes(instance, h).map((node) => ({ node, left: around(instance, node) }))
    const best = seats.toSorted((x, y) => y.left - x.left || x.node - y.node)[0]
    const full = seats.every(({ node, left }) => left < wanted || !canPack(instance, vlinks, linksAt(instance, node)))
    if (best && vlinks.length > 0 && full) return { h, vlinks, ...best }
  }
  return null
}

const linksAt = (instance: Instance, v: number) => [
  ...instance.via.subarray(i32(instance.first, v), i32(instance.first, v + 1)),
]
const around = (instance: Instance, v: number) =>
  linksAt(instance, v).reduce((sum, e) => sum + f64(instance.room, e), 0)

function hubInWords(instance: Instance, { h, vlinks, node, left: most }: Hub, left: string): Words {
  const wanted = widthOf(instance, vlinks)
  const name = instance.hosts[h]?.name
  const cut = { links: linksAt(instance, node), left: most, wanted }
  const hint = `Ask for less on its links, or let its neighbours share its node${left ? ', or choose another time' : ''}.`
  const amounts = saidAmounts(instance.width, vlinks)
  const message =
    wanted > most
      ? `${name} wants ${mbps(wanted)} Mbit/s over its links to other nodes; no node that can take it has more than ${mbps(most)}${left} on all its links.`
      : `${name} wants ${amounts} Mbit/s over its links to other nodes; no node that can take it has substrate links with that much${left}, and a link is not split.`
  return { code: 'links-too-narrow', message, hint, cut }
}

/** Several virtual links that take each other's room. */
export function severalLinks(instance: Instance, core: Core, left: string): Words {
  const time = left ? ', or choose another time' : ''
  const found = narrowCut(instance, core)
  if (found) {
    const side = nodesInWords(instance, found.nodes)
    const [host] = core.hosts.filter((h) => fittingNodes(instance, h).every((v) => found.nodes.includes(v)))
    const place =
      side ?? (host === undefined ? 'one part of the substrate' : `where ${instance.hosts[host]?.name} can be`)
    if (found.wanted <= found.left)
      return {
        code: 'links-too-narrow',
        message: `The links ${saidLinks(instance, found.vlinks)} want ${saidAmounts(instance.width, found.vlinks)} Mbit/s; the substrate links out of ${place} have ${saidAmounts(instance.room, found.links)}${left}, and a link is not split.`,
        hint: `Ask for less on one of them, or place fewer of their ends apart${time}.`,
        cut: found,
      }
    return {
      code: 'links-too-narrow',
      message: `The links ${saidLinks(instance, found.vlinks)} want ${mbps(found.wanted)} Mbit/s together; all substrate links out of ${place} have ${mbps(found.left)}${left} together.`,
      hint: `Ask for ${mbps(found.wanted - found.left)} Mbit/s less on them, or place fewer of their ends apart${time}.`,
      cut: found,
    }
  }
  const hub = hubOf(instance, core)
  if (hub) return hubInWords(instance, hub, left)
  const hosts = list(core.hosts.flatMap((h) => instance.hosts[h]?.name ?? []))
  return {
    code: 'no-fit',
    message: `No placement of ${hosts} gives the links ${saidLinks(instance, core.vlinks)} each a path with room; without one of them it would do.`,
    hint: `Ask for less bandwidth on one of them${core.hosts.some((h) => instance.hosts[h]?.pin) ? ', or remove a pin' : ''}${time}.`,
  }
}
