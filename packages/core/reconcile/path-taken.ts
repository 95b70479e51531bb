// By which path do packets that a router passes on really go, at each end of its links, and why by no faster one?
import { type EndLetter, endOfDevice, keyOfDevice } from '../desired/naming'
import type { NodeSpec } from '../desired/node-spec'
import { isRouter } from './fast'
import type { Observed } from './kernel-state'

/** From the slowest: every packet by the router's kernel; known flows past it; frames before the node's kernel makes packets of them. */
export const PATHS = ['kernel', 'flows', 'xdp'] as const
export type Path = (typeof PATHS)[number]

export interface PathTaken {
  /** Of the link. */
  egreKey: number
  end: EndLetter
  path: Path
  /**
   * Those of `observe` (kernel/README.md: unwatched, filter, capture, queues, xfrm), and `asked`: the slice wants the
   * kernel's; `waiting`: not set yet; `emulated`, `rate`: of the link; `rules`: the router's rules decide by more than the destination.
   */
  reasons: string[]
}

type Seen = Pick<Observed, 'fast' | 'lines' | 'shapes'>

/** Devices and tunnels with a queue of their own, by device. */
function devicesWithRate(spec: Pick<NodeSpec, 'slivers'>, shapes: Observed['shapes']): Set<string> {
  const tunnels = new Set(shapes.flatMap(({ at }) => (at.kind === 'tunnel' ? [`${at.underlay} ${at.key}`] : [])))
  const ends = spec.slivers
    .flatMap((s) => s.links)
    .flatMap((l) => (l.kind === 'end' && tunnels.has(`${l.tunnel.underlay} ${l.tunnel.key}`) ? [l.device] : []))
  return new Set([...ends, ...shapes.flatMap(({ at }) => (at.kind === 'device' ? [at.device] : []))])
}

/** Only of routers: what a host sends itself has no other path than its kernel's. */
export function pathsTaken(spec: Pick<NodeSpec, 'slivers'> | null, seen: Seen): PathTaken[] {
  if (!spec) return []
  const hosts = new Map((seen.fast?.hosts ?? []).map((h) => [h.namespace, h]))
  const emulated = new Set(seen.lines.map((l) => l.device))
  const withRate = devicesWithRate(spec, seen.shapes)
  const arrivesAsFrames = (seen.fast?.underlays ?? []).some((u) => u.in)
  const taken = (
    sliver: NodeSpec['slivers'][number],
    key: string,
    device: string,
  ): Pick<PathTaken, 'path' | 'reasons'> => {
    const host = hosts.get(key)
    if (!host) return { path: 'kernel', reasons: [sliver.datapath === 'tc' ? 'asked' : 'waiting'] }
    if (host.blocked?.length) return { path: 'kernel', reasons: [...host.blocked] }
    if (emulated.has(device)) return { path: 'kernel', reasons: ['emulated'] }
    if (host.xdp && arrivesAsFrames && !withRate.has(device)) return { path: 'xdp', reasons: [] }
    if (host.cached === false) return { path: 'kernel', reasons: ['rules'] }
    return { path: 'flows', reasons: host.xdp && arrivesAsFrames ? ['rate'] : [] }
  }
  return spec.slivers.flatMap((sliver) =>
    sliver.hosts.filter(isRouter).flatMap((h) =>
      h.interfaces.flatMap(({ device }) => {
        const egreKey = keyOfDevice(device)
        return egreKey === null ? [] : [{ egreKey, end: endOfDevice(device), ...taken(sliver, h.key, device) }]
      }),
    ),
  )
}
