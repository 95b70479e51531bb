'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { clockTime } from '../../browser/time'
import { useTRPC } from '../../browser/trpc'
import { Button } from '../../components/button'
import { Banner } from '../../components/notices'
import { pathTo } from '../../paths'
import { describeDifference, isSame } from '../model/difference'
import { type Draft, writeDraft } from '../model/draft'
import { useView, useWorkspace } from '../workspace-context'

/** Our own save is known by its answer, which comes a moment after everyone is told of it. */
const OWN_SAVE_MS = 1500

function useNewer(): { revision: number; author: string } | null {
  const { autosave } = useWorkspace()
  const latest = useView((v) => v.status?.latest ?? null)
  const save = useView((v) => v.save)
  const [newer, setNewer] = useState<{ revision: number; author: string } | null>(null)
  useEffect(() => {
    if (!latest || save.kind === 'saving') return
    const timer = setTimeout(() => setNewer(latest.revision > autosave.revision ? latest : null), OWN_SAVE_MS)
    return () => clearTimeout(timer)
  }, [latest, save, autosave])
  return newer
}

/** What one has to know before drawing on: somebody else has saved, or what runs is not what is drawn. */
/** A server that carries a part of what runs has failed: what that means for the slice, and what is done about it. */
function Hurt() {
  const state = useView((v) => v.status?.state ?? 'draft')
  const problem = useView((v) => v.status?.reservation?.problem ?? null)
  if (!problem || !['provisioning', 'running', 'degraded'].includes(state)) return null
  return (
    <Banner tone="failed">
      <strong className="font-medium">{problem.message}</strong> {problem.hint}
    </Banner>
  )
}

export function Notices({ orphan, reload }: { orphan: Draft | null; reload: () => void }) {
  const { slice, editor, view } = useWorkspace()
  const router = useRouter()
  const trpc = useTRPC()
  const save = useView((v) => v.save)
  const showing = useView((v) => v.showing)
  const difference = useView((v) => v.difference)
  const newer = useNewer()
  const [draft, setDraft] = useState(orphan)
  const saveCopy = useMutation(
    trpc.slices.create.mutationOptions({
      onSuccess: ({ id }) => {
        writeDraft(localStorage, slice.id, null)
        router.push(pathTo.slice(id))
      },
    }),
  )
  const copy = (topology: Draft['topology']) =>
    saveCopy.mutate({ projectId: slice.project.id, stem: `${slice.name} (mine)`.slice(0, 80), topology })
  const discard = () => {
    writeDraft(localStorage, slice.id, null)
    reload()
  }

  return (
    <>
      {save.kind === 'conflict' ? (
        <Banner
          tone="failed"
          actions={
            <>
              <Button size="small" onClick={discard}>
                Reload
              </Button>
              <Button size="small" busy={saveCopy.isPending} onClick={() => copy(editor.topology)}>
                Save mine as a new slice
              </Button>
            </>
          }
        >
          <strong className="font-medium">{save.problem.message}</strong> {save.problem.hint}
        </Banner>
      ) : (
        newer && (
          <Banner
            tone="changing"
            actions={
              <Button size="small" onClick={reload}>
                Reload
              </Button>
            }
          >
            {newer.author} has saved revision {newer.revision} elsewhere. Reload before you draw on.
          </Banner>
        )
      )}
      {draft && (
        <Banner
          tone="changing"
          actions={
            <>
              <Button size="small" busy={saveCopy.isPending} onClick={() => copy(draft.topology)}>
                Save them as a new slice
              </Button>
              <Button
                size="small"
                variant="quiet"
                onClick={() => {
                  writeDraft(localStorage, slice.id, null)
                  setDraft(null)
                }}
              >
                Discard them
              </Button>
            </>
          }
        >
          This browser has changes from {clockTime(draft.at)} that were never saved; the slice has been saved by others
          since.
        </Banner>
      )}
      <Hurt />
      {difference && !isSame(difference) && (
        <Banner
          tone="info"
          actions={
            <Button size="small" onClick={() => view.set({ showing: showing === 'running' ? 'drawing' : 'running' })}>
              {showing === 'running' ? 'Back to the drawing' : 'Show what is booked'}
            </Button>
          }
        >
          {showing === 'running'
            ? 'This is what is booked. It cannot be changed while it is.'
            : `The drawing differs from what is booked: ${describeDifference(difference)}. To run it, stop and book again.`}
        </Banner>
      )}
    </>
  )
}
