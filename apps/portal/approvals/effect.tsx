'use client'
import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleX } from 'lucide-react'
import { useTRPC } from '../browser/trpc'
import { Meter } from '../components/meter'
import { Failed, Skeleton } from '../components/page-states'
import { TopologyPicture } from '../components/topology-picture'

/** What approving would do within the window: of each node and link, what is taken, and what this adds. */
export function Effect({ reservationId }: { reservationId: string }) {
  const trpc = useTRPC()
  const effect = useQuery(trpc.approvals.effect.queryOptions({ reservationId }))
  if (effect.error) return <Failed error={effect.error} retry={() => void effect.refetch()} />
  if (!effect.data) return <Skeleton className="h-48" />
  const { topology, problem, nodes, links } = effect.data
  const touched = nodes.filter((n) => n.cpu.adds + n.memory.adds + n.hosts.adds > 0 || n.cpu.used > 0)
  const touchedLinks = links.filter((l) => l.mbps.adds + l.mbps.used > 0)
  return (
    <>
      <TopologyPicture topology={topology} className="w-full rounded-md border border-line bg-canvas" />
      {problem ? (
        <div role="status" className="flex gap-2 rounded-md bg-failed-soft p-2">
          <CircleX className="mt-0.5 size-4 shrink-0 text-failed" aria-hidden />
          <div>
            <p className="font-medium">
              {problem.when === 'never' ? 'It can never fit.' : 'It does not fit in that window.'}
            </p>
            <p>{problem.message}</p>
          </div>
        </div>
      ) : (
        <p role="status" className="flex items-center gap-2 rounded-md bg-running-soft p-2">
          <CircleCheck className="size-4 shrink-0 text-running" aria-hidden /> It fits, as the substrate is booked now.
        </p>
      )}
      {touched.length > 0 && (
        <section aria-label="Effect on nodes" className="flex flex-col gap-3">
          <h3 className="font-semibold">Nodes in that window</h3>
          {touched.map((node) => (
            <div key={node.id} className="flex flex-col gap-1.5">
              <p className="flex justify-between">
                <span className="font-mono">{node.name}</span>
                {!node.available && <span className="text-failed text-xs">not available</span>}
              </p>
              <Meter label="CPU" used={node.cpu.used} adds={node.cpu.adds} of={node.cpu.of} unit="%" />
              <Meter label="Memory" used={node.memory.used} adds={node.memory.adds} of={node.memory.of} unit="MiB" />
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
    </>
  )
}
