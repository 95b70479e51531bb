// What does a node say of itself? How far it is with its spec, what failed and why, and what it found changed.
import { z } from 'zod'
import { ReservationId } from '../ids'
import { CAPABILITIES } from '../substrate/substrate'
import { Drift } from './drift'
import { PartKey } from './node-spec'

/**
 * `pending`: not there yet. `up`: as the spec says. `failed`: tried, and `reason` says what stood in the way.
 * `stopped`: down, as a person wants it.
 */
export const PartState = z.enum(['pending', 'up', 'failed', 'stopped'])
export type PartState = z.infer<typeof PartState>

/** What became of what a virtual host does when it starts; read from inside it, so its root can say what it likes. */
export const StartUpReport = z.object({
  /** Nothing of it runs any more, but what was sent into the background. */
  done: z.boolean(),
  /** Places, in the spec, of files that could not be put there. */
  files: z.array(z.number().int().min(0)).max(64),
  /** As far as they were begun, in the spec's order. */
  commands: z
    .array(
      z.object({
        /** Its exit code; null while it runs. */
        code: z.number().int().min(0).max(255).nullable(),
        /** The last of what it said. */
        output: z.string().max(1000),
      }),
    )
    .max(64),
})
export type StartUpReport = z.infer<typeof StartUpReport>

export const PartReport = z.object({
  state: PartState,
  reason: z.string().max(500).optional(),
  /** Of virtual hosts that do something when they start, once it has been seen. */
  startUp: StartUpReport.optional(),
})
export type PartReport = z.infer<typeof PartReport>

export const SliverReport = z.object({
  reservation: ReservationId,
  /** By key of the virtual host or LAN. */
  hosts: z.record(PartKey, PartReport),
  /** By key of the virtual link: this node's part in it. */
  links: z.record(PartKey, PartReport),
})
export type SliverReport = z.infer<typeof SliverReport>

export const NodeReport = z.object({
  /** The spec this is about; 0 before the first. */
  generation: z.number().int().min(0),
  /** True once nothing is left to do for that spec, be it because all is up or because the rest failed. */
  settled: z.boolean(),
  slivers: z.array(SliverReport),
  drift: z.array(Drift).max(100),
  /** Images by hash: those that are here, and those that the spec wants and that are not. */
  images: z
    .object({ present: z.array(z.string()), missing: z.array(z.string()) })
    .default({ present: [], missing: [] }),
})
export type NodeReport = z.infer<typeof NodeReport>

export const Hello = z.object({
  agentVersion: z.string(),
  /** SHA-256 of the agent's bundle, so that the controller knows when to bring another. */
  bundle: z.string(),
  kernel: z.string(),
  capabilities: z.array(z.enum(CAPABILITIES)),
  generation: z.number().int().min(0),
  /** Of the accepted spec; empty before the first. */
  specHash: z.string(),
  cpuMilli: z.number().int(),
  memoryMib: z.number().int(),
  /**
   * MiB that disks of virtual hosts may come to together on this node's file system, those that are there included; absent
   * from agents of before disk was promised.
   */
  diskMib: z.number().int().min(0).optional(),
})
export type Hello = z.infer<typeof Hello>

/** `path`: kernel, flows or xdp; `reasons`: why no faster one. Words are a newer node's own where they are not known. */
export const LinkEndPath = z.object({ end: z.enum(['a', 'b']), path: z.string(), reasons: z.array(z.string()) })
export type LinkEndPath = z.infer<typeof LinkEndPath>

export const NodeStats = z.object({
  /** Thousandths of a core in use over the last interval. */
  cpuMilli: z.number(),
  memoryUsedMib: z.number(),
  hosts: z.number().int(),
  /** Counters since the device was made, at each end of a virtual link that is on this node. */
  ends: z.array(
    z.object({
      /** Of the link that the end belongs to. */
      egreKey: z.number().int(),
      /** From the virtual host into the link. */
      rxPackets: z.number(),
      rxBytes: z.number(),
      /** From the link to the virtual host. */
      txPackets: z.number(),
      txBytes: z.number(),
      /** Which end of the link it is; absent from agents of before directions were told apart. */
      end: z.enum(['a', 'b']).optional(),
      /** Of what came from the virtual host, by reason (kernel/README.md). */
      drops: z.record(z.string(), z.number()).optional(),
    }),
  ),
  /** By reason, of what came over the underlay on its way from that end of the link. */
  underlayDrops: z
    .array(z.object({ egreKey: z.number().int(), from: z.enum(['a', 'b']), drops: z.record(z.string(), z.number()) }))
    .optional(),
  drops: z.record(z.string(), z.number()),
  /** Packets since the device was made, on their way to the ends on this node of links that are emulated. */
  emulated: z
    .array(
      z.object({
        egreKey: z.number().int(),
        passed: z.number(),
        lost: z.number(),
        /** More waited than a queue of the link, or the node, holds. */
        overflowed: z.number(),
        /** By more than a millisecond: the node emulates more than it can carry. */
        late: z.number(),
      }),
    )
    .optional(),
  /** By which path routers on this node pass packets on, at each of their ends (reconcile/path-taken.ts). */
  paths: z.array(LinkEndPath.extend({ egreKey: z.number().int() })).optional(),
})
export type NodeStats = z.infer<typeof NodeStats>
