import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { Frame } from '../../frame/frame'
import { RAIL_COOKIE } from '../../frame/rail-cookie'
import { requirePerson } from '../../server/guard'
import { Preloaded, preloader } from '../../server/preload'

export default async function PortalLayout({ children }: { children: ReactNode }) {
  const { id, name, email, role } = await requirePerson()
  const { queryClient, trpc } = preloader()
  await queryClient.prefetchQuery(trpc.projects.mine.queryOptions())
  const narrow = (await cookies()).get(RAIL_COOKIE)?.value === 'narrow'
  return (
    <Preloaded>
      <Frame person={{ id, name, email, role }} railNarrow={narrow}>
        {children}
      </Frame>
    </Preloaded>
  )
}
