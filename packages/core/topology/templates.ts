// Which networks can a newcomer start from? Some that everyone in the field knows, ready to book.
import { setRouting } from '../routing/fit'
import { buildTopology, type LinkDraft, type NodeDraft } from './build'
import type { LinkVlan, Topology } from './topology'

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

/** With the weights that Abilene's own interior protocol had, which follow the miles between its cities. */
const ABILENE_LINKS: readonly [from: string, to: string, cost: number][] = [
  ['seattle', 'sunnyvale', 861],
  ['seattle', 'denver', 2095],
  ['sunnyvale', 'losangeles', 366],
  ['sunnyvale', 'denver', 1295],
  ['losangeles', 'houston', 1893],
  ['denver', 'kansascity', 639],
  ['kansascity', 'houston', 902],
  ['kansascity', 'indianapolis', 548],
  ['houston', 'atlanta', 1176],
  ['chicago', 'indianapolis', 260],
  ['chicago', 'newyork', 700],
  ['indianapolis', 'atlanta', 587],
  ['atlanta', 'washington', 846],
  ['washington', 'newyork', 233],
]

/** Degrees to canvas units, on the editor's 20-unit grid; a degree of latitude is drawn a little longer, as on a map. */
const onCanvas = (longitude: number, latitude: number) => ({
  x: Math.round(((longitude + 125) * 24) / 20) * 20,
  y: Math.round(((50 - latitude) * 34) / 20) * 20,
})

const cities = ABILENE_CITIES.map(
  ([name, longitude, latitude]): NodeDraft => ({ name, kind: 'router', ...onCanvas(longitude, latitude) }),
)

const abilene: Template = {
  slug: 'abilene',
  name: 'Abilene backbone',
  description: 'The research backbone of 2004: eleven routers in eleven cities, fourteen links.',
  topology: buildTopology(
    cities,
    ABILENE_LINKS.map(([from, to]): LinkDraft => ({ from, to, capacityMbps: 20 })),
  ),
}

const abileneOspf: Template = {
  slug: 'abilene-ospf',
  name: 'Abilene with OSPF',
  description: 'The same backbone; its routers run FRR and find their ways by OSPF. Stop one and see traffic go round.',
  topology: setRouting(
    buildTopology(
      cities,
      ABILENE_LINKS.map(([from, to, cost]): LinkDraft => ({ from, to, cost, capacityMbps: 20 })),
    ),
    'ospf',
  ),
}

/** Documentation AS numbers (RFC 5398). */
const inAs = (asNumber: number) => ({ routing: { asNumber } })

const threeAses: Template = {
  slug: 'three-ases',
  name: 'BGP between three ASes',
  description: 'Two providers and a customer of both. Each speaks OSPF inside and BGP with the others, in FRR.',
  topology: setRouting(
    buildTopology(
      [
        { name: 'west1', kind: 'router', x: 80, y: 200, ...inAs(64_496) },
        { name: 'west2', kind: 'router', x: 320, y: 80, ...inAs(64_496) },
        { name: 'west3', kind: 'router', x: 320, y: 320, ...inAs(64_496) },
        { name: 'east1', kind: 'router', x: 640, y: 80, ...inAs(64_497) },
        { name: 'east2', kind: 'router', x: 640, y: 320, ...inAs(64_497) },
        { name: 'customer', kind: 'router', x: 480, y: 540, ...inAs(64_498) },
        { name: 'h1', kind: 'host', x: 80, y: 20 },
        { name: 'h2', kind: 'host', x: 880, y: 20 },
        { name: 'h3', kind: 'host', x: 480, y: 720 },
      ],
      [
        { from: 'west1', to: 'west2' },
        { from: 'west1', to: 'west3' },
        { from: 'west2', to: 'west3' },
        { from: 'east1', to: 'east2' },
        { from: 'west2', to: 'east1', capacityMbps: 50 },
        { from: 'west3', to: 'customer' },
        { from: 'east2', to: 'customer' },
        { from: 'h1', to: 'west1' },
        { from: 'h2', to: 'east1' },
        { from: 'h3', to: 'customer' },
      ],
    ),
    'bgp',
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

const wayOut: Template = {
  slug: 'way-out',
  name: 'A network with a way out',
  description:
    'Two hosts behind a router, and a gateway that carries their traffic to the outside, as far as the policy allows it.',
  topology: buildTopology(
    [
      { name: 'gw', kind: 'gateway', x: 600, y: 240 },
      { name: 'r1', kind: 'router', x: 380, y: 240 },
      { name: 'h1', kind: 'host', x: 120, y: 140 },
      { name: 'h2', kind: 'host', x: 120, y: 340 },
    ],
    [
      { from: 'r1', to: 'gw' },
      { from: 'h1', to: 'r1' },
      { from: 'h2', to: 'r1' },
    ],
  ),
}

const inVlan = (vid: number): [null, LinkVlan] => [null, { mode: 'access', vid }]
const trunk: LinkVlan = { mode: 'trunk', vids: [10, 20] }

const classroom: Template = {
  slug: 'switched-lan',
  name: 'Two switches with VLANs',
  description:
    'Staff in VLAN 10 and students in VLAN 20 on two switches that a trunk joins; between the two only the router passes.',
  topology: buildTopology(
    [
      { name: 'sw1', kind: 'lan', vlanFiltering: true, x: 300, y: 240 },
      { name: 'sw2', kind: 'lan', vlanFiltering: true, x: 640, y: 240 },
      { name: 'router', kind: 'router', x: 300, y: 460 },
      { name: 'staff1', kind: 'host', x: 160, y: 80 },
      { name: 'staff2', kind: 'host', x: 560, y: 80 },
      { name: 'student1', kind: 'host', x: 360, y: 80 },
      { name: 'student2', kind: 'host', x: 760, y: 80 },
      { name: 'student3', kind: 'host', x: 860, y: 300 },
    ],
    [
      { from: 'sw1', to: 'sw2', capacityMbps: 100, vlans: [trunk, trunk] },
      { from: 'router', to: 'sw1', vlans: inVlan(10) },
      { from: 'router', to: 'sw1', vlans: inVlan(20) },
      { from: 'staff1', to: 'sw1', vlans: inVlan(10) },
      { from: 'staff2', to: 'sw2', vlans: inVlan(10) },
      { from: 'student1', to: 'sw1', vlans: inVlan(20) },
      { from: 'student2', to: 'sw2', vlans: inVlan(20) },
      { from: 'student3', to: 'sw2', vlans: inVlan(20) },
    ],
  ),
}

export const TEMPLATES: readonly Template[] = [
  ...[twoRouters, abilene, lanWithGateway, abileneOspf, threeAses, wayOut, classroom],
]
