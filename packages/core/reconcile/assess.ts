// How far is each virtual host and link of a node? From the spec, what the kernel holds and what failed, a report.
import type { NodeSpec, SliverSpec } from '../desired/node-spec'
import type { PartReport, SliverReport } from '../desired/report'
import { containerFingerprint, deviceAlias, namespaceFingerprint } from './diff'
import { expandSpec, tunnelId, type Wanted } from './expand'
import type { Observed } from './kernel-state'

export interface Failures {
  /** Reason by device, namespace, link or underlay. */
  devices: ReadonlyMap<string, string>
  namespaces: ReadonlyMap<string, string>
  links: ReadonlyMap<string, string>
  underlays: ReadonlyMap<string, string>
}

export const NO_FAILURES: Failures = {
  devices: new Map(),
  namespaces: new Map(),
  links: new Map(),
  underlays: new Map(),
}

const UP: PartReport = { state: 'up' }
const STOPPED: PartReport = { state: 'stopped' }
const PENDING: PartReport = { state: 'pending' }
const failed = (reason: string): PartReport => ({ state: 'failed', reason: reason.slice(0, 500) })

interface Known {
  wanted: Wanted
  devices: ReadonlySet<string>
  namespaces: ReadonlySet<string>
  /** Hosts whose container runs as it should. */
  running: ReadonlySet<string>
  virtual: ReadonlySet<string>
  tunnels: ReadonlySet<string>
  resolved: ReadonlySet<string>
  failures: Failures
}

function hostReport(key: string, devices: readonly string[], known: Known, isOff = false): PartReport {
  const reason =
    known.failures.namespaces.get(key) ?? devices.map((d) => known.failures.devices.get(d)).find((r) => r !== undefined)
  if (reason !== undefined) return failed(reason)
  const isRunning = !known.wanted.containers.has(key) || known.running.has(key)
  return isRunning && known.namespaces.has(key) && devices.every((d) => known.devices.has(d))
    ? isOff
      ? STOPPED
      : UP
    : PENDING
}

function linkReport(link: SliverSpec['links'][number], known: Known): PartReport {
  const devices = link.kind === 'local' ? [link.a, link.b] : link.kind === 'end' ? [link.device] : []
  const tunnels = link.kind === 'local' ? [] : link.kind === 'end' ? [link.tunnel] : [link.a, link.b]
  const reason =
    known.failures.links.get(link.key) ??
    devices.map((d) => known.failures.devices.get(d)).find((r) => r !== undefined) ??
    tunnels.map((t) => known.failures.underlays.get(t.underlay)).find((r) => r !== undefined)
  if (reason !== undefined) return failed(reason)
  const there =
    devices.every((d) => known.devices.has(d) && known.virtual.has(d)) &&
    tunnels.every((t) => known.tunnels.has(tunnelId(t)) && known.resolved.has(t.underlay))
  return there ? UP : PENDING
}

/** `configured`: fingerprints of what was set inside each namespace, by namespace, as in `diffNode`. */
export function assessNode(
  spec: Pick<NodeSpec, 'underlays' | 'slivers'>,
  observed: Observed,
  configured: ReadonlyMap<string, string>,
  fingerprint: (document: unknown) => string,
  failures: Failures,
): SliverReport[] {
  const wanted = expandSpec(spec)
  const devices = new Set(
    observed.devices.flatMap((d) => {
      const want = wanted.devices.get(d.device)
      return want && d.up && d.attached && d.alias === deviceAlias(want.config, fingerprint) ? [d.device] : []
    }),
  )
  const there = new Set(observed.namespaces)
  const namespaces = new Set(
    [...wanted.namespaces.values()].flatMap((want) => {
      const name = want.namespace.namespace
      return there.has(name) && configured.get(name) === namespaceFingerprint(want, fingerprint) ? [name] : []
    }),
  )
  const known: Known = {
    wanted,
    devices,
    namespaces,
    running: new Set(
      observed.containers.flatMap(({ container, fingerprint: is }) => {
        const want = wanted.containers.get(container)
        return want && is === containerFingerprint(want, fingerprint) ? [container] : []
      }),
    ),
    virtual: new Set(observed.virtual.map((v) => v.device)),
    tunnels: new Set(observed.tunnels.map(tunnelId)),
    resolved: new Set(observed.underlays.flatMap((u) => (u.resolved ? [u.underlay] : []))),
    failures,
  }
  return spec.slivers.map((sliver) => ({
    reservation: sliver.reservation,
    hosts: Object.fromEntries([
      ...sliver.hosts.map(
        (h) =>
          [
            h.key,
            hostReport(
              h.key,
              h.interfaces.map((i) => i.device),
              known,
              h.isOff,
            ),
          ] as const,
      ),
      ...sliver.switches.map(
        (s) =>
          [
            s.key,
            hostReport(
              s.key,
              s.ports.map((p) => p.device),
              known,
            ),
          ] as const,
      ),
    ]),
    links: Object.fromEntries(sliver.links.map((l) => [l.key, linkReport(l, known)] as const)),
  }))
}
