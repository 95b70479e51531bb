'use client'
import type { Capability } from '@myvini/core/substrate/substrate'
import type { Pin } from '@myvini/core/topology/topology'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../browser/trpc'
import { Field } from '../../components/field'
import { Select } from '../../components/input'

interface PinFieldProps {
  /** `undefined`: several that differ. */
  value: Pin | null | undefined
  onChange: (pin: Pin | null) => void
  /** What a node must be able to do; others are marked. */
  needs?: Capability
  disabled?: boolean
}

const textOf = (pin: Pin | null | undefined): string =>
  pin === undefined ? 'differ' : pin === null ? '' : pin.kind === 'site' ? `site:${pin.site}` : `node:${pin.node}`

function pinOf(text: string): Pin | null {
  const [kind, ...rest] = text.split(':')
  const name = rest.join(':')
  return kind === 'site' ? { kind, site: name } : kind === 'node' ? { kind, node: name } : null
}

/** Wherever there is room, in one site, or on one node. */
export function PinField({ value, onChange, needs, disabled }: PinFieldProps) {
  const trpc = useTRPC()
  const places = useQuery(trpc.substrate.places.queryOptions())
  const nodes = places.data ?? []
  const sites = [...new Set(nodes.map((n) => n.site))].toSorted()
  const text = textOf(value)
  const known =
    text === '' ||
    text === 'differ' ||
    [...sites.map((s) => `site:${s}`), ...nodes.map((n) => `node:${n.name}`)].includes(text)
  return (
    <Field
      label="Runs on"
      error={places.isSuccess && !known ? 'The substrate has no such place. Choose another.' : null}
    >
      {(control) => (
        <Select {...control} value={text} disabled={disabled} onChange={(e) => onChange(pinOf(e.target.value))}>
          {text === 'differ' && <option value="differ">They differ</option>}
          <option value="">Wherever it fits</option>
          {!known && <option value={text}>{text.replace(':', ' ')} (gone)</option>}
          <optgroup label="In a site">
            {sites.map((site) => (
              <option key={site} value={`site:${site}`}>
                {site}
              </option>
            ))}
          </optgroup>
          <optgroup label="On a node">
            {nodes.map((node) => (
              <option key={node.name} value={`node:${node.name}`}>
                {node.name}
                {!node.available
                  ? ' (not available)'
                  : needs && !node.capabilities.includes(needs)
                    ? ` (cannot do ${needs})`
                    : ''}
              </option>
            ))}
          </optgroup>
        </Select>
      )}
    </Field>
  )
}
