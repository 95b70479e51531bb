import type { Metadata } from 'next'
import { CalendarPage } from '../../../calendar/calendar-page'
import { requirePerson } from '../../../server/guard'
import { Preloaded, preloader } from '../../../server/preload'

export const metadata: Metadata = { title: 'Calendar' }

export default async function Calendar() {
  await requirePerson()
  const { queryClient, trpc } = preloader()
  await Promise.all([
    queryClient.prefetchQuery(trpc.reservations.policy.queryOptions()),
    queryClient.prefetchQuery(trpc.slices.list.queryOptions({ scope: 'mine' })),
  ])
  return (
    <Preloaded>
      <CalendarPage />
    </Preloaded>
  )
}
