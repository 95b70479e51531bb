'use client'
import { emulationWords } from '@myvini/core/topology/emulation'
import type { EdgeProps } from '@xyflow/react'
import { memo } from 'react'
import { along, lineBetween, pathOf } from '../model/geometry'
import { useView } from '../workspace-context'
import type { FlowEdge } from './flow-model'
import { loadColor, rate, useLinkLoad } from './link-load'
import { useThingLook } from './thing-look'
import { useDetail } from './zoom'

/** Each tenfold of capacity is drawn as much wider again. */
export const widthOf = (mbps: number): number =>
  Math.max(1.25, Math.min(6, 1.25 + Math.log10(Math.max(1, mbps)) * 0.85))

const AWAY = 34

export const LinkEdge = memo(function LinkEdge({ data, selected }: EdgeProps<FlowEdge>) {
  if (!data) throw new Error('a link on the canvas has no data')
  const { link, a, b, turn, aInterface, bInterface } = data
  const look = useThingLook('link', link.id)
  const load = useLinkLoad(link)
  const bps = useView((v) => v.status?.bps[link.id] ?? 0)
  const detail = useDetail()
  const inForce = useView((v) => (v.showing === 'running' ? (v.status?.emulations[link.id] ?? null) : undefined))
  const emulation = inForce === undefined ? link.emulation : inForce
  const badge = emulationWords(emulation)
  const isDown = emulation?.some((i) => i.down) ?? false
  const line = lineBetween(a, b, turn)
  const path = pathOf(line)
  const long = Math.hypot(line.to.x - line.from.x, line.to.y - line.from.y)
  const from = along(line, 'from', AWAY)
  const to = along(line, 'to', AWAY)
  const delay = link.maxDelayMs === null ? '' : ` · ≤ ${link.maxDelayMs} ms`
  const middle =
    load !== null && bps > 0 ? `${rate(bps)} of ${link.capacityMbps}` : `${link.capacityMbps} Mbit/s${delay}`
  return (
    <g
      className="mv-link"
      data-tone={look.tone ?? undefined}
      data-selected={selected || undefined}
      data-new={look.isNew || undefined}
      data-problem={look.problem ?? undefined}
      data-down={isDown || undefined}
    >
      <title>{[look.reason ?? look.word ?? middle, badge].filter(Boolean).join(' · ')}</title>
      <path d={path} className="mv-link-hit react-flow__edge-interaction" />
      <path
        d={path}
        className="mv-link-line"
        strokeWidth={widthOf(link.capacityMbps)}
        style={load !== null && look.tone === 'running' ? { stroke: loadColor(load) } : undefined}
      />
      {look.tone === 'failed' && (
        <path
          d={`M${line.middle.x - 5} ${line.middle.y - 5}l10 10m0-10l-10 10`}
          className="stroke-failed"
          strokeWidth="2.5"
          strokeLinecap="round"
        />
      )}
      {look.tone !== 'failed' && look.problem !== null && (
        <circle
          cx={line.middle.x}
          cy={line.middle.y}
          r="5"
          className={look.problem === 'error' ? 'fill-failed' : 'fill-changing-line'}
        />
      )}
      {isDown && look.tone !== 'failed' && (
        <path
          d={`M${line.middle.x - 4} ${line.middle.y - 4}l8 8m0-8l-8 8`}
          className="stroke-changing-line"
          strokeWidth="2"
          strokeLinecap="round"
        />
      )}
      {badge !== '' && detail === 'near' && long > 110 && (
        <text x={line.middle.x} y={line.middle.y + 14} className="mv-link-text mv-link-emulation">
          {badge.length > 44 ? `${badge.slice(0, 42)}…` : badge}
        </text>
      )}
      {detail === 'near' && long > 150 && (
        <>
          <text x={line.middle.x} y={line.middle.y - 6} className="mv-link-text mv-link-middle">
            {middle}
          </text>
          {aInterface?.ipv4 && (
            <text x={from.x} y={from.y - 5} className="mv-link-text">
              {aInterface.ipv4}
            </text>
          )}
          {bInterface?.ipv4 && (
            <text x={to.x} y={to.y - 5} className="mv-link-text">
              {bInterface.ipv4}
            </text>
          )}
        </>
      )}
    </g>
  )
})
