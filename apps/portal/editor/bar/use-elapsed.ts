'use client'
// For how long has it been changing? By the browser's own clock where the server's is another.
import { useEffect, useRef, useState } from 'react'

const LOOK_MS = 500

/** Milliseconds since `since`, or since it was first seen here if that is longer ago; 0 while it is null. */
export function useElapsed(since: Date | null): number {
  const at = since?.getTime() ?? null
  const seen = useRef<{ at: number | null; first: number }>({ at: null, first: 0 })
  const [, look] = useState(0)
  if (seen.current.at !== at) seen.current = { at, first: Date.now() }
  useEffect(() => {
    if (at === null) return
    const timer = setInterval(() => look((n) => n + 1), LOOK_MS)
    return () => clearInterval(timer)
  }, [at])
  return at === null ? 0 : Date.now() - Math.min(at, seen.current.first)
}
