// What procedures take and give, for pages.
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from './root'

export type ApiInput = inferRouterInputs<AppRouter>
export type ApiOutput = inferRouterOutputs<AppRouter>
