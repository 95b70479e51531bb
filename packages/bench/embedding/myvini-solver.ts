// The product's solver on a workload: the same `embed` that admission calls, asked for distinct nodes and few hops.
import { embed } from '@myvini/core/embedding/embed'
import type { EmbeddingRequest } from '@myvini/core/embedding/request'
import { LinkId, SubstrateLinkId, SubstrateNodeId } from '@myvini/core/ids'
import type { Substrate } from '@myvini/core/substrate/substrate'
import type { Usage } from '@myvini/core/substrate/usage'
import type { OnlineSolver } from './simulate'
import type { Trace, TraceRequest } from './trace'

const nodeId = (v: number) => SubstrateNodeId.parse(`n${v}`)
const linkId = (e: number) => SubstrateLinkId.parse(`e${e}`)
/** `n12` is node 12. */
const indexOf = (id: string) => Number(id.slice(1))

export function substrateOf({ nodes, links }: Trace['substrate']): Substrate {
  return {
    nodes: nodes.map(({ id, cpu }) => ({
      id: nodeId(id),
      name: `node ${id}`,
      site: 'all',
      cpuMilli: cpu,
      memoryMib: 0,
      diskMib: 0,
      hostSlots: 0,
      capabilities: [],
      available: true,
    })),
    links: links.map(({ a, b, bw }, e) => ({
      id: linkId(e),
      a: nodeId(a),
      b: nodeId(b),
      capacityMbps: bw,
      delayMs: 1,
      mtuBytes: 1500,
    })),
  }
}

export function requestOf({ hosts, links }: TraceRequest): EmbeddingRequest {
  return {
    nodes: hosts.map(({ cpu }, h) => ({
      id: `h${h}`,
      kind: 'host',
      name: `host ${h}`,
      cpuMilli: cpu,
      memoryMib: 0,
      diskMib: 0,
      hostSlots: 0,
      needs: [],
      pin: null,
      apart: null,
    })),
    links: links.map(({ a, b, bw }, l) => ({
      id: LinkId.parse(`l${l}`),
      a: `h${a}`,
      b: `h${b}`,
      name: `${a}–${b}`,
      capacityMbps: bw,
      maxDelayMs: null,
    })),
  }
}

/** A refusal is not explained, as the others explain none; `effort` absent: as much as the product spends. */
export function myviniSolver(trace: Trace, effort?: number): OnlineSolver {
  const substrate = substrateOf(trace.substrate)
  return {
    name: 'MyVINI',
    solve(request, { cpuLeft, bwLeft }) {
      const used: Usage = {
        nodes: new Map(
          substrate.nodes.map(({ id, cpuMilli }, v) => [
            id,
            { cpuMilli: cpuMilli - (cpuLeft[v] ?? 0), memoryMib: 0, diskMib: 0, hostSlots: 0 },
          ]),
        ),
        links: new Map(substrate.links.map(({ id, capacityMbps }, e) => [id, capacityMbps - (bwLeft[e] ?? 0)])),
      }
      const asked = requestOf(request)
      const answer = embed(substrate, used, asked, {
        placement: 'distinct',
        seed: request.id,
        explain: 'brief',
        ...(effort !== undefined && { effort }),
      })
      if (!answer.ok) return null
      return {
        nodes: asked.nodes.map(({ id }) => indexOf(answer.value.nodes.get(id) ?? '')),
        paths: asked.links.map(({ id }) => (answer.value.paths.get(id) ?? []).map(indexOf)),
      }
    },
  }
}
