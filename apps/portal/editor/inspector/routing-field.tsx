'use client'
import type { Topology } from '@myvini/core/topology/topology'
import { Field } from '../../components/field'
import { Select } from '../../components/input'

type Routing = Topology['routing']

const WAYS: readonly { value: Routing; label: string; help: string }[] = [
  { value: 'static', label: 'Set for me', help: 'Shortest paths are set in every host and router: all reach all.' },
  { value: 'ospf', label: 'OSPF', help: 'Routers run FRR or BIRD and find the cheapest ways. They notice what fails.' },
  { value: 'isis', label: 'IS-IS', help: 'Routers run FRR and find the cheapest ways. They notice what fails.' },
  { value: 'bgp', label: 'BGP', help: 'Each router is an AS of its own, unless several are given the same number.' },
  { value: 'none', label: 'None', help: 'None are set: routing is your experiment.' },
]

/** Where routes come from, for the drawing as a whole. */
export function RoutingField(props: { value: Routing; onChange: (routing: Routing) => void; disabled: boolean }) {
  const chosen = WAYS.find((w) => w.value === props.value)
  return (
    <Field label="Routes" help={chosen?.help}>
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
