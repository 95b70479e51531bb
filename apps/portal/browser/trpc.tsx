'use client'
// How do pages speak to the API?
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createTRPCClient, httpBatchStreamLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { createTRPCContext } from '@trpc/tanstack-react-query'
import { type ReactNode, useState } from 'react'
import superjson from 'superjson'
import { tellProblem } from '../components/toast'
import { pathTo } from '../paths'
import type { AppRouter } from '../server/routers/root'
import { makeQueryClient } from './query-client'

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>()

const URL_PATH = '/api/trpc'

const makeClient = () =>
  createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (op) => op.type === 'subscription',
        true: httpSubscriptionLink({ url: URL_PATH, transformer: superjson }),
        // Streamed: a slow answer does not hold up the quick ones asked with it.
        false: httpBatchStreamLink({ url: URL_PATH, transformer: superjson, maxURLLength: 4000 }),
      }),
    ],
  })

function leave() {
  const here = window.location.pathname + window.location.search
  if (window.location.pathname !== pathTo.signIn()) window.location.assign(pathTo.signIn(here))
}

let inBrowser: QueryClient | null = null

function queryClientHere(): QueryClient {
  if (typeof window === 'undefined') return makeQueryClient()
  inBrowser ??= makeQueryClient({ onUntold: tellProblem, onSignedOut: leave })
  return inBrowser
}

export function ApiProvider({ children }: { children: ReactNode }) {
  const queryClient = queryClientHere()
  const [client] = useState(makeClient)
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  )
}
