'use client'
import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { classes } from '../../components/classes'
import { useView } from '../workspace-context'
import type { LanFlowNode } from './flow-model'
import { LinkRing, Marks, WhereLabel } from './node-parts'
import { useThingLook } from './thing-look'

/** A bar that links hang from, as Ethernet has been drawn since it was a cable. */
export const LanNode = memo(function LanNode({ data: { lan }, selected }: NodeProps<LanFlowNode>) {
  const look = useThingLook('lan', lan.id)
  const where = useView((v) => v.where)
  return (
    <div
      className={classes('mv-node mv-lan', selected && 'mv-selected', look.isNew && 'mv-new')}
      data-tone={look.tone ?? undefined}
      title={look.reason === null ? lan.name : `${lan.name}: ${look.reason}`}
    >
      <LinkRing name={lan.name} />
      <div className="mv-face">
        <Marks look={look} />
      </div>
      <div className="mv-under">
        <span className="mv-name">{lan.name || '(no name)'}</span>
        <WhereLabel look={look} shown={where} />
      </div>
    </div>
  )
})
