'use client'
import { requestOf } from '@myvini/core/embedding/request'
import { Network } from 'lucide-react'
import { useDeferredValue } from 'react'
import { Button } from '../../components/button'
import { useShown, useWorkspace } from '../workspace-context'
import { DatapathField } from './datapath-field'
import { Fact, InspectorHead, InspectorSection } from './parts'
import { RoutingField } from './routing-field'

/** The drawing as a whole: what it comes to, and what holds for all of it. */
export function DrawingInspector() {
  const { slice, shown } = useWorkspace()
  const topology = useDeferredValue(useShown((s) => s.history.present))
  const readOnly = useShown((s) => s.readOnly)
  const request = requestOf(topology)
  const cpu = request.nodes.reduce((sum, n) => sum + n.cpuMilli, 0) / 10
  const memory = request.nodes.reduce((sum, n) => sum + n.memoryMib, 0)
  const disk = request.nodes.reduce((sum, n) => sum + n.diskMib, 0)
  const mbps = request.links.reduce((sum, l) => sum + l.capacityMbps, 0)
  const routers = topology.hosts.filter((h) => h.kind === 'router').length
  const gateways = topology.hosts.filter((h) => h.kind === 'gateway').length
  return (
    <>
      <InspectorHead icon={<Network />} title="Drawing" />
      <InspectorSection>
        <dl className="flex flex-col gap-1.5 tabular">
          <Fact label="Hosts">{topology.hosts.length - routers - gateways}</Fact>
          <Fact label="Routers">{routers}</Fact>
          {gateways > 0 && <Fact label="Gateways">{gateways}</Fact>}
          <Fact label="LANs">{topology.lans.length}</Fact>
          <Fact label="Links">{topology.links.length}</Fact>
        </dl>
      </InspectorSection>
      <InspectorSection title="Reserves">
        <dl className="flex flex-col gap-1.5 tabular">
          <Fact label="CPU">{Math.round(cpu * 10) / 10} %</Fact>
          <Fact label="Memory">{memory.toLocaleString('en-GB')} MiB</Fact>
          <Fact label="Disk">{disk.toLocaleString('en-GB')} MiB</Fact>
          <Fact label="Links together">{mbps.toLocaleString('en-GB')} Mbit/s</Fact>
        </dl>
      </InspectorSection>
      <InspectorSection title="Addresses and routes">
        <RoutingField
          value={topology.routing}
          disabled={readOnly}
          onChange={(routing) => shown.edit({ kind: 'set-routing', routing }, 'Change the routing')}
        />
        {!readOnly && (
          <Button
            size="small"
            disabled={topology.links.length === 0}
            onClick={() => shown.edit({ kind: 'replan-addresses' }, 'Plan addresses anew')}
          >
            Plan all addresses anew
          </Button>
        )}
      </InspectorSection>
      {routers > 0 && (
        <InspectorSection title="Forwarding">
          <DatapathField
            value={topology.datapath ?? 'auto'}
            disabled={readOnly}
            onChange={(datapath) => shown.edit({ kind: 'set-datapath', datapath }, 'Change how routers forward')}
          />
        </InspectorSection>
      )}
      <InspectorSection>
        <dl className="flex flex-col gap-1.5">
          <Fact label="Project">{slice.project.name}</Fact>
          <Fact label="Owner">{slice.owner.name}</Fact>
          {slice.lab && <Fact label="Lab">{slice.lab.name}</Fact>}
        </dl>
      </InspectorSection>
    </>
  )
}
