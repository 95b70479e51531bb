'use client'
import { useState } from 'react'

/** The same object for as long as it says the same: moving a host about is not a new question. */
export function useSame<T>(value: T): T {
  const [kept, keep] = useState(value)
  if (kept === value || JSON.stringify(kept) === JSON.stringify(value)) return kept
  keep(value)
  return value
}
