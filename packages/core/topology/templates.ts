// Which networks can a newcomer start from? Three that everyone in the field knows, ready to book.
import { buildTopology, type LinkDraft, type NodeDraft } from './build'
import type { Topology } from './topology'

export interface Template {
  slug: string
  name: string
  description: string
  topology: Topology
}

const twoRouters: Template = {
  slug: 'two-routers',
  name: 'Two routers and four hosts',
  description: 'Two small networks joined by a link between their routers. The place to start.',
  topology: buildTopology(
    [
      { name: 'r1', kind: 'router', x: 320, y: 240 },
      { name: 'r2', kind: 'router', x: 640, y: 240 },
      { name: 'h1', kind: 'host', x: 80, y: 120 },
      { name: 'h2', kind: 'host', x: 80, y: 360 },
      { name: 'h3', kind: 'host', x: 880, y: 120 },
      { name: 'h4', kind: 'host', x: 880, y: 360 },
    ],
    [
      { from: 'r1', to: 'r2', capacityMbps: 50 },
      { from: 'h1', to: 'r1' },
      { from: 'h2', to: 'r1' },
      { from: 'r2', to: 'h3' },
      { from: 'r2', to: 'h4' },
    ],
  ),
}

/** Abilene in 2004, the network that VINI and its papers ran on: eleven cities, fourteen links. */
const ABILENE_CITIES: readonly [name: string, longitude: number, latitude: number][] = [
  ['seattle', -122.3, 47.6],
  ['sunnyvale', -122.0, 37.4],
  ['losangeles', -118.25, 34.05],
  ['denver', -105.0, 40.75],
  ['kansascity', -96.6, 38.9],
  ['houston', -95.5, 29.8],
  ['chicago', -87.6, 41.85],
  ['indianapolis', -86.2, 39.8],
  ['atlanta', -84.4, 33.75],
  ['washington', -77.0, 38.9],
  ['newyork', -73.95, 40.75],
]

const ABILENE_LINKS: readonly [string, string][] = [
  ['seattle', 'sunnyvale'],
  ['seattle', 'denver'],
  ['sunnyvale', 'losangeles'],
  ['sunnyvale', 'denver'],
  ['losangeles', 'houston'],
  ['denver', 'kansascity'],
  ['kansascity', 'houston'],
  ['kansascity', 'indianapolis'],
  ['houston', 'atlanta'],
  ['chicago', 'indianapolis'],
  ['chicago', 'newyork'],
  ['indianapolis', 'atlanta'],
  ['atlanta', 'washington'],
  ['washington', 'newyork'],
]

/** Degrees to canvas units, on the editor's 20-unit grid; a degree of latitude is drawn a little longer, as on a map. */
const onCanvas = (longitude: number, latitude: number) => ({
  x: Math.round(((longitude + 125) * 24) / 20) * 20,
  y: Math.round(((50 - latitude) * 34) / 20) * 20,
})

const abilene: Template = {
  slug: 'abilene',
  name: 'Abilene backbone',
  description: 'The research backbone of 2004: eleven routers in eleven cities, fourteen links.',
  topology: buildTopology(
    ABILENE_CITIES.map(
      ([name, longitude, latitude]): NodeDraft => ({ name, kind: 'router', ...onCanvas(longitude, latitude) }),
    ),
    ABILENE_LINKS.map(([from, to]): LinkDraft => ({ from, to, capacityMbps: 20 })),
  ),
}

const lanWithGateway: Template = {
  slug: 'lan-gateway',
  name: 'A LAN with a gateway',
  description: 'Four hosts on one Ethernet, a router as their gateway, and a server beyond it.',
  topology: buildTopology(
    [
      { name: 'office', kind: 'lan', x: 300, y: 260 },
      { name: 'gateway', kind: 'router', x: 600, y: 260 },
      { name: 'server', kind: 'host', x: 860, y: 260 },
      { name: 'pc1', kind: 'host', x: 80, y: 100 },
      { name: 'pc2', kind: 'host', x: 320, y: 80 },
      { name: 'pc3', kind: 'host', x: 80, y: 420 },
      { name: 'pc4', kind: 'host', x: 320, y: 440 },
    ],
    [
      { from: 'gateway', to: 'office' },
      { from: 'pc1', to: 'office' },
      { from: 'pc2', to: 'office' },
      { from: 'pc3', to: 'office' },
      { from: 'pc4', to: 'office' },
      { from: 'gateway', to: 'server' },
    ],
  ),
}

export const TEMPLATES: readonly Template[] = [twoRouters, abilene, lanWithGateway]
