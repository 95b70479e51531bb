'use client'
// Where would it go, or where is it, and where is the substrate too narrow? The map beside the words of the answer.
import { requestOf } from '@myvini/core/embedding/request'
import { claimsOf } from '@myvini/core/reservation/claims'
import { NOTHING_USED } from '@myvini/core/substrate/usage'
import type { Topology } from '@myvini/core/topology/topology'
import { useQuery } from '@tanstack/react-query'
import { shortWindow, useNow } from '../../browser/time'
import { useTRPC } from '../../browser/trpc'
import { Failed, Skeleton } from '../../components/page-states'
import { LoadMap } from '../../substrate/load-map'
import { loadsOf } from '../../substrate/loads'
import { headlineOf, problemIn } from '../answer/answer'
import { useOutlook } from '../answer/use-outlook'
import type { ThingKey } from '../model/selection'
import { useShown, useView, useWorkspace } from '../workspace-context'

const namesOf = (topology: Topology) =>
  [...topology.hosts, ...topology.lans].map((t) => ({ id: t.id as string, name: t.name }))

/** Which things are on which node, by the node's id. */
function carriedBy(topology: Topology, nodeOf: (id: string) => string | undefined) {
  const carried = new Map<string, { id: string; name: string }[]>()
  for (const thing of namesOf(topology)) {
    const node = nodeOf(thing.id)
    if (node !== undefined) carried.set(node, [...(carried.get(node) ?? []), thing])
  }
  return carried
}

export function SubstratePanel({ height }: { height: number }) {
  const { slice, shown } = useWorkspace()
  const trpc = useTRPC()
  const now = useNow()
  const topology = useShown((s) => s.history.present)
  const answer = useView((v) => v.answer)
  const status = useView((v) => v.status)
  const places = useQuery(trpc.substrate.places.queryOptions())
  const { outlook, error, retry } = useOutlook(now, { sliceId: slice.id })
  if (error ?? places.error)
    return <Failed error={error ?? places.error} retry={places.error ? () => void places.refetch() : retry} />
  if (!outlook || !places.data) return <Skeleton className="m-3 h-40" />

  const { reservation } = status ?? { reservation: null }
  const window =
    answer.kind === 'fits' || answer.kind === 'later' || answer.kind === 'never'
      ? answer.window
      : reservation
        ? { fromMs: reservation.startsAt.getTime(), untilMs: reservation.endsAt.getTime() }
        : { fromMs: now.getTime(), untilMs: now.getTime() + 1 }
  const problem = problemIn(answer)
  // What can never fit is shown on the empty substrate: others are not what stands in its way.
  const usage = answer.kind === 'never' ? NOTHING_USED : outlook.timeline.usageWithin(window)
  const idOf = new Map(outlook.substrate.nodes.map((n) => [n.name, n.id as string]))
  const embedded: ReadonlyMap<string, string> | null = answer.kind === 'fits' ? answer.embedding.nodes : null
  const carried = carriedBy(topology, (id) =>
    embedded ? embedded.get(id) : answer.kind === 'none' ? idOf.get(status?.hosts[id]?.node ?? '') : undefined,
  )
  const request = requestOf(topology)
  // The drawing may have moved on since the answer: what is not placed yet is not counted yet.
  const whole = embedded !== null && request.nodes.every((n) => embedded.has(n.id))
  const { nodes, links } = loadsOf({
    substrate: outlook.substrate,
    places: places.data,
    usage,
    adds: answer.kind === 'fits' && whole ? claimsOf(request, answer.embedding) : null,
    hosts: new Map([...carried].map(([node, things]) => [node, things.map((t) => t.name)])),
  })
  const parts = new Set(problem?.parts)
  const pinned = request.nodes.flatMap((n) =>
    parts.has(n.id) && n.pin?.kind === 'node' ? [idOf.get(n.pin.node) ?? ''] : [],
  )
  const marked = { nodes: new Set(pinned), links: new Set<string>(problem?.cut?.links) }
  const select = (node: string) => {
    const things = carried.get(node) ?? []
    const hosts = new Set<string>(topology.hosts.map((h) => h.id))
    shown.select(things.map(({ id }): ThingKey => (hosts.has(id) ? `host:${id}` : `lan:${id}`)))
  }
  return (
    <div className="flex h-full min-h-0 flex-col overflow-y-auto md:flex-row md:overflow-visible">
      <div className="shrink-0 border-line p-3 text-sm md:w-60 md:overflow-y-auto md:border-r">
        <p className="font-medium">
          {answer.kind === 'none' ? (reservation ? 'Where it is' : 'The substrate now') : headlineOf(answer, now)}
        </p>
        <p className="text-muted tabular">
          {answer.kind === 'never'
            ? 'On the empty substrate'
            : shortWindow(new Date(window.fromMs), new Date(window.untilMs), now)}
        </p>
        {problem && <p className="mt-2">{problem.message}</p>}
        {marked.links.size > 0 && (
          <p className="mt-2 flex items-center gap-2 text-failed">
            <span aria-hidden className="h-1 w-5 rounded-full bg-failed" /> Too narrow
          </p>
        )}
        {answer.kind === 'fits' && (
          <p className="mt-2 flex items-center gap-2 text-muted">
            <span aria-hidden className="w-5 border-accent border-t-2 border-dashed" /> What it adds
          </p>
        )}
      </div>
      <div className="min-w-0 shrink-0 bg-canvas md:flex-1">
        <LoadMap
          label={`Map of the substrate: ${nodes.length} nodes, ${links.length} links`}
          nodes={nodes}
          links={links}
          marked={marked}
          height={height}
          onNode={select}
        />
      </div>
    </div>
  )
}
