'use client'
import { CircleCheck, CircleX, Clock, LoaderCircle } from 'lucide-react'
import { useNow } from '../../browser/time'
import { Failed } from '../../components/page-states'
import { type Answer, headlineOf, problemIn } from '../answer/answer'

/** The answer, where it is booked. Why, and the ways out, stand beside the canvas. */
export function Fits({ answer }: { answer: Answer }) {
  const now = useNow()
  if (answer.kind === 'none' || answer.kind === 'refused') return null
  if (answer.kind === 'unknown') return <Failed error={answer.error} retry={answer.retry} />
  if (answer.kind === 'asking')
    return (
      <p className="flex items-center gap-2 text-muted text-sm">
        <LoaderCircle className="size-4 animate-spin" aria-hidden /> {headlineOf(answer, now)}
      </p>
    )
  const headline = headlineOf(answer, now)
  if (answer.kind === 'fits')
    return (
      <p className="flex items-center gap-2 rounded-md bg-running-soft p-2 text-sm">
        <CircleCheck className="size-4 shrink-0 text-running" aria-hidden />
        {headline}
      </p>
    )
  const later = answer.kind === 'later'
  return (
    <div className={`flex gap-2 rounded-md p-2 text-sm ${later ? 'bg-changing-soft' : 'bg-failed-soft'}`}>
      {later ? (
        <Clock className="mt-0.5 size-4 shrink-0 text-changing" aria-hidden />
      ) : (
        <CircleX className="mt-0.5 size-4 shrink-0 text-failed" aria-hidden />
      )}
      <div className="min-w-0">
        <p className="font-medium">{headline}</p>
        <p>{problemIn(answer)?.message}</p>
      </div>
    </div>
  )
}
