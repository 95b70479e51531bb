'use client'
import { useQuery } from '@tanstack/react-query'
import { useIsDesk } from '../../browser/platform'
import { useTRPC } from '../../browser/trpc'
import { Keys } from '../../components/keys'
import { TopologyPicture } from '../../components/topology-picture'
import { useShown, useWorkspace } from '../workspace-context'
import { useFit } from './use-fit'

/** What to do with a blank canvas. */
export function EmptyDrawing() {
  const { shown } = useWorkspace()
  const empty = useShown((s) => s.history.present.hosts.length + s.history.present.lans.length === 0)
  const readOnly = useShown((s) => s.readOnly)
  const desk = useIsDesk()
  const fit = useFit()
  const trpc = useTRPC()
  const templates = useQuery(trpc.templates.list.queryOptions(undefined, { enabled: empty }))
  if (!empty) return null
  if (readOnly || !desk)
    return (
      <div className="pointer-events-none absolute inset-0 flex items-center justify-center p-6 text-center text-muted text-sm">
        {readOnly ? 'Nothing is drawn here yet.' : 'Drawing needs a desk: open this slice on a larger screen.'}
      </div>
    )
  return (
    <div className="pointer-events-none absolute inset-0 flex flex-col items-center justify-center gap-5 p-6 text-center">
      <div>
        <h2 className="font-semibold text-base">Draw a network</h2>
        <p className="mt-1 flex flex-wrap items-center justify-center gap-x-1.5 text-muted text-sm">
          Drag a host or a router here, or press <Keys keys="H" /> <Keys keys="R" /> <Keys keys="L" />. Then drag from
          one’s edge to another.
        </p>
      </div>
      <ul className="pointer-events-auto flex flex-wrap justify-center gap-3" aria-label="Templates">
        {templates.data?.map((template) => (
          <li key={template.slug}>
            <button
              type="button"
              onClick={() => {
                shown.edit({ kind: 'replace', topology: template.topology }, `Start from ${template.name}`)
                setTimeout(() => void fit({ duration: 0 }), 30)
              }}
              className="w-44 rounded-lg border border-line bg-raised p-2 text-left hover:border-line-strong hover:bg-hover"
            >
              <TopologyPicture topology={template.topology} className="w-full" />
              <span className="mt-1 block truncate font-medium text-sm">{template.name}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
