'use client'
// How a link treats what is sent over it: presets, both directions, and while the slice runs what is in force now.
import {
  type Emulation,
  emulationOf,
  emulationWords,
  type Impairment,
  UNIMPAIRED,
} from '@myvini/core/topology/emulation'
import { PRESETS, presetOf } from '@myvini/core/topology/emulation-presets'
import type { LinkEnd, VirtualLink } from '@myvini/core/topology/topology'
import { Zap } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../components/button'
import { Field } from '../../components/field'
import { Select } from '../../components/input'
import { Choice } from '../../components/toggles'
import { useShown } from '../workspace-context'
import { DirectionFields } from './direction-fields'
import { InspectorSection } from './parts'
import { TraceField } from './trace-field'
import { type EmulationControl, useEmulation } from './use-emulation'

type Direction = 'both' | 'there' | 'back'

function useEndNames(link: VirtualLink): [string, string] {
  const topology = useShown((s) => s.history.present)
  const name = (end: LinkEnd) =>
    (end.kind === 'lan' ? topology.lans.find((l) => l.id === end.lan) : topology.hosts.find((h) => h.id === end.host))
      ?.name ?? '?'
  return [name(link.ends[0]), name(link.ends[1])]
}

export function EmulationSection({ link }: { link: VirtualLink }) {
  const control = useEmulation(link)
  const { value, set } = control
  const [there, back]: Emulation = value ?? [UNIMPAIRED, UNIMPAIRED]
  const same = JSON.stringify(there) === JSON.stringify(back)
  const [wanted, setWanted] = useState<Direction | null>(null)
  const direction: Direction = wanted ?? (same ? 'both' : 'there')
  const [a, b] = useEndNames(link)
  const shownOne = direction === 'back' ? back : there
  const change = (patch: Partial<Impairment>, what: string) => {
    const next = { ...shownOne, ...patch }
    set?.(emulationOf(direction === 'back' ? there : next, direction === 'there' ? back : next), what)
  }
  return (
    <InspectorSection
      title="Emulation"
      aside={
        control.isLive && (
          <span className="flex items-center gap-1 text-faint text-xs [&_svg]:size-3.5">
            <Zap aria-hidden />
            {control.isSending ? 'being set…' : 'takes effect at once'}
          </span>
        )
      }
    >
      <Field label="Like">
        {(field) => (
          <Select
            {...field}
            value={presetOf(value)?.key ?? 'own'}
            disabled={!set}
            onChange={(e) => {
              const preset = PRESETS.find((p) => p.key === e.target.value)
              if (!preset) return
              setWanted(null)
              set?.(preset.emulation, 'the emulation')
            }}
          >
            {PRESETS.map((preset) => (
              <option key={preset.key} value={preset.key}>
                {preset.name}
              </option>
            ))}
            {!presetOf(value) && <option value="own">Settings of its own</option>}
          </Select>
        )}
      </Field>
      <Choice<Direction>
        label="Direction"
        value={direction}
        onChange={setWanted}
        options={[
          { value: 'both', label: 'Both', title: 'The same in both directions' },
          { value: 'there', label: `→ ${shorten(b)}`, title: `From ${a} to ${b}` },
          { value: 'back', label: `→ ${shorten(a)}`, title: `From ${b} to ${a}` },
        ]}
      />
      {direction === 'both' && !same && (
        <p className="text-muted text-xs">
          They differ now. A change here makes both as {a} → {b}.
        </p>
      )}
      <DirectionFields value={shownOne} onChange={set && change} />
      <TraceField value={shownOne} onChange={set && change} />
      {control.problem && (
        <p role="alert" className="rounded-md bg-failed-soft p-2 text-sm">
          {control.problem}
        </p>
      )}
      {control.elsewise && <Elsewise {...control.elsewise} />}
    </InspectorSection>
  )
}

const shorten = (name: string) => (name.length > 9 ? `${name.slice(0, 8)}…` : name)

/** As after an undo: the drawing says something else than what runs. */
function Elsewise({ running, apply }: NonNullable<EmulationControl['elsewise']>) {
  return (
    <div className="flex items-center gap-2 rounded-md bg-sunken p-2 text-sm">
      <p className="min-w-0 flex-1">What runs has {emulationWords(running) || 'none'}.</p>
      <Button type="button" size="small" onClick={apply}>
        Apply
      </Button>
    </div>
  )
}
