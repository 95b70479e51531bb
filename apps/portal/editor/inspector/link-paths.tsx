'use client'
// By which path do routers at the ends of a link really pass packets on, and why by no faster one?
import { graphOf } from '@myvini/core/topology/graph'
import type { VirtualLink } from '@myvini/core/topology/topology'
import { useMemo } from 'react'
import { useShown, useView } from '../workspace-context'

const PATHS: Record<string, string> = {
  kernel: 'its kernel',
  flows: 'known flows, past its kernel',
  xdp: 'XDP, before the node’s kernel',
}

/** What stands in the way of a faster path (core/reconcile/path-taken.ts), as a researcher would say it. */
const REASONS: Record<string, string> = {
  asked: 'the drawing asks for the kernel only',
  waiting: 'it is being set up',
  unwatched: 'nobody watches its routes just now',
  filter: 'it has a firewall or source checks',
  capture: 'somebody captures in it',
  queues: 'it has queues or filters of its own',
  xfrm: 'it has IPsec policies',
  emulated: 'the link is emulated here',
  rate: 'the link has a reserved rate',
  rules: 'its rules ask for more than a destination',
}

export function LinkPaths({ link }: { link: VirtualLink }) {
  const paths = useView((v) => v.status?.paths[link.id])
  const topology = useShown((s) => s.history.present)
  const names = useMemo(() => {
    const { hosts } = graphOf(topology)
    return link.ends.map((end) => (end.kind === 'lan' ? '?' : (hosts.get(end.host)?.name ?? '?')))
  }, [topology, link])
  if (!paths?.length) return null
  return (
    <>
      {paths
        .toSorted((x, y) => x.end.localeCompare(y.end))
        .map(({ end, path, reasons }) => (
          <div key={end} className="flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
            <dt className="text-muted">{names[end === 'a' ? 0 : 1]} forwards by</dt>
            <dd className="text-right">{PATHS[path] ?? path}</dd>
            {reasons.length > 0 && (
              <dd className="basis-full text-faint">{reasons.map((r) => REASONS[r] ?? r).join('; ')}</dd>
            )}
          </div>
        ))}
    </>
  )
}
