'use client'
// Which terminals are open? Kept for the browser tab, so that a reload joins the same sessions again.
import { useCallback, useEffect, useState } from 'react'
import { z } from 'zod'

const Tab = z.object({
  /** Also the session's name on the node. */
  id: z.string(),
  hostId: z.string(),
  title: z.string(),
})
export type TerminalTab = z.infer<typeof Tab>

const Kept = z.object({
  tabs: z.array(Tab),
  active: z.string(),
  open: z.boolean(),
})
type Kept = z.infer<typeof Kept>

const NONE: Kept = { tabs: [], active: 'problems', open: false }

const keyOf = (sliceId: string) => `myvini.terminals.${sliceId}`

function read(sliceId: string): Kept {
  try {
    const parsed = Kept.safeParse(JSON.parse(sessionStorage.getItem(keyOf(sliceId)) ?? 'null'))
    return parsed.success ? parsed.data : NONE
  } catch {
    return NONE
  }
}

const newSession = () => crypto.randomUUID().slice(0, 8)

export interface Terminals extends Kept {
  /** A new session on a host, in front. */
  open: boolean
  openOn: (hostId: string, name: string) => void
  close: (id: string) => void
  rename: (id: string, title: string) => void
  /** Another session in the same place, after one has ended. */
  again: (id: string) => void
  show: (tab: string) => void
  setOpen: (open: boolean) => void
}

export function useTerminals(sliceId: string): Terminals {
  const [kept, setKept] = useState<Kept>(() => read(sliceId))
  useEffect(() => sessionStorage.setItem(keyOf(sliceId), JSON.stringify(kept)), [sliceId, kept])

  const openOn = useCallback((hostId: string, name: string) => {
    setKept((before) => {
      const id = newSession()
      const same = before.tabs.filter((t) => t.hostId === hostId).length
      const title = same === 0 ? name : `${name} ${same + 1}`
      return { tabs: [...before.tabs, { id, hostId, title }], active: id, open: true }
    })
  }, [])
  const close = useCallback((id: string) => {
    setKept((before) => {
      const at = before.tabs.findIndex((t) => t.id === id)
      const tabs = before.tabs.filter((t) => t.id !== id)
      const next = tabs[Math.min(at, tabs.length - 1)]?.id
      return before.active === id ? { ...before, tabs, active: next ?? 'events' } : { ...before, tabs }
    })
  }, [])
  const change = useCallback((id: string, patch: Partial<TerminalTab>) => {
    setKept((before) => ({
      ...before,
      tabs: before.tabs.map((t) => (t.id === id ? { ...t, ...patch } : t)),
      active: before.active === id ? (patch.id ?? id) : before.active,
    }))
  }, [])
  return {
    ...kept,
    openOn,
    close,
    rename: (id, title) => change(id, { title }),
    again: (id) => change(id, { id: newSession() }),
    show: (active) => setKept((before) => ({ ...before, active, open: true })),
    setOpen: (open) => setKept((before) => ({ ...before, open })),
  }
}
