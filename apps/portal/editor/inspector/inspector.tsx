'use client'
import { X } from 'lucide-react'
import { IconButton } from '../../components/button'
import { chosenIn, countChosen, NOTHING } from '../model/selection'
import { useShown, useWorkspace } from '../workspace-context'
import { DrawingInspector } from './drawing-inspector'
import { HostInspector } from './host-inspector'
import { LanInspector } from './lan-inspector'
import { LinkInspector } from './link-inspector'
import { ManyInspector } from './many-inspector'

/** What is selected, in full; of nothing, the drawing as a whole. On a phone it comes up from below. */
export function Inspector({ desk }: { desk: boolean }) {
  const { shown } = useWorkspace()
  const topology = useShown((s) => s.history.present)
  const selection = useShown((s) => s.selection)
  const chosen = chosenIn(topology, selection)
  const count = countChosen(chosen)
  const [host] = chosen.hosts
  const [lan] = chosen.lans
  const [link] = chosen.links
  const content =
    count > 1 ? (
      <ManyInspector chosen={chosen} />
    ) : host ? (
      <HostInspector key={host.id} host={host} />
    ) : lan ? (
      <LanInspector key={lan.id} lan={lan} />
    ) : link ? (
      <LinkInspector key={link.id} link={link} />
    ) : (
      <DrawingInspector />
    )
  if (desk)
    return (
      <aside
        aria-label="Inspector"
        className="flex w-76 shrink-0 flex-col overflow-y-auto border-l border-line bg-page"
      >
        {content}
      </aside>
    )
  if (count === 0) return null
  return (
    <aside
      aria-label="Inspector"
      className="fixed inset-x-0 bottom-0 z-30 max-h-[55vh] overflow-y-auto rounded-t-lg border-t border-line bg-page shadow-float"
    >
      <div className="absolute top-1.5 right-1.5">
        <IconButton label="Close" onClick={() => shown.select(NOTHING)}>
          <X />
        </IconButton>
      </div>
      {content}
    </aside>
  )
}
