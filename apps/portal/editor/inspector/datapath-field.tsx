'use client'
import type { Datapath } from '@myvini/core/topology/topology'
import { Field } from '../../components/field'
import { Select } from '../../components/input'

const WAYS: readonly { value: Datapath; label: string; help: string }[] = [
  {
    value: 'auto',
    label: 'Automatic',
    help: 'The node takes the fastest path that changes nothing for you. A running slice says at each link which it is.',
  },
  {
    value: 'tc',
    label: 'Kernel only',
    help: 'Every packet goes through the kernel of its router. For experiments with the kernel’s own forwarding.',
  },
  {
    value: 'xdp',
    label: 'Fast wherever possible',
    help: 'Before the kernel, also where a node would rather not. Single TCP streams may get slower.',
  },
]

/** How routers of the drawing forward. */
export function DatapathField(props: { value: Datapath; onChange: (datapath: Datapath) => void; disabled: boolean }) {
  return (
    <Field label="Routers forward" help={WAYS.find((w) => w.value === props.value)?.help}>
      {(control) => (
        <Select
          {...control}
          value={props.value}
          disabled={props.disabled}
          onChange={(e) => {
            const way = WAYS.find((w) => w.value === e.target.value)
            if (way) props.onChange(way.value)
          }}
        >
          {WAYS.map((way) => (
            <option key={way.value} value={way.value}>
              {way.label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )
}
