'use client'
import { useShown } from '../workspace-context'
import { Outline } from './outline'
import { Palette } from './palette'

export function LeftPanel() {
  const readOnly = useShown((s) => s.readOnly)
  return (
    <aside aria-label="Palette and outline" className="flex w-52 shrink-0 flex-col border-r border-line bg-page">
      {!readOnly && <Palette />}
      <Outline />
    </aside>
  )
}
