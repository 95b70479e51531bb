// How does a page come with its data? The server asks what the page will ask, and sends the answers along: what is seen
// first is whole. A question that fails is asked again by the page, which can show why.
import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { headers } from 'next/headers'
import { cache, type ReactNode } from 'react'
import { makeQueryClient } from '../browser/query-client'
import { contextOf } from './context'
import { appRouter } from './routers/root'

/** One for each request. */
const queryClientHere = cache(() => makeQueryClient())

export const preloader = cache(() => {
  const queryClient = queryClientHere()
  const trpc = createTRPCOptionsProxy({ ctx: async () => contextOf(await headers()), router: appRouter, queryClient })
  return { queryClient, trpc }
})

/** Around what uses the answers. */
export function Preloaded({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(queryClientHere())}>{children}</HydrationBoundary>
}
