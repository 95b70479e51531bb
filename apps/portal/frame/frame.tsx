'use client'
import { useRouter } from 'next/navigation'
import { useTheme } from 'next-themes'
import { type ReactNode, useEffect } from 'react'
import { renewSession } from '../browser/auth'
import { LiveUpdates } from '../browser/live'
import { pathTo } from '../paths'
import { leave } from './account-menu'
import { CommandPalette } from './command-palette'
import { useCommandKeys, useCommands } from './commands'
import { type FramePerson, FrameProvider, useFrame } from './frame-context'
import { KeysSheet } from './keys-sheet'
import { Rail } from './rail'

function Everywhere() {
  const router = useRouter()
  const { resolvedTheme, setTheme } = useTheme()
  const { setPaletteOpen, setKeysOpen } = useFrame()
  useCommandKeys()
  useCommands('Everywhere', [
    { label: 'Search and commands', keys: 'Mod+K', run: () => setPaletteOpen(true), hidden: true },
    { label: 'Keyboard', keys: '?', also: 'shortcuts help', run: () => setKeysOpen(true) },
    { label: 'New slice', keys: 'N', also: 'create make', run: () => router.push(`${pathTo.slices()}?new=1`) },
    {
      label: resolvedTheme === 'dark' ? 'Light theme' : 'Dark theme',
      also: 'appearance colours mode',
      run: () => setTheme(resolvedTheme === 'dark' ? 'light' : 'dark'),
    },
    { label: 'Sign out', also: 'leave log out', run: () => void leave() },
  ])
  useEffect(() => {
    void renewSession()
  }, [])
  return null
}

export function Frame({
  person,
  railNarrow,
  children,
}: {
  person: FramePerson
  railNarrow: boolean
  children: ReactNode
}) {
  return (
    <FrameProvider person={person} railNarrow={railNarrow}>
      <a
        href="#content"
        className="fixed -top-10 left-2 z-50 rounded-md border border-line bg-raised px-3 py-1.5 text-sm focus:top-2"
      >
        Skip to the content
      </a>
      <div className="flex h-dvh overflow-hidden">
        <Rail />
        <main id="content" className="flex min-w-0 flex-1 flex-col">
          {children}
        </main>
      </div>
      <Everywhere />
      <CommandPalette />
      <KeysSheet />
      <LiveUpdates />
    </FrameProvider>
  )
}
