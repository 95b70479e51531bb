'use client'
import { createContext, type ReactNode, useContext, useState } from 'react'
import { RAIL_COOKIE } from './rail-cookie'

export interface FramePerson {
  id: string
  name: string
  email: string
  role: 'researcher' | 'instructor' | 'admin'
}

interface FrameState {
  person: FramePerson
  railNarrow: boolean
  setRailNarrow: (narrow: boolean) => void
  /** On a phone the rail comes over the page. */
  railOpen: boolean
  setRailOpen: (open: boolean) => void
  paletteOpen: boolean
  setPaletteOpen: (open: boolean) => void
  keysOpen: boolean
  setKeysOpen: (open: boolean) => void
}

const Context = createContext<FrameState | null>(null)

const YEAR_S = 365 * 24 * 3600

export function FrameProvider(props: { person: FramePerson; railNarrow: boolean; children: ReactNode }) {
  const [railNarrow, setNarrow] = useState(props.railNarrow)
  const [railOpen, setRailOpen] = useState(false)
  const [paletteOpen, setPaletteOpen] = useState(false)
  const [keysOpen, setKeysOpen] = useState(false)
  const setRailNarrow = (narrow: boolean) => {
    setNarrow(narrow)
    // A cookie, so that the next page comes as it is left, without a jump.
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
    document.cookie = `${RAIL_COOKIE}=${narrow ? 'narrow' : 'wide'}; path=/; max-age=${YEAR_S}; samesite=lax`
  }
  return (
    <Context.Provider
      value={{
        person: props.person,
        railNarrow,
        setRailNarrow,
        railOpen,
        setRailOpen,
        paletteOpen,
        setPaletteOpen,
        keysOpen,
        setKeysOpen,
      }}
    >
      {props.children}
    </Context.Provider>
  )
}

export function useFrame(): FrameState {
  const frame = useContext(Context)
  if (!frame) throw new Error('there is no frame around this component')
  return frame
}

export const usePerson = (): FramePerson => useFrame().person
