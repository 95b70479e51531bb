'use client'
import type { Datapath } from '@myvini/core/topology/topology'
import { type Choice, ChoiceField } from './choice-field'

const WAYS: readonly Choice<Datapath>[] = [
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
  return <ChoiceField label="Routers forward" choices={WAYS} {...props} />
}
