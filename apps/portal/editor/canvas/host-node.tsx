'use client'
import { addressOf } from '@myvini/core/addressing/cidr'
import type { VirtualHost } from '@myvini/core/topology/topology'
import type { NodeProps } from '@xyflow/react'
import { Box, DoorOpen, Monitor, Router } from 'lucide-react'
import { memo } from 'react'
import { classes } from '../../components/classes'
import { useView } from '../workspace-context'
import type { HostFlowNode } from './flow-model'
import { useHostLoad } from './link-load'
import { LinkRing, Marks, WhereLabel } from './node-parts'
import { useThingLook } from './thing-look'

/** What people know a host by: a router's loopback, else its first address. */
function mainAddress(host: VirtualHost): string | null {
  const text = host.loopback ?? host.interfaces.find((i) => i.ipv4 !== null)?.ipv4 ?? null
  return text === null ? null : addressOf(text)
}

const titleOf = (host: VirtualHost, reason: string | null) => (reason === null ? host.name : `${host.name}: ${reason}`)

export const HostNode = memo(function HostNode({ data: { host }, selected }: NodeProps<HostFlowNode>) {
  const look = useThingLook('host', host.id)
  const where = useView((v) => v.where)
  const load = useHostLoad(host.id)
  return (
    <div
      className={classes('mv-node mv-host', selected && 'mv-selected', look.isNew && 'mv-new')}
      data-tone={look.tone ?? undefined}
      title={titleOf(host, look.reason)}
    >
      <LinkRing name={host.name} />
      <div className="mv-face">
        <Monitor className="mv-icon" aria-hidden />
        <span className="mv-text">
          <span className="mv-name">{host.name || '(no name)'}</span>
          <span className="mv-address">
            {mainAddress(host) ?? (host.interfaces.length === 0 ? 'no links' : 'no address')}
            {host.class === 'vserver' && <Box className="mv-class" role="img" aria-label="vserver" />}
          </span>
        </span>
        <Marks look={look} />
        {load !== null && (
          <span
            className="mv-load"
            role="img"
            aria-label={`busiest link ${Math.round(load * 100)} % full`}
            style={{ width: `${Math.min(100, load * 100)}%` }}
          />
        )}
      </div>
      <WhereLabel look={look} shown={where} />
    </div>
  )
})

/** Routers, and gateways, which are routers with a way out. */
export const RouterNode = memo(function RouterNode({ data: { host }, selected }: NodeProps<HostFlowNode>) {
  const look = useThingLook('host', host.id)
  const where = useView((v) => v.where)
  return (
    <div
      className={classes('mv-node mv-router', selected && 'mv-selected', look.isNew && 'mv-new')}
      data-tone={look.tone ?? undefined}
      title={titleOf(host, look.reason)}
    >
      <LinkRing name={host.name} />
      <div className="mv-face">
        {host.kind === 'gateway' ? (
          <DoorOpen className="mv-icon" aria-hidden />
        ) : (
          <Router className="mv-icon" aria-hidden />
        )}
        <Marks look={look} />
      </div>
      <div className="mv-under">
        <span className="mv-name">{host.name || '(no name)'}</span>
        <span className="mv-address">{mainAddress(host) ?? 'no address'}</span>
        <WhereLabel look={look} shown={where} />
      </div>
    </div>
  )
})
