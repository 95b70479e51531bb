// What does an arbitrary, valid, connected network look like? Material for property tests, benchmarks and simulations.
import { seededRandom } from '../random'
import { buildTopology, type LinkDraft, type NodeDraft } from './build'
import { type Emulation, emulationOf, type Impairment, UNIMPAIRED } from './emulation'
import type { Topology } from './topology'

export interface RandomShape {
  seed: number
  routers: number
  hosts: number
  lans: number
  /** Links between routers beyond those that make it connected. */
  extraLinks: number
}

/** Routers in a random tree with extra links; hosts hang on a router or a LAN; each LAN hangs on a router. */
export function randomTopology(shape: RandomShape): Topology {
  const random = seededRandom(shape.seed)
  const below = (n: number) => Math.floor(random() * n)
  const nodes: NodeDraft[] = []
  const links: LinkDraft[] = []
  const place = (name: string, kind: NodeDraft['kind']) => nodes.push({ name, kind, x: below(1000), y: below(1000) })
  for (let i = 1; i <= shape.routers; i++) {
    place(`r${i}`, 'router')
    if (i > 1) links.push({ from: `r${1 + below(i - 1)}`, to: `r${i}` })
  }
  for (let i = 0; i < shape.extraLinks && shape.routers > 2; i++) {
    const from = 1 + below(shape.routers)
    const to = 1 + ((from + below(shape.routers - 1)) % shape.routers)
    links.push({ from: `r${from}`, to: `r${to}` })
  }
  for (let i = 1; i <= shape.lans; i++) {
    place(`lan${i}`, 'lan')
    if (shape.routers > 0) links.push({ from: `r${1 + below(shape.routers)}`, to: `lan${i}` })
  }
  for (let i = 1; i <= shape.hosts; i++) {
    place(`h${i}`, 'host')
    const places = shape.routers + shape.lans
    if (places === 0) continue
    const at = 1 + below(places)
    links.push({ from: `h${i}`, to: at <= shape.routers ? `r${at}` : `lan${at - shape.routers}` })
  }
  const topology = buildTopology(nodes, links)
  // Of another seed, so that what was drawn for one before there was this setting is still drawn for it.
  const setting = seededRandom(shape.seed + 0x5eed)
  const lans = topology.lans.map((lan) => ({ ...lan, stp: setting() > 0.5 }))
  return { ...topology, lans, links: topology.links.map((link) => ({ ...link, emulation: randomEmulation(random) })) }
}

/** Every third link is a bad one, each direction in its own way. */
function randomEmulation(random: () => number): Emulation | null {
  if (random() > 0.3) return null
  const one = (): Impairment => ({
    ...UNIMPAIRED,
    down: random() > 0.9,
    delayMs: Math.round(random() * 50),
    lossPercent: random() > 0.5 ? Math.round(random() * 1000) / 100 : 0,
    rateMbps: random() > 0.7 ? 1 + Math.round(random() * 100) : null,
  })
  return emulationOf(one(), one())
}
