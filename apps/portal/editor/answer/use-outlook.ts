'use client'
// What is promised of the substrate, as far ahead as may be booked? Fetched once and asked many times: any window and any
// drawing are answered without another question to the server.
import type { Policy } from '@myvini/core/reservation/policy'
import { type Claims, Timeline } from '@myvini/core/reservation/timeline'
import type { Substrate } from '@myvini/core/substrate/substrate'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTRPC } from '../../browser/trpc'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Hints reach only whoever may see the thing; a node that goes away is noticed so soon at the latest. */
const ANYWAY_MS = 20_000

export interface Outlook {
  policy: Policy
  substrate: Substrate
  claims: Claims
  timeline: Timeline
  fromMs: number
  untilMs: number
}

interface OutlookState {
  outlook: Outlook | null
  /** Another slice's policy is on its way: until it is there, the outlook is by the one before. */
  changing: boolean
  error: unknown
  retry: () => void
}

/** `sliceId`: by the policy as it is for its project. `except`: a reservation to leave out, as if it were not there. */
export function useOutlook(
  now: Date,
  { enabled = true, except, sliceId }: { enabled?: boolean; except?: string; sliceId?: string } = {},
): OutlookState {
  const trpc = useTRPC()
  const policy = useQuery(
    trpc.reservations.policy.queryOptions(sliceId === undefined ? undefined : { sliceId }, {
      enabled,
      placeholderData: keepPreviousData,
    }),
  )
  // Whole hours, so that the same question is not asked anew at every tick.
  const fromMs = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS
  const ahead = policy.data ? policy.data.bookAheadDays * DAY_MS + policy.data.most.windowHours * HOUR_MS : 0
  const untilMs = fromMs + ahead + 2 * HOUR_MS
  const claims = useQuery(
    trpc.substrate.claims.queryOptions(
      { from: new Date(fromMs), until: new Date(untilMs), ...(except !== undefined && { except }) },
      { enabled: enabled && policy.data !== undefined, placeholderData: keepPreviousData, refetchInterval: ANYWAY_MS },
    ),
  )
  const outlook = useMemo(
    () =>
      policy.data && claims.data
        ? {
            policy: policy.data,
            substrate: claims.data.substrate,
            claims: claims.data.claims,
            timeline: new Timeline(claims.data.claims),
            fromMs,
            untilMs,
          }
        : null,
    [policy.data, claims.data, fromMs, untilMs],
  )
  return {
    outlook,
    changing: policy.isPlaceholderData,
    error: policy.error ?? claims.error,
    retry: () => {
      if (policy.error) void policy.refetch()
      if (claims.error) void claims.refetch()
    },
  }
}
