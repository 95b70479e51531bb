'use client'
import { LEAST, MOST_DISK_MIB } from '@myvini/core/images/needs'
import type { HostPatch } from '@myvini/core/topology/edit'
import type { VirtualHost } from '@myvini/core/topology/topology'
import { DoorOpen, Monitor, Router, SquareTerminal, Trash2 } from 'lucide-react'
import { Button, IconButton } from '../../components/button'
import { Field } from '../../components/field'
import { Choice } from '../../components/toggles'
import { KIND_WORDS } from '../canvas/flow-model'
import { useShown, useView, useWorkspace } from '../workspace-context'
import { AddressField } from './address-field'
import { ClassField } from './class-field'
import { NumberField, TextField } from './fields'
import { GatewaySection } from './gateway-section'
import { ImageField } from './image-field'
import { InterfaceList } from './interface-list'
import { LiveLimits } from './live-limits'
import { LiveRoutes } from './live-routes'
import { InspectorHead, InspectorSection, LiveFacts, ProblemsOf, useFieldProblem } from './parts'
import { PinField } from './pin-field'
import { RoutingSection } from './routing-section'
import { SavedFiles } from './saved-files'
import { StartSection } from './start-section'

export function HostInspector({ host }: { host: VirtualHost }) {
  const { shown, openTerminal, slice } = useWorkspace()
  const readOnly = useShown((s) => s.readOnly)
  const up = useView((v) => v.status?.hosts[host.id]?.state === 'up')
  const nameProblem = useFieldProblem(host.id, [
    'topology.name-invalid',
    'topology.name-taken',
    'topology.name-reserved',
  ])
  const set = (patch: HostPatch, what: string) =>
    shown.edit(
      { kind: 'update-host', host: host.id, patch },
      `Change ${what} of ${host.name}`,
      `host ${host.id} ${what}`,
    )
  return (
    <>
      <InspectorHead
        icon={host.kind === 'gateway' ? <DoorOpen /> : host.kind === 'router' ? <Router /> : <Monitor />}
        title={KIND_WORDS[host.kind]}
      >
        {!readOnly && (
          <IconButton label={`Remove ${host.name}`} onClick={() => shown.removeChosen()}>
            <Trash2 />
          </IconButton>
        )}
      </InspectorHead>
      {up && host.kind !== 'gateway' && (
        <div className="border-b border-line p-3">
          <Button icon={<SquareTerminal />} className="w-full" onClick={() => openTerminal(host.id)}>
            Open a terminal
          </Button>
        </div>
      )}
      <LiveFacts kind="host" id={host.id} />
      {up && <LiveRoutes sliceId={slice.id} hostId={host.id} />}
      {up && <LiveLimits host={host} key={host.id} />}
      {up && host.class === 'vserver' && <SavedFiles host={host} key={`saved ${host.id}`} />}
      <ProblemsOf ids={[host.id, ...host.interfaces.map((i) => i.id)]} />
      <InspectorSection>
        <TextField
          id="inspector-name"
          label="Name"
          mono
          value={host.name}
          error={nameProblem}
          disabled={readOnly}
          onChange={(name) => set({ name }, 'the name')}
        />
        <Field label="Kind" group>
          {(control) => (
            <Choice
              id={control.id}
              label="Kind"
              disabled={readOnly}
              value={host.kind}
              onChange={(kind) =>
                set({ kind, ...(kind === 'gateway' && { class: 'netns' as const, loopback: null }) }, 'the kind')
              }
              options={[
                { value: 'host', label: 'Host' },
                { value: 'router', label: 'Router' },
                { value: 'gateway', label: 'Gateway' },
              ]}
            />
          )}
        </Field>
        {host.kind !== 'gateway' && (
          <ClassField value={host.class} disabled={readOnly} onChange={(value) => set({ class: value }, 'the class')} />
        )}
        {host.class === 'vserver' && (
          <ImageField host={host} disabled={readOnly} onChange={(patch) => set(patch, 'the image')} />
        )}
      </InspectorSection>
      <InspectorSection title="Reserves">
        <div className="grid grid-cols-2 gap-3">
          <NumberField
            label="CPU"
            value={host.cpuPercent}
            min={1}
            max={6400}
            unit="%"
            disabled={readOnly}
            onChange={(cpuPercent) => cpuPercent !== null && set({ cpuPercent }, 'the CPU')}
          />
          <NumberField
            label="Memory"
            value={host.memoryMib}
            min={1}
            max={1_048_576}
            whole
            unit="MiB"
            disabled={readOnly}
            onChange={(memoryMib) => memoryMib !== null && set({ memoryMib }, 'the memory')}
          />
          {host.class === 'vserver' && (
            <NumberField
              label="Disk"
              value={host.diskMib}
              min={LEAST.diskMib}
              max={MOST_DISK_MIB}
              whole
              unit="MiB"
              disabled={readOnly}
              onChange={(diskMib) => diskMib !== null && set({ diskMib }, 'the disk')}
            />
          )}
        </div>
        <p className="-mt-1 text-faint text-xs">100 % is one whole core.</p>
        <PinField
          value={host.pin}
          needs={host.kind === 'gateway' ? 'gateway' : host.class}
          disabled={readOnly}
          onChange={(pin) => set({ pin }, 'the place')}
        />
      </InspectorSection>
      {host.kind === 'gateway' && <GatewaySection host={host} readOnly={readOnly} set={set} />}
      <StartSection host={host} readOnly={readOnly} set={set} />
      {host.kind === 'router' && <RoutingSection host={host} readOnly={readOnly} set={set} />}
      <InspectorSection
        title="Interfaces"
        aside={<span className="text-faint text-xs tabular">{host.interfaces.length}</span>}
      >
        {host.kind === 'router' && (
          <AddressField
            label="Loopback"
            version={4}
            value={host.loopback}
            disabled={readOnly}
            onChange={(loopback) => set({ loopback }, 'the loopback')}
          />
        )}
        <InterfaceList host={host} readOnly={readOnly} />
      </InspectorSection>
    </>
  )
}
