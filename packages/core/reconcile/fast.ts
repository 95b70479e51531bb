// Which routers and underlays take the fast path? What slices wish, and what the node's devices can do.
import type { NodeSpec } from '../desired/node-spec'
import type { FastHost, FastMode, Observed } from './kernel-state'
import type { Operation } from './operations'

type Spec = Pick<NodeSpec, 'underlays' | 'slivers'>

/** Only these have a path past their kernel: they pass on packets of others, and there is more than one way on. */
export const isRouter = (host: Spec['slivers'][number]['hosts'][number]): boolean =>
  host.forwarding && !host.gateway && !host.isOff && host.interfaces.length > 1

const NOTHING: NonNullable<Observed['fast']> = { hosts: [], underlays: [] }

/** One slice that asks for it turns it on; for the others it is on where the driver has XDP of its own. */
function modeOf(underlay: string, spec: Spec, observed: Observed): FastMode {
  if (spec.slivers.some((s) => s.datapath === 'xdp')) return 'on'
  if (!spec.slivers.some((s) => s.datapath !== 'tc')) return 'off'
  return observed.underlays.find((u) => u.underlay === underlay)?.isVeth === false ? 'auto' : 'off'
}

/** Flows of every router are learnt, as that costs nothing; XDP only where frames arrive as such, or somebody asks. */
function fastHosts(spec: Spec, observed: Observed): Map<string, FastHost> {
  const pays = (observed.fast ?? NOTHING).underlays.some((u) => u.in)
  const hosts = spec.slivers
    .filter((s) => s.datapath !== 'tc')
    .flatMap((s) => s.hosts.map((host) => ({ host, xdp: s.datapath === 'xdp' || pays })))
    .filter(({ host }) => isRouter(host))
  return new Map(
    hosts.map(({ host, xdp }) => [
      host.key,
      { namespace: host.key, devices: host.interfaces.map((i) => i.device), xdp },
    ]),
  )
}

const sameDevices = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((device) => b.includes(device))

export interface FastOps {
  /** Before hosts and devices go. */
  before: Operation[]
  /** After all else is made. */
  after: Operation[]
}

/** `made`: devices that this pass makes anew, and which have another number afterwards. */
export function fastOps(spec: Spec, observed: Observed, made: ReadonlySet<string>): FastOps {
  const is = observed.fast ?? NOTHING
  const wanted = fastHosts(spec, observed)
  const before = is.hosts
    .filter(({ namespace }) => !wanted.has(namespace))
    .map(({ namespace }): Operation => ({ op: 'fast.delete', namespace }))
  const underlays = spec.underlays.flatMap(({ id }): Operation[] => {
    const mode = modeOf(id, spec, observed)
    const there = is.underlays.find((u) => u.underlay === id)?.mode ?? 'off'
    return mode === there ? [] : [{ op: 'fast.underlay', underlay: id, mode }]
  })
  const there = new Map(is.hosts.map((h) => [h.namespace, h]))
  const hosts = [...wanted.values()].flatMap((want): Operation[] => {
    const old = there.get(want.namespace)
    const same =
      old?.xdp === want.xdp && sameDevices(want.devices, old.devices) && !want.devices.some((d) => made.has(d))
    return same ? [] : [{ op: 'fast.set', ...want }]
  })
  return { before, after: [...underlays, ...hosts] }
}
