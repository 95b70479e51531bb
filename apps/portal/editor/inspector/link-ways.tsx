'use client'
// What went over a link, each way, and what of it was dropped why?
import { graphOf } from '@myvini/core/topology/graph'
import type { VirtualLink } from '@myvini/core/topology/topology'
import { useMemo } from 'react'
import { type SliceStatus, useShown, useView } from '../workspace-context'

type Way = SliceStatus['ways'][string][number]

/** The datapath's reasons (kernel/README.md), as a researcher would say them; one that is not here is shown as it is. */
const REASONS: Record<string, string> = {
  unbound: 'led nowhere yet',
  oversize: 'longer than the MTU',
  'path-mtu': 'longer than the way takes now; their sender was told',
  'vlan-tags': 'more than two VLAN tags',
  unresolved: 'the next server was not known yet',
  encapsulation: 'could not be encapsulated',
  decapsulation: 'could not be decapsulated',
  truncated: 'no whole frame',
  ttl: 'relayed too often',
  'link-down': 'this direction is down',
  'no-line': 'the emulation was being restarted',
}

const count = (n: number) => n.toLocaleString('en-GB')

/** Decimal, as rates of links are. */
export function amount(bytes: number): string {
  for (const [unit, size] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const)
    if (bytes >= size) return `${(bytes / size).toFixed(1)} ${unit}`
  return `${bytes} B`
}

export const dropWords = (drops: Way['drops']): { reason: string; words: string; n: number }[] =>
  Object.entries(drops)
    .filter(([, n]) => n > 0)
    .map(([reason, n]) => ({ reason, words: REASONS[reason] ?? reason, n }))
    .toSorted((a, b) => b.n - a.n)

function OneWay({ from, to, way }: { from: string; to: string; way: Way }) {
  const drops = dropWords(way.drops)
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-3 gap-y-0.5 text-sm">
      <dt className="min-w-0 truncate text-muted">
        {from} → {to}
      </dt>
      <dd className="shrink-0 text-right tabular">
        {count(way.sent)} packets, {amount(way.sentBytes)}
      </dd>
      {drops.length > 0 && (
        <dd className="basis-full">
          <ul aria-label={`Dropped from ${from} to ${to}`} className="rounded-md bg-changing-soft px-2 py-1">
            {drops.map(({ reason, words, n }) => (
              <li key={reason} className="flex justify-between gap-3" title={reason}>
                <span className="min-w-0">{words}</span>
                <span className="shrink-0 tabular">{count(n)} dropped</span>
              </li>
            ))}
          </ul>
        </dd>
      )}
    </div>
  )
}

/** Nothing until something went. */
export function LinkWays({ link }: { link: VirtualLink }) {
  const ways = useView((v) => v.status?.ways[link.id])
  const topology = useShown((s) => s.history.present)
  const [a, b] = useMemo(() => {
    const graph = graphOf(topology)
    return link.ends.map((end) =>
      end.kind === 'lan' ? (graph.lans.get(end.lan)?.name ?? '?') : (graph.hosts.get(end.host)?.name ?? '?'),
    )
  }, [topology, link])
  if (!ways) return null
  return (
    <>
      <OneWay from={a ?? '?'} to={b ?? '?'} way={ways[0]} />
      <OneWay from={b ?? '?'} to={a ?? '?'} way={ways[1]} />
    </>
  )
}
