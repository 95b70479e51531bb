'use client'
import { Check, CloudOff, LoaderCircle } from 'lucide-react'
import { clockTime } from '../../browser/time'
import { Button } from '../../components/button'
import { Tooltip } from '../../components/tooltip'
import { useView, useWorkspace } from '../workspace-context'

/** Whether what is drawn is kept. */
export function SaveMark() {
  const { slice, autosave } = useWorkspace()
  const save = useView((v) => v.save)
  if (!slice.mayChange) return <span className="text-faint text-xs">You may look, not draw</span>
  if (save.kind === 'conflict') return <span className="font-medium text-failed text-xs">Not saved</span>
  if (save.kind === 'waiting')
    return (
      <Tooltip text={`${save.problem.message} It is tried again by itself; your changes are kept in this browser.`}>
        <Button size="small" variant="quiet" icon={<CloudOff />} onClick={() => autosave.retryNow()}>
          <span className="text-changing">Not saved yet</span>
        </Button>
      </Tooltip>
    )
  return (
    <span role="status" className="hidden items-center gap-1 text-faint text-xs tabular sm:flex">
      {save.kind === 'saving' ? (
        <>
          <LoaderCircle className="size-3 animate-spin" aria-hidden /> Saving
        </>
      ) : (
        <>
          <Check className="size-3" aria-hidden /> Saved {clockTime(save.at)}
        </>
      )}
    </span>
  )
}
