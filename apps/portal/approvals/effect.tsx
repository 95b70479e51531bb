'use client'
import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import { useTRPC } from '../browser/trpc'
import { Meter } from '../components/meter'
import { Failed, Skeleton } from '../components/page-states'
import { TopologyPicture } from '../components/topology-picture'
import { WindowTime } from '../components/when'
import type { ApiOutput } from '../server/routers/types'
import { LoadMap } from '../substrate/load-map'

type EffectData = ApiOutput['approvals']['effect']

const MAP_HEIGHT = 240

const share = ({ used, of }: { used: number; of: number }) => (of > 0 ? used / of : used > 0 ? 1 : 0)
const added = ({ adds, of }: { adds: number; of: number }) => (of > 0 ? adds / of : adds > 0 ? 1 : 0)

/** Where it would go, on the map that everybody sees of their own drawings. */
function EffectMap({ effect }: { effect: EffectData }) {
  const { nodes, links, problem } = effect
  const onMap = nodes.map((node) => ({
    ...node,
    used: Math.max(share(node.cpu), share(node.memory), share(node.disk), share(node.hosts)),
    adds: Math.max(added(node.cpu), added(node.memory), added(node.disk), added(node.hosts)),
    hosts: node.carries,
  }))
  return (
    <figure className="overflow-hidden rounded-md border border-line bg-canvas">
      <LoadMap
        label="Map of the substrate within that window"
        nodes={onMap}
        links={links.map(({ mbps, ...link }) => ({
          ...link,
          capacityMbps: mbps.of,
          usedMbps: mbps.used,
          addsMbps: mbps.adds,
        }))}
        marked={{ nodes: new Set(), links: new Set(problem?.cut?.links) }}
        height={MAP_HEIGHT}
      />
      <figcaption className="flex flex-wrap gap-x-4 gap-y-1 border-t border-line px-3 py-1.5 text-muted text-xs">
        <span className="flex items-center gap-1.5">
          <span aria-hidden className="h-1 w-4 rounded-full bg-waiting" /> taken already
        </span>
        <span className="flex items-center gap-1.5">
          <span aria-hidden className="w-4 border-accent border-t-2 border-dashed" /> what this adds
        </span>
        {problem?.cut && (
          <span className="flex items-center gap-1.5 text-failed">
            <span aria-hidden className="h-1 w-4 rounded-full bg-failed" /> too narrow
          </span>
        )}
      </figcaption>
    </figure>
  )
}

/** Others that wait and would no longer fit: nobody shall find out by being refused. */
function Conflicts({ conflicts, onOpen }: { conflicts: EffectData['conflicts']; onOpen: (id: string) => void }) {
  if (conflicts.length === 0) return null
  return (
    <section aria-label="Conflicts" className="rounded-md bg-changing-soft p-2">
      <h3 className="flex items-center gap-2 font-medium">
        <TriangleAlert className="size-4 shrink-0 text-changing" aria-hidden />
        {conflicts.length === 1 ? 'Another request' : `${conflicts.length} other requests`} would no longer fit
      </h3>
      <ul className="mt-1 flex flex-col gap-1.5 pl-6">
        {conflicts.map((other) => (
          <li key={other.id}>
            <button
              type="button"
              className="rounded-sm font-medium text-accent-ink hover:underline"
              onClick={() => onOpen(other.id)}
            >
              {other.slice}
            </button>{' '}
            of {other.requester}, <WindowTime from={other.startsAt} until={other.endsAt} />
            <p className="text-muted">{other.message}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What approving would do within the window: of each node and link, what is taken, and what this adds. */
export function Effect({ reservationId, onOpen }: { reservationId: string; onOpen: (id: string) => void }) {
  const trpc = useTRPC()
  const effect = useQuery(trpc.approvals.effect.queryOptions({ reservationId }))
  if (effect.error) return <Failed error={effect.error} retry={() => void effect.refetch()} />
  if (!effect.data)
    return (
      <div role="status" aria-label="Working out what it would do">
        <Skeleton className="h-64" />
      </div>
    )
  const { topology, problem, nodes, links, conflicts } = effect.data
  const touched = nodes.filter((n) => n.cpu.adds + n.memory.adds + n.disk.adds + n.hosts.adds > 0)
  const touchedLinks = links.filter((l) => l.mbps.adds > 0)
  return (
    <>
      {problem ? (
        <div role="status" className="flex gap-2 rounded-md bg-failed-soft p-2">
          <CircleX className="mt-0.5 size-4 shrink-0 text-failed" aria-hidden />
          <div>
            <p className="font-medium">
              {problem.when === 'never' ? 'It can never fit.' : 'It does not fit in that window.'}
            </p>
            <p>{problem.message}</p>
            <p className="text-muted">{problem.hint}</p>
          </div>
        </div>
      ) : (
        <p role="status" className="flex items-center gap-2 rounded-md bg-running-soft p-2">
          <CircleCheck className="size-4 shrink-0 text-running" aria-hidden /> It fits, as the substrate is booked now.
        </p>
      )}
      <Conflicts conflicts={conflicts} onOpen={onOpen} />
      <EffectMap effect={effect.data} />
      {touched.length > 0 && (
        <section aria-label="Effect on nodes" className="flex flex-col gap-3">
          <h3 className="font-semibold">Nodes in that window</h3>
          {touched.map((node) => (
            <div key={node.id} className="flex flex-col gap-1.5">
              <p className="flex justify-between gap-3">
                <span className="font-mono">{node.name}</span>
                <span className="min-w-0 truncate text-muted text-xs" title={node.carries.join(', ')}>
                  {node.carries.join(', ')}
                </span>
                {!node.available && <span className="text-failed text-xs">not available</span>}
              </p>
              <Meter label="CPU" used={node.cpu.used} adds={node.cpu.adds} of={node.cpu.of} unit="%" />
              <Meter label="Memory" used={node.memory.used} adds={node.memory.adds} of={node.memory.of} unit="MiB" />
              <Meter label="Disk" used={node.disk.used} adds={node.disk.adds} of={node.disk.of} unit="MiB" />
            </div>
          ))}
        </section>
      )}
      {touchedLinks.length > 0 && (
        <section aria-label="Effect on links" className="flex flex-col gap-2">
          <h3 className="font-semibold">Links in that window</h3>
          {touchedLinks.map((link) => (
            <Meter
              key={link.id}
              label={link.name}
              used={link.mbps.used}
              adds={link.mbps.adds}
              of={link.mbps.of}
              unit="Mbit/s"
            />
          ))}
        </section>
      )}
      <section aria-label="Drawing" className="flex flex-col gap-2">
        <h3 className="font-semibold">What was drawn</h3>
        <TopologyPicture topology={topology} className="w-full rounded-md border border-line bg-canvas" />
      </section>
    </>
  )
}
