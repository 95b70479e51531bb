'use client'
import { Keyboard, LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTheme } from 'next-themes'
import { signOut } from '../browser/auth'
import { Menu } from '../components/menu'
import { pathTo } from '../paths'
import { useFrame } from './frame-context'

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => [...word][0] ?? '')
    .filter((_, i, all) => i === 0 || i === all.length - 1)
    .join('')
    .toUpperCase()

export async function leave() {
  await signOut()
  // A whole load: nothing of this session stays in the page.
  window.location.assign(pathTo.signIn())
}

export function AccountMenu() {
  const router = useRouter()
  const { person, setKeysOpen } = useFrame()
  const { theme, setTheme } = useTheme()
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          // The initials are what is seen of it, and so a part of what it is called (WCAG 2.5.3).
          aria-label={`${initials(person.name)}, account of ${person.name}`}
          className="ml-1 flex size-7 items-center justify-center rounded-full bg-accent-soft font-semibold text-2xs text-accent-ink hover:outline-2 hover:outline-line-strong"
        >
          {initials(person.name)}
        </button>
      }
      header={
        <div className="border-b border-line px-2 pt-1 pb-2">
          <p className="font-medium text-sm">{person.name}</p>
          <p className="text-faint text-xs">{person.email}</p>
        </div>
      }
      entries={[
        { label: 'Account', icon: <UserRound />, onSelect: () => router.push(pathTo.account()) },
        { label: 'Keyboard', icon: <Keyboard />, keys: '?', onSelect: () => setKeysOpen(true) },
        null,
        { label: 'Light', icon: <Sun />, checked: theme === 'light', onSelect: () => setTheme('light') },
        { label: 'Dark', icon: <Moon />, checked: theme === 'dark', onSelect: () => setTheme('dark') },
        { label: 'As the system', icon: <Monitor />, checked: theme === 'system', onSelect: () => setTheme('system') },
        null,
        { label: 'Sign out', icon: <LogOut />, onSelect: () => void leave() },
      ]}
    />
  )
}
