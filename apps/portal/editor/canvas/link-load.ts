'use client'
// How full are links? Both directions together are measured, so a link that is full both ways counts as one, not two.
import type { Topology, VirtualLink } from '@myvini/core/topology/topology'
import { type SliceStatus, useView } from '../workspace-context'

const MEGA = 1e6

/** 0 … 1 of what is reserved in both directions; null while it does not run. */
export function useLinkLoad(link: VirtualLink): number | null {
  const runs = useView((v) => v.status?.links[link.id]?.state === 'up')
  const bps = useView((v) => v.status?.bps[link.id] ?? 0)
  return runs ? Math.min(1, bps / (2 * link.capacityMbps * MEGA)) : null
}

/** Of the busiest of its links, by host; worked out once for each report. */
export function hostLoads(topology: Topology, status: SliceStatus): ReadonlyMap<string, number> {
  const loads = new Map<string, number>()
  for (const link of topology.links) {
    const bps = status.bps[link.id]
    if (bps === undefined) continue
    const load = Math.min(1, bps / (2 * link.capacityMbps * MEGA))
    for (const end of link.ends)
      if (end.kind === 'interface') loads.set(end.host, Math.max(loads.get(end.host) ?? 0, load))
  }
  return loads
}

export const useHostLoad = (hostId: string): number | null =>
  useView((v) => (v.status?.hosts[hostId]?.state === 'up' ? (v.hostLoads.get(hostId) ?? 0) : null))

/** Green where there is room, amber as it fills, red when it is full. */
export const loadColor = (load: number): string =>
  load < 0.5
    ? `color-mix(in oklab, var(--running) ${Math.round((1 - load * 2) * 100)}%, var(--changing-line))`
    : `color-mix(in oklab, var(--changing-line) ${Math.round((1 - (load - 0.5) * 2) * 100)}%, var(--failed))`

export function rate(bps: number): string {
  if (bps >= 1e9) return `${(bps / 1e9).toFixed(2)} Gbit/s`
  if (bps >= 1e6) return `${(bps / 1e6).toFixed(1)} Mbit/s`
  if (bps >= 1e3) return `${(bps / 1e3).toFixed(1)} kbit/s`
  return `${Math.round(bps)} bit/s`
}
