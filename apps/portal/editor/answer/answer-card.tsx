'use client'
import { changeOnButton, editsOf } from '@myvini/core/embedding/refusal/change-edits'
import { requestOf } from '@myvini/core/embedding/request'
import { ChevronDown, ChevronUp, CircleCheck, CircleDashed, CircleX, Clock, LoaderCircle, MapIcon } from 'lucide-react'
import { useState } from 'react'
import { problemOf } from '../../browser/problem'
import { shortWindow, useNow } from '../../browser/time'
import { Button, IconButton } from '../../components/button'
import { classes } from '../../components/classes'
import { tell } from '../../components/toast'
import { useView, useWorkspace } from '../workspace-context'
import { type Answer, headlineOf, problemIn } from './answer'
import { useTakeSlot } from './use-take-slot'

const LOOK: Record<Answer['kind'], { icon: typeof Clock; tint: string; edge: string }> = {
  none: { icon: CircleDashed, tint: 'text-muted', edge: 'border-line' },
  asking: { icon: CircleDashed, tint: 'text-muted', edge: 'border-line' },
  unknown: { icon: CircleDashed, tint: 'text-changing', edge: 'border-changing-line' },
  refused: { icon: CircleX, tint: 'text-failed', edge: 'border-failed/50' },
  fits: { icon: CircleCheck, tint: 'text-running', edge: 'border-line' },
  later: { icon: Clock, tint: 'text-changing', edge: 'border-changing-line' },
  never: { icon: CircleX, tint: 'text-failed', edge: 'border-failed/50' },
}

/** Why, in words; the words lead to the thing. */
function Reason({ answer }: { answer: Answer }) {
  const { focusOn } = useWorkspace()
  if (answer.kind === 'unknown') {
    const { message, hint } = problemOf(answer.error)
    return (
      <div className="flex items-start gap-2">
        <p className="flex-1 text-muted">
          {message} {hint}
        </p>
        <Button size="small" onClick={answer.retry}>
          Try again
        </Button>
      </div>
    )
  }
  const problem = answer.kind === 'refused' ? answer.problem : problemIn(answer)
  if (!problem) return null
  const { subject } = problem
  return (
    <p>
      {problem.message} {answer.kind === 'refused' && <span className="text-muted">{problem.hint} </span>}
      {subject && subject.kind !== 'field' && (
        <button
          type="button"
          className="rounded-sm font-medium text-accent-ink hover:underline"
          onClick={() => focusOn(subject)}
        >
          Show it
        </button>
      )}
    </p>
  )
}

/** The smallest change that would do, and the next windows in which it fits: each one click away. */
function WaysOut({ answer, onMap }: { answer: Answer; onMap: () => void }) {
  const { editor, view } = useWorkspace()
  const now = useNow()
  const take = useTakeSlot()
  const problem = problemIn(answer)
  if (!problem) return null
  const { change } = problem
  const apply = () => {
    if (!change) return
    if (change.kind === 'share-nodes') {
      const before = view.get().plan
      view.set({ plan: { ...before, placement: 'spread' } })
      return tell('Hosts may share nodes', { undo: () => view.set({ plan: before }) })
    }
    const label = changeOnButton(requestOf(editor.topology), change)
    if (editor.edit(editsOf(editor.topology, change), label)) tell(label, { undo: () => editor.undo() })
  }
  const [slot] = answer.kind === 'later' ? (answer.slots ?? []) : []
  return (
    <div className="flex flex-wrap gap-1.5">
      {change && change.kind !== 'together' && (
        <Button size="small" onClick={apply}>
          {changeOnButton(requestOf(editor.topology), change)}
        </Button>
      )}
      {slot && (
        <Button size="small" busy={take.isPending} onClick={() => void take.take(slot)}>
          Take {shortWindow(new Date(slot.fromMs), new Date(slot.untilMs), now)}
        </Button>
      )}
      <Button size="small" variant="quiet" icon={<MapIcon />} onClick={onMap}>
        On the substrate
      </Button>
    </div>
  )
}

/** Always beside the drawing while it is drawn: fits now, fits from then on, or never, and why. */
export function AnswerCard({ onMap }: { onMap: () => void }) {
  const answer = useView((v) => v.answer)
  const answering = useView((v) => v.answering)
  const now = useNow()
  const [folded, setFolded] = useState(false)
  if (answer.kind === 'none') return null
  const { icon: Icon, tint, edge } = LOOK[answer.kind]
  const more = answer.kind !== 'fits' && answer.kind !== 'asking'
  return (
    <section
      aria-label="Does it fit?"
      className={classes(
        'absolute top-3 left-3 z-10 flex max-w-[min(560px,calc(100%-24px))] flex-col gap-1.5 rounded-lg border bg-raised px-2.5 py-1.5 text-sm shadow-float',
        edge,
      )}
    >
      <div className="flex items-center gap-2">
        <Icon className={classes('size-4 shrink-0', tint)} aria-hidden />
        <p role="status" className="min-w-0 font-medium">
          {headlineOf(answer, now)}
        </p>
        {answering && (
          <LoaderCircle
            className="size-3.5 shrink-0 animate-[spin_1s_linear_200ms_infinite] text-faint"
            aria-label="Looking"
          />
        )}
        {answer.kind === 'fits' && (
          <Button size="small" variant="quiet" className="!h-6" icon={<MapIcon />} onClick={onMap}>
            Where?
          </Button>
        )}
        {more && (
          <IconButton
            label={folded ? 'Say why' : 'Fold'}
            aria-expanded={!folded}
            className="!size-6 ml-auto"
            onClick={() => setFolded(!folded)}
          >
            {folded ? <ChevronDown /> : <ChevronUp />}
          </IconButton>
        )}
      </div>
      {more && !folded && (
        <>
          <Reason answer={answer} />
          <WaysOut answer={answer} onMap={onMap} />
        </>
      )}
    </section>
  )
}
