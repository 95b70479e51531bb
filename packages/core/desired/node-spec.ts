// What should one substrate node look like? The full desired state of a node; it leaves no choice to the node (decision 1).
import { z } from 'zod'
import { ReservationId, SliceId, SubstrateLinkId, SubstrateNodeId } from '../ids'
import { LEAST } from '../images/needs'
import { TraceId } from '../topology/emulation'
import { Datapath } from '../topology/topology'
import { TraceSteps } from '../topology/trace'

/** Linux: IFNAMSIZ − 1 bytes. */
const DeviceName = z.string().regex(/^[A-Za-z0-9_.-]{1,15}$/)
const Mac = z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)
const MtuBytes = z.number().int().min(576).max(65_535)
const Address = z.string().regex(/^[0-9a-fA-F:.]{2,45}$/)
const CidrText = z.string().regex(/^[0-9a-fA-F:.]{2,45}\/\d{1,3}$/)
/** Things of a topology are named on a node by their id there and the reservation that brought them: ids alone repeat. */
export const PartKey = z.string().regex(/^[A-Za-z0-9_-]{1,80}$/)

const Kbps = z.number().int().min(1).max(1_000_000_000)

/** A neighbour over one substrate link. */
export const UnderlaySpec = z.object({
  id: SubstrateLinkId,
  local: Address,
  remote: Address,
  mtuBytes: MtuBytes,
  /** What all virtual links together may send there; absent in specs of before bandwidth was kept. */
  capacityKbps: Kbps.optional(),
})

export const InterfaceSpec = z.object({
  /** As the virtual host sees it. */
  name: DeviceName,
  /** The end of the pair that stays on the node. */
  device: DeviceName,
  link: PartKey,
  mac: Mac,
  mtuBytes: MtuBytes,
  addresses: z.array(CidrText).max(16),
})
export type InterfaceSpec = z.infer<typeof InterfaceSpec>

export const RouteSpec = z.object({
  to: z.union([z.literal('default'), CidrText]),
  via: Address,
  interface: DeviceName,
})

/** A folder of the node's images: `host-usr`, or an image by the hash of its content. */
export const ImageName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,127}$/)
const UidBase = z.number().int().min(65_536).max(0xfffe_0000)

/** What a virtual host may take of the node: its reservation, and what keeps one host from taking what all share. */
export const HostLimits = z.object({
  /** Its share of the processors when all are wanted, in thousandths of one. */
  cpuMilli: z.number().int().min(1).max(10_000_000),
  /** Never more than the share, even of processors that are idle. */
  cpuCapped: z.boolean(),
  /** The processors it may run on, as cpuset(7) writes them; null: all. */
  cpus: z
    .string()
    .regex(/^\d{1,5}([,-]\d{1,5}){0,9}$/)
    .nullable(),
  memoryMib: z.number().int().min(1).max(1_048_576),
  processes: z.number().int().min(8).max(100_000),
  /** Of reading and of writing, each; 0: as fast as the disk is. */
  diskMibps: z.number().int().min(0).max(100_000),
})
export type HostLimits = z.infer<typeof HostLimits>

/** Put in place inside a virtual host each time it starts. */
export const HostFile = z.object({
  path: z.string().regex(/^(\/[A-Za-z0-9._+@-]{1,100}){1,16}$/),
  mode: z.number().int().min(0).max(0o7777),
  /** User and group, by a name that the image knows. */
  owner: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/),
  content: z.string().max(262_144),
})

/** A way to the outside, kept by the node in the host's own namespace and in its own (core/gateway/rules). */
const GatewayPart = z.object({
  device: DeviceName,
  address: CidrText,
  nodeAddress: CidrText,
  mbps: z.number().int().min(1).max(100_000),
  destinations: z.array(CidrText).max(64),
  forbidden: z.array(CidrText).max(10_000),
  forwards: z
    .array(
      z.object({
        protocol: z.enum(['tcp', 'udp']),
        outsidePort: z.number().int().min(1).max(65_535),
        to: Address,
        port: z.number().int().min(1).max(65_535),
      }),
    )
    .max(64),
})

/** With less its runtime would be killed over and over, and say nothing that helps. */
function checkLimits(host: z.infer<typeof Host>, context: z.RefinementCtx): void {
  if (host.class !== 'vserver') return
  const { limits, diskMib } = host
  const tooLittle = (path: string[], has: number, least: number, of: string) =>
    context.addIssue({
      code: 'custom',
      path,
      message: `${has} ${of}, and a vserver does not start with less than ${least}`,
    })
  if (limits && limits.memoryMib < LEAST.memoryMib)
    tooLittle(['limits', 'memoryMib'], limits.memoryMib, LEAST.memoryMib, 'MiB of memory')
  if (limits && limits.processes < LEAST.processes)
    tooLittle(['limits', 'processes'], limits.processes, LEAST.processes, 'processes')
  if (diskMib > 0 && diskMib < LEAST.diskMib) tooLittle(['diskMib'], diskMib, LEAST.diskMib, 'MiB of disk')
}

const Host = z.object({
  key: PartKey,
  name: z.string().min(1).max(63),
  class: z.enum(['netns', 'vserver']),
  /** Class vserver: where its files come from. */
  image: ImageName.default('host-usr'),
  /** A user id range of its own; null: that of its sliver, which hosts of one slice share. */
  uidBase: UidBase.nullable().default(null),
  /** Stopped by a person: nothing runs in it, and its interfaces are down. */
  isOff: z.boolean().default(false),
  /** Class vserver: the size of its disk; 0: as much as the node has. */
  diskMib: z.number().int().min(0).max(1_048_576).default(0),
  /** Class vserver: how often it was restarted, and which of its disks it has. */
  starts: z.number().int().min(0).default(0),
  state: z.number().int().min(0).default(0),
  /** Kept beside it; of others nothing is known any more. null: no other is known of, and none is taken away. */
  stateBefore: z.number().int().min(0).nullable().default(null),
  /** null: none, as in specs from before there were any. */
  limits: HostLimits.nullable().default(null),
  /** Routers forward. */
  forwarding: z.boolean(),
  loopback: z.array(CidrText).max(4),
  interfaces: z.array(InterfaceSpec).max(64),
  routes: z.array(RouteSpec).max(20_000),
  /** Class vserver. */
  files: z.array(HostFile).max(64).default([]),
  /** Class vserver: argument vectors, run as root inside, one after the other, once its links are there. */
  startup: z
    .array(z.array(z.string().max(4096)).min(1).max(64))
    .max(64)
    .default([]),
  gateway: GatewayPart.optional(),
})
export const HostSpec = Host.superRefine(checkLimits)
export type HostSpec = z.infer<typeof HostSpec>

const Vid = z.number().int().min(1).max(4094)
/** Of a port of a switch: one VLAN without tags, or those it carries with their tags. */
export const PortVlan = z.union([z.object({ access: Vid }), z.object({ trunk: z.array(Vid).max(256) })])
export type PortVlan = z.infer<typeof PortVlan>

/** A LAN segment: a learning bridge in a network namespace of its own, so that the node itself is not on it. */
export const SwitchSpec = z.object({
  key: PartKey,
  name: z.string().min(1).max(63),
  ports: z
    .array(
      z.object({
        name: DeviceName,
        device: DeviceName,
        link: PartKey,
        mac: Mac,
        mtuBytes: MtuBytes,
        vlan: PortVlan.optional(),
      }),
    )
    .max(4000),
  /** It speaks spanning tree; absent: no. */
  stp: z.literal(true).optional(),
  /** Frames stay in the VLAN of their port; absent: there are none. Then, and only then, each port has one. */
  vlanFiltering: z.literal(true).optional(),
})
export type SwitchSpec = z.infer<typeof SwitchSpec>

const TunnelEnd = z.object({ underlay: SubstrateLinkId, key: z.number().int().min(1).max(0xffff_ffff) })

/** In each direction: kept for the link, and the most it may have. Over an underlay the outer headers are part of it. */
export const RateSpec = z.object({ kbps: Kbps, ceilKbps: Kbps })
export type RateSpec = z.infer<typeof RateSpec>

const Share = z.number().int().min(0).max(1_000_000)
const Micros = z.number().int().min(0).max(10_000_000)

/** What is done to frames on their way into a virtual interface. Shares are in millionths. */
export const LineSpec = z.object({
  device: DeviceName,
  /** What the interface sends itself is dropped. */
  down: z.boolean(),
  /** 0: no limit. */
  rateKbps: z.number().int().min(0).max(1_000_000_000),
  delayUs: Micros,
  jitterUs: Micros,
  uniform: z.boolean(),
  loss: Share,
  lossCorrelation: Share,
  duplicate: Share,
  reorder: Share,
  corrupt: Share,
  trace: z.string().max(39).nullable(),
  loop: z.boolean(),
})
export type LineSpec = z.infer<typeof LineSpec>
const Lines = z.array(LineSpec).max(2).optional()

/** This node's part in a virtual link. */
export const LinkSpec = z.discriminatedUnion('kind', [
  /** Both ends are here: joined without encapsulation. */
  z.object({
    kind: z.literal('local'),
    key: PartKey,
    a: DeviceName,
    b: DeviceName,
    rate: RateSpec.optional(),
    lines: Lines,
  }),
  /** One end is here, the other beyond a neighbour. */
  z.object({
    kind: z.literal('end'),
    key: PartKey,
    device: DeviceName,
    tunnel: TunnelEnd,
    rate: RateSpec.optional(),
    lines: Lines,
  }),
  /** No end is here: frames pass from one neighbour to another (decision 11). */
  z.object({ kind: z.literal('relay'), key: PartKey, a: TunnelEnd, b: TunnelEnd, rate: RateSpec.optional() }),
])
export type LinkSpec = z.infer<typeof LinkSpec>

/**
 * Of all files of one slice on one node, in characters: what its people may have given it (START_UP_LIMITS.sliceChars) and
 * what was made for its routing software, for 2,000 routers with 14 kB each.
 */
export const SLIVER_FILE_CHARS = 32 * 1024 * 1024

const charsOf = ({ files }: HostSpec): number => files.reduce((sum, { content }) => sum + content.length, 0)

/** Told of the host that has most of it, so that the refusal leads to somebody who can do something about it. */
function checkFiles(hosts: readonly HostSpec[], context: z.RefinementCtx): void {
  const sizes = hosts.map(charsOf)
  const chars = sizes.reduce((sum, size) => sum + size, 0)
  if (chars <= SLIVER_FILE_CHARS) return
  context.addIssue({
    code: 'custom',
    path: [sizes.indexOf(Math.max(...sizes)), 'files'],
    message: `the files of this slice have ${chars} characters together, and a node takes at most ${SLIVER_FILE_CHARS}`,
  })
}

export const SliverSpec = z.object({
  slice: SliceId,
  reservation: ReservationId,
  /** `project/slice`, for people who look at the node itself. */
  label: z.string().max(200),
  /** First of the 65,536 user ids that root and others inside its hosts are on the node. */
  uidBase: UidBase,
  hosts: z.array(HostSpec).superRefine(checkFiles),
  switches: z.array(SwitchSpec),
  links: z.array(LinkSpec),
  /** Absent: `auto`. */
  datapath: Datapath.optional(),
  /** For /etc/hosts inside: every name of the slice, not only those on this node. */
  names: z.array(z.object({ name: z.string(), address: Address })),
})
export type SliverSpec = z.infer<typeof SliverSpec>

export const NodeSpec = z.object({
  format: z.literal('myvini-node-spec/1'),
  node: SubstrateNodeId,
  /** Counts up by one for each new content of this node's spec. */
  generation: z.number().int().min(1),
  underlays: z.array(UnderlaySpec),
  /** Files that links follow, each once. */
  traces: z.array(z.object({ id: TraceId, steps: TraceSteps })).optional(),
  slivers: z.array(SliverSpec),
})
export type NodeSpec = z.infer<typeof NodeSpec>

/** A spec before it has a number: what `compileNodeSpec` makes and what is compared to see whether anything changed. */
export type NodeSpecBody = Omit<NodeSpec, 'generation'>
