// What is a topology? The document a researcher draws: virtual hosts, LAN segments and the virtual links between them.
import { z } from 'zod'
import { Cidr4, Cidr6 } from '../addressing/cidr'
import { Forward } from '../gateway/forward'
import { HostId, InterfaceId, LanId, LinkId } from '../ids'
import { LEAST, MOST_DISK_MIB } from '../images/needs'
import { Emulation } from './emulation'
import { START_UP_LIMITS, StartCommand, StartFiles } from './start-up'

/** RFC 1123 §2.1 with RFC 1035 §2.3.1: letters, digits and hyphens, at most 63, no hyphen at either end. */
export const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
/** Linux: at most 15 bytes (IFNAMSIZ − 1), no slash or white space; "." and ".." are refused by the pattern. */
export const INTERFACE_NAME = /^[a-z][a-z0-9_.-]{0,14}$/

export const LIMITS = {
  hosts: 2000,
  lans: 500,
  links: 4000,
  interfacesPerHost: 64,
  /** As many as one port of a switch is given. */
  vlansPerLink: 256,
  /** Mbit/s; 100 Gbit/s is beyond any substrate link in sight. */
  capacityMbps: 100_000,
  /** Of one router's own routing configuration; the largest seen in the wild for one router is about this. */
  routingConfigBytes: 65_536,
} as const

const Position = z.object({ x: z.number().finite(), y: z.number().finite() })

export const VirtualInterface = z.object({
  id: InterfaceId,
  /** As seen inside the virtual host. */
  name: z.string(),
  /** Address with prefix length; null: none yet. */
  ipv4: Cidr4.nullable(),
  ipv6: Cidr6.nullable(),
  /** True while the planner may change the addresses; false once a person typed one. */
  planned: z.boolean(),
})
export type VirtualInterface = z.infer<typeof VirtualInterface>

/** Where a person wants a virtual host: on this node, in this site, or wherever it fits. */
export const Pin = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('site'), site: z.string().min(1).max(63) }),
  z.object({ kind: z.literal('node'), node: z.string().min(1).max(63) }),
])
export type Pin = z.infer<typeof Pin>

/** Routing software on a router, and what a researcher tells it beyond what the drawing says. */
export const HostRouting = z.object({
  /** `auto`: FRR where the drawing's routing asks for a protocol, nothing elsewhere. */
  software: z.enum(['auto', 'none', 'frr', 'bird', 'exabgp']),
  /** BGP: routers with the same number form one AS; null: an AS of its own. RFC 6793: 32 bits, the last is reserved. */
  asNumber: z.number().int().min(1).max(4_294_967_294).nullable(),
  /** In the software's own language. */
  config: z.string().max(LIMITS.routingConfigBytes),
  /** True: `config` is all there is. False: it stands behind what is generated. */
  replaces: z.boolean(),
})
export type HostRouting = z.infer<typeof HostRouting>

export const NO_ROUTING: HostRouting = { software: 'auto', asNumber: null, config: '', replaces: false }

export const VirtualHost = z.object({
  id: HostId,
  /** A DNS label, checked by `validate` so that a half-typed name can be kept as a draft. */
  name: z.string().max(80),
  /** A gateway is a router with a way out of the virtual network, under the policy of the installation. */
  kind: z.enum(['host', 'router', 'gateway']),
  class: z.enum(['netns', 'vserver']),
  /** Class vserver: the image it starts from. */
  image: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,127}$/)
    .default('host-usr'),
  position: Position,
  /** Reserved share of the node's processors; 100 is one whole core. */
  cpuPercent: z.number().min(1).max(6400),
  /** Never more than the reserved share, even of processors that are idle: for experiments that are to be repeatable. */
  cpuCapped: z.boolean().default(false),
  /** The processors of the substrate node that it may run on, such as 0-1,3 (cpuset(7)); null: all. */
  cpus: z
    .string()
    .regex(/^\d{1,5}([,-]\d{1,5}){0,9}$/)
    .nullable()
    .default(null),
  memoryMib: z.number().int().min(1).max(1_048_576),
  /** How many processes and threads it may have at once. */
  processes: z.number().int().min(LEAST.processes).max(16_384).default(512),
  /** Class vserver: how much it may write beside what its image brings. */
  diskMib: z.number().int().min(LEAST.diskMib).max(MOST_DISK_MIB).default(256),
  /** MiB/s of reading and of writing, each; 0: as fast as the node's disk is. */
  diskMibps: z.number().int().min(0).max(10_000).default(0),
  /** Class vserver: put in place and run, in this order, each time it starts. */
  files: StartFiles.default([]),
  commands: z.array(StartCommand).max(START_UP_LIMITS.commands).default([]),
  pin: Pin.nullable(),
  /** Routers: the address that stays when links fail. */
  loopback: Cidr4.nullable(),
  interfaces: z.array(VirtualInterface).max(LIMITS.interfacesPerHost),
  routing: HostRouting.default(NO_ROUTING),
  /** Gateways: ways in. More than `MOST_FORWARDS` are told by `validate`. */
  forwards: z.array(Forward).max(1000).optional(),
})
export type VirtualHost = z.infer<typeof VirtualHost>

/** A LAN segment: one Ethernet that more than two virtual interfaces share. */
export const Lan = z.object({
  id: LanId,
  name: z.string().max(80),
  position: Position,
  pin: Pin.nullable(),
  /** IEEE 802.1D: of LANs that links join in a circle, as many links stand by as it takes that no frame goes round. */
  stp: z.boolean().default(false),
  /** IEEE 802.1Q: a frame stays among the links that are in its VLAN. */
  vlanFiltering: z.boolean().default(false),
})
export type Lan = z.infer<typeof Lan>

/** A number of a VLAN; whether it can be one is for `validate` to say, so that a half-typed one is kept as a draft. */
const Vid = z.number().int().min(0).max(65_535)

/** How a link hangs on a LAN that filters: in one VLAN and without tags, or in several, each frame with its tag. */
export const LinkVlan = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('access'), vid: Vid }),
  z.object({ mode: z.literal('trunk'), vids: z.array(Vid).max(LIMITS.vlansPerLink) }),
])
export type LinkVlan = z.infer<typeof LinkVlan>

export const LinkEnd = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('interface'), host: HostId, interface: InterfaceId }),
  /** `vlan` absent, at a LAN that filters: without tags, in VLAN 1. */
  z.object({ kind: z.literal('lan'), lan: LanId, vlan: LinkVlan.optional() }),
])
export type LinkEnd = z.infer<typeof LinkEnd>

/** A virtual link: Ethernet between two virtual interfaces, or between one and a LAN segment. */
export const VirtualLink = z.object({
  id: LinkId,
  ends: z.tuple([LinkEnd, LinkEnd]),
  /** Reserved in each direction. */
  capacityMbps: z.number().positive().max(LIMITS.capacityMbps),
  /** The most the substrate path may add, one way; null: any. */
  maxDelayMs: z.number().nonnegative().max(10_000).nullable(),
  /** What an interior routing protocol counts for it; null: it follows from the capacity. */
  cost: z.number().int().min(1).max(65_535).nullable().default(null),
  /** May take more than its capacity while the substrate links of its path have some idle; else it never does. */
  useIdle: z.boolean().default(false),
  /** Null: frames pass as they are. */
  emulation: Emulation.nullable().default(null),
})
export type VirtualLink = z.infer<typeof VirtualLink>

/** Protocols that routers speak by themselves when the drawing says so. */
export const DYNAMIC_ROUTING = ['ospf', 'isis', 'bgp'] as const
export type DynamicRouting = (typeof DYNAMIC_ROUTING)[number]

/** How routers of a slice forward: `tc`, every packet by the kernel; `xdp`, before it wherever that can be; `auto`, where it pays. */
export const Datapath = z.enum(['auto', 'tc', 'xdp'])
export type Datapath = z.infer<typeof Datapath>

export const Topology = z.object({
  format: z.literal('myvini-topology/1'),
  /** Absent: `auto`. */
  datapath: Datapath.optional(),
  /**
   * `static`: shortest-path routes are set in every host and router. `ospf`, `isis`, `bgp`: routers run routing software
   * that finds them; hosts are given a way to their router. `none`: routing is the experiment.
   */
  routing: z.enum(['static', 'none', ...DYNAMIC_ROUTING]),
  hosts: z.array(VirtualHost).max(LIMITS.hosts),
  lans: z.array(Lan).max(LIMITS.lans),
  links: z.array(VirtualLink).max(LIMITS.links),
})
export type Topology = z.infer<typeof Topology>

export const emptyTopology = (): Topology => ({
  format: 'myvini-topology/1',
  routing: 'static',
  hosts: [],
  lans: [],
  links: [],
})
