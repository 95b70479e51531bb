'use client'
import { useState } from 'react'
import { Input } from './input'

interface RenameProps {
  name: string
  label: string
  /** Null: left as it was. */
  onDone: (name: string | null) => void
}

/** Enter or leaving it keeps the name, Escape leaves it as it was. */
export function RenameInPlace({ name, label, onDone }: RenameProps) {
  const [draft, setDraft] = useState(name)
  const [done, setDone] = useState(false)
  const finish = (text: string | null) => {
    if (done) return
    setDone(true)
    const trimmed = text?.trim() ?? ''
    onDone(trimmed === '' || trimmed === name ? null : trimmed)
  }
  return (
    <Input
      aria-label={label}
      autoFocus
      maxLength={80}
      value={draft}
      className="max-w-72"
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={() => finish(draft)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish(draft)
        if (event.key === 'Escape') finish(null)
        event.stopPropagation()
      }}
    />
  )
}
