'use client'
import type { Topology } from '@myvini/core/topology/topology'
import { type Choice, ChoiceField } from './choice-field'

type Routing = Topology['routing']

const WAYS: readonly Choice<Routing>[] = [
  { value: 'static', label: 'Set for me', help: 'Shortest paths are set in every host and router: all reach all.' },
  { value: 'ospf', label: 'OSPF', help: 'Routers run FRR or BIRD and find the cheapest ways. They notice what fails.' },
  { value: 'isis', label: 'IS-IS', help: 'Routers run FRR and find the cheapest ways. They notice what fails.' },
  { value: 'bgp', label: 'BGP', help: 'Each router is an AS of its own, unless several are given the same number.' },
  { value: 'none', label: 'None', help: 'None are set: routing is your experiment.' },
]

/** Where routes come from, for the drawing as a whole. */
export function RoutingField(props: { value: Routing; onChange: (routing: Routing) => void; disabled: boolean }) {
  return <ChoiceField label="Routes" choices={WAYS} {...props} />
}
