'use client'
// What is chosen on a page is in its address: a reload keeps it, and it can be sent to somebody.
import { useSearchParams } from 'next/navigation'
import { useCallback } from 'react'

/** One parameter of the address. Set to `fallback` it is left out. `push`: back goes to what was before. */
export function useUrlState(key: string, fallback = '', how: 'replace' | 'push' = 'replace') {
  const params = useSearchParams()
  const value = params.get(key) ?? fallback
  const set = useCallback(
    (next: string) => {
      const url = new URL(window.location.href)
      if (next === fallback) url.searchParams.delete(key)
      else url.searchParams.set(key, next)
      if (url.href === window.location.href) return
      // Next follows the history of the window, without asking the server for a page it has.
      if (how === 'push') window.history.pushState(null, '', url)
      else window.history.replaceState(null, '', url)
    },
    [key, fallback, how],
  )
  return [value, set] as const
}
