// What is the answer to a request: where each virtual host goes and which way each virtual link takes, or why not.
import type { LinkId, SubstrateLinkId, SubstrateNodeId } from '../ids'
import type { Problem, Result } from '../result'
import type { Substrate } from '../substrate/substrate'
import type { Usage } from '../substrate/usage'
import type { EmbeddingRequest } from './request'

export interface Embedding {
  /** By id of the requested node. */
  nodes: ReadonlyMap<string, SubstrateNodeId>
  /** Substrate links in the order walked from the link's `a` to its `b`; empty when both ends share a node. */
  paths: ReadonlyMap<LinkId, readonly SubstrateLinkId[]>
}

export interface EmbeddingProblem extends Problem {
  /** `never`: not even on an empty substrate. `not-now`: others hold what it needs. */
  when: 'never' | 'not-now'
  /** Ids of requested nodes and links that together cannot hold. */
  parts: readonly string[]
  /**
   * Substrate links that are too narrow together, and what they have left: for one virtual link the most that any one
   * path has, for several the sum.
   */
  cut: { links: readonly SubstrateLinkId[]; leftMbps: number; wantedMbps: number } | null
  /** The smallest change found with which the whole request fits, for a page to offer as one click. */
  change?: Change
  /** True where nothing can fit; false where the search ended without finding anything. */
  proven?: boolean
}

/** What a person could change in the request. Ids are those of the request. */
export type Change =
  | { kind: 'link-capacity'; id: LinkId; capacityMbps: number }
  | { kind: 'link-delay'; id: LinkId; maxDelayMs: number }
  | { kind: 'host-cpu'; id: string; cpuMilli: number }
  | { kind: 'host-memory'; id: string; memoryMib: number }
  | { kind: 'host-disk'; id: string; diskMib: number }
  | { kind: 'unpin'; id: string }
  /** Let these share a node. */
  | { kind: 'together'; apart: string }
  /** This share of the bandwidth on every link, of the CPU for every host; from 0 to 1. */
  | { kind: 'scale-links'; share: number }
  | { kind: 'scale-hosts'; share: number }
  /** Let hosts share nodes, where each was to have one of its own. */
  | { kind: 'share-nodes' }

export interface EmbeddingOptions {
  /**
   * `spread`: over as many nodes as sensible, as people expect of a network of servers. `pack`: as close together as
   * possible, to use the least bandwidth. `distinct`: every host on a node of its own.
   */
  placement: 'spread' | 'pack' | 'distinct'
  /** Ties are broken by it, so that the same question has the same answer. */
  seed: number
  /** How many edges the search may look at; fifty million are about a second. Absent: enough for a person drawing. */
  effort?: number
  /** Asked often; true ends the search with the best there is. A clock comes in here, so that the solver has none. */
  shouldStop?: () => boolean
  /** `brief` leaves out the search for the smallest set of parts and the smallest change. */
  explain?: 'full' | 'brief'
}

/** A sign of life from a search that takes long. */
export interface EmbeddingProgress {
  phase: 'place' | 'improve' | 'explain'
  /** Hosts and LANs that have a place in the best plan so far, of how many. */
  placed: number
  total: number
  /** How much of the effort is spent, from 0 to 1. */
  spent: number
  /** The best embedding so far; null until there is one. Built when called. */
  found: () => Embedding | null
}

export type Embed = (
  substrate: Substrate,
  used: Usage,
  request: EmbeddingRequest,
  options: EmbeddingOptions,
) => Result<Embedding, EmbeddingProblem>
