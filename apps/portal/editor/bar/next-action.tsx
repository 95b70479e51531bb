'use client'
import { actionsFor, isOver } from '@myvini/core/reservation/state'
import { useMutation } from '@tanstack/react-query'
import { useTRPC } from '../../browser/trpc'
import { useUrlState } from '../../browser/url-state'
import { Button } from '../../components/button'
import { Tooltip } from '../../components/tooltip'
import { useStateShown } from '../use-state-shown'
import { useShown, useView, useWorkspace } from '../workspace-context'
import { ExtendButton } from './extend-button'
import { StopButton } from './stop-button'

/** States in which a window may still grow. */
const EXTENDABLE: readonly string[] = ['scheduled', 'provisioning', 'running', 'degraded']

/** Book, withdraw or stop: whichever is next. Which there is comes from core's table. */
export function NextAction() {
  const { slice, editor } = useWorkspace()
  const state = useView((v) => v.status?.state ?? 'draft')
  const reservation = useView((v) => v.status?.reservation ?? null)
  const errors = useShown((s) => s.problems.filter((p) => p.severity === 'error').length)
  const [panel, setPanel] = useUrlState('panel')
  const trpc = useTRPC()
  const showState = useStateShown(slice.id)
  const withdraw = useMutation(
    trpc.reservations.withdraw.mutationOptions({ onSettled: (done) => showState(done?.state ?? null) }),
  )
  if (!slice.mayChange) return null

  if (state === 'draft' || isOver(state)) {
    const book = (
      // While the form is open, its own button is the next thing to press.
      <Button
        variant={panel === 'book' ? 'plain' : 'primary'}
        size="small"
        aria-expanded={panel === 'book'}
        disabled={editor.topology.hosts.length === 0}
        onClick={() => setPanel(panel === 'book' ? '' : 'book')}
      >
        Book…
      </Button>
    )
    return errors > 0 && editor.topology.hosts.length > 0 ? (
      <Tooltip text={`${errors} ${errors === 1 ? 'thing has' : 'things have'} to be mended before it can be booked.`}>
        {book}
      </Tooltip>
    ) : (
      book
    )
  }
  if (!reservation) return null
  const actions = actionsFor(state, 'user')
  const more = EXTENDABLE.includes(state) && (
    <ExtendButton reservationId={reservation.id} startsAt={reservation.startsAt} endsAt={reservation.endsAt} />
  )
  if (actions.includes('withdraw'))
    return (
      <>
        {more}
        <Button
          variant="primary"
          size="small"
          busy={withdraw.isPending}
          onClick={() => withdraw.mutate({ reservationId: reservation.id })}
        >
          Withdraw
        </Button>
      </>
    )
  if (actions.includes('stop'))
    return (
      <>
        {more}
        <StopButton reservationId={reservation.id} />
      </>
    )
  return null
}
