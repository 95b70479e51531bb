'use client'
import { Handle, Position } from '@xyflow/react'
import { CircleAlert, TriangleAlert } from 'lucide-react'
import { ToneMark } from '../../components/state-pill'
import { useWorkspace } from '../workspace-context'
import type { ThingLook } from './thing-look'

/** A ring around the thing from which links are drawn: far easier to hit than a dot. */
export function LinkRing({ name }: { name: string }) {
  const { shown } = useWorkspace()
  return (
    <Handle
      type="source"
      position={Position.Top}
      className="mv-ring"
      isConnectable={!shown.get().readOnly}
      role="presentation" // for the mouse only: the keyboard links what is selected by C
      title={`Drag from here to draw a link from ${name}`}
    />
  )
}

/** How it runs and what is wrong, each by shape as well as by colour. */
export function Marks({ look }: { look: ThingLook }) {
  return (
    <span className="mv-marks">
      {look.problem === 'error' && <CircleAlert className="text-failed" aria-label="Has a problem" />}
      {look.problem === 'warning' && <TriangleAlert className="text-changing" aria-label="Has a warning" />}
      {look.tone && (
        <span className={`mv-tone mv-tone-${look.tone}`} title={look.reason ?? look.word ?? undefined}>
          <ToneMark tone={look.tone} />
          <span className="sr-only">{look.word}</span>
        </span>
      )}
    </span>
  )
}

/** Under the thing, when asked where it runs. */
export function WhereLabel({ look, shown }: { look: ThingLook; shown: boolean }) {
  return shown && look.node ? <span className="mv-where">{look.node}</span> : null
}
