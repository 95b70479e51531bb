'use client'
// Which commands were run before? Kept in this browser alone: they may hold what is nobody else's business.
import { useCallback, useState } from 'react'
import { z } from 'zod'

const KEY = 'myvini.commands'
const KEPT = 50
const Commands = z.array(z.string().max(20_000))

function read(): string[] {
  try {
    const parsed = Commands.safeParse(JSON.parse(localStorage.getItem(KEY) ?? '[]'))
    return parsed.success ? parsed.data : []
  } catch {
    return []
  }
}

/** Newest first. */
export function useCommandHistory() {
  const [commands, setCommands] = useState<readonly string[]>(read)
  const remember = useCallback((command: string) => {
    // Another tab may have added some.
    const next = [command, ...read().filter((c) => c !== command)].slice(0, KEPT)
    setCommands(next)
    try {
      localStorage.setItem(KEY, JSON.stringify(next))
    } catch {
      // No room: it is remembered until the page is left.
    }
  }, [])
  const forget = useCallback(() => {
    setCommands([])
    localStorage.removeItem(KEY)
  }, [])
  return { commands, remember, forget }
}
