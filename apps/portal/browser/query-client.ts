// How are answers of the API kept? Shared by server and browser, so that what one fetched the other need not.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import superjson from 'superjson'
import { isOffline, problemOf } from './problem'

/** What is on the page is told of changes (live.tsx); this only bounds how often going back and forth asks again. */
const FRESH_MS = 15_000

export interface QueryClientHooks {
  /** A mutation failed and its own page does not show it. */
  onUntold?: (error: unknown) => void
  onSignedOut?: () => void
}

export function makeQueryClient({ onUntold, onSignedOut }: QueryClientHooks = {}): QueryClient {
  const onError = (error: unknown) => {
    if (problemOf(error).code === 'access.signed-out') onSignedOut?.()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        onError(error)
        if (mutation.meta?.told !== true) onUntold?.(error)
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        // An answer that says no stays no; silence may be a moment's.
        retry: (count, error) => isOffline(error) && count < 3,
        retryDelay: (count) => Math.min(4000, 300 * 2 ** count),
      },
      mutations: { retry: false },
      dehydrate: {
        serializeData: superjson.serialize,
      },
      hydrate: { deserializeData: superjson.deserialize },
    },
  })
}
