'use client'
import { useSyncExternalStore } from 'react'

const never = () => () => undefined
const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform)

/** Which keyboard is it? Servers cannot know, so the first paint says "Ctrl". */
export const useIsMac = (): boolean => useSyncExternalStore(never, isMac, () => false)

/** The key that commands on this keyboard. */
export const hasCommandKey = (event: { metaKey: boolean; ctrlKey: boolean }): boolean =>
  isMac() ? event.metaKey : event.ctrlKey

export const useMedia = (query: string, onServer: boolean): boolean =>
  useSyncExternalStore(
    (changed) => {
      const list = window.matchMedia(query)
      list.addEventListener('change', changed)
      return () => list.removeEventListener('change', changed)
    },
    () => window.matchMedia(query).matches,
    () => onServer,
  )

/** Wide enough for drawing; narrower shows what a phone is for. */
export const useIsDesk = (): boolean => useMedia('(min-width: 768px)', true)
