'use client'
import { LEAST, MOST_DISK_MIB } from '@myvini/core/images/needs'
import type { HostPatch, LinkPatch } from '@myvini/core/topology/edit'
import { LIMITS } from '@myvini/core/topology/topology'
import { BoxSelect, Cable, Copy, Magnet, Trash2, Workflow } from 'lucide-react'
import { Button, IconButton } from '../../components/button'
import { Field } from '../../components/field'
import { Choice } from '../../components/toggles'
import type { Chosen } from '../model/selection'
import { useShown, useWorkspace } from '../workspace-context'
import { NumberField } from './fields'
import { ManyEmulation } from './many-emulation'
import { InspectorHead, InspectorSection } from './parts'
import { PinField } from './pin-field'

/** What all have, or `undefined` where they differ. */
function shared<T, V>(things: readonly T[], pick: (thing: T) => V): V | undefined {
  const [first, ...rest] = things
  if (first === undefined) return undefined
  const value = pick(first)
  return rest.every((thing) => JSON.stringify(pick(thing)) === JSON.stringify(value)) ? value : undefined
}

const counted = (n: number, one: string, many: string) => (n === 0 ? [] : [`${n} ${n === 1 ? one : many}`])

/** Sets for all what is set here; what they differ in stays until it is. */
export function ManyInspector({ chosen }: { chosen: Chosen }) {
  const { shown } = useWorkspace()
  const readOnly = useShown((s) => s.readOnly)
  const { hosts, lans, links } = chosen
  const setHosts = (patch: HostPatch, what: string) =>
    shown.edit(
      hosts.map((h) => ({ kind: 'update-host', host: h.id, patch }) as const),
      `Change ${what} of ${hosts.length} hosts`,
      `hosts ${what}`,
    )
  const setLinks = (patch: LinkPatch, what: string) =>
    shown.edit(
      links.map((l) => ({ kind: 'update-link', link: l.id, patch }) as const),
      `Change ${what} of ${links.length} links`,
      `links ${what}`,
    )
  const words = [
    ...counted(hosts.length, 'host', 'hosts'),
    ...counted(lans.length, 'LAN', 'LANs'),
    ...counted(links.length, 'link', 'links'),
  ].join(', ')
  const delay = shared(links, (l) => l.maxDelayMs)
  return (
    <>
      <InspectorHead icon={<BoxSelect />} title={words}>
        {!readOnly && (
          <IconButton label="Remove them" onClick={() => shown.removeChosen()}>
            <Trash2 />
          </IconButton>
        )}
      </InspectorHead>
      {!readOnly && (
        <InspectorSection>
          <div className="grid grid-cols-2 gap-2">
            <Button
              size="small"
              icon={<Cable />}
              onClick={() => shown.connectChosen()}
              disabled={hosts.length + lans.length < 2}
            >
              Link them
            </Button>
            <Button size="small" icon={<Copy />} onClick={() => shown.duplicateChosen()}>
              Duplicate
            </Button>
            <Button size="small" icon={<Workflow />} onClick={() => shown.arrange('layout')}>
              Lay out
            </Button>
            <Button size="small" icon={<Magnet />} onClick={() => shown.arrange('grid')}>
              To the grid
            </Button>
          </div>
        </InspectorSection>
      )}
      {hosts.length > 0 && (
        <InspectorSection title={hosts.length === 1 ? 'The host' : 'Each host'}>
          <div className="grid grid-cols-2 gap-3">
            <NumberField
              label="CPU"
              value={shared(hosts, (h) => h.cpuPercent) ?? null}
              placeholder="differ"
              min={1}
              max={6400}
              unit="%"
              disabled={readOnly}
              onChange={(cpuPercent) => cpuPercent !== null && setHosts({ cpuPercent }, 'the CPU')}
            />
            <NumberField
              label="Memory"
              value={shared(hosts, (h) => h.memoryMib) ?? null}
              placeholder="differ"
              min={1}
              max={1_048_576}
              whole
              unit="MiB"
              disabled={readOnly}
              onChange={(memoryMib) => memoryMib !== null && setHosts({ memoryMib }, 'the memory')}
            />
            {hosts.every((h) => h.class === 'vserver') && (
              <NumberField
                label="Disk"
                value={shared(hosts, (h) => h.diskMib) ?? null}
                placeholder="differ"
                min={LEAST.diskMib}
                max={MOST_DISK_MIB}
                whole
                unit="MiB"
                disabled={readOnly}
                onChange={(diskMib) => diskMib !== null && setHosts({ diskMib }, 'the disk')}
              />
            )}
          </div>
          <Field label="Class" group>
            {(control) => (
              <Choice
                id={control.id}
                label="Class"
                disabled={readOnly}
                value={shared(hosts, (h) => h.class) ?? null}
                onChange={(value) => setHosts({ class: value }, 'the class')}
                options={[
                  { value: 'netns', label: 'netns' },
                  { value: 'vserver', label: 'vserver' },
                ]}
              />
            )}
          </Field>
          <PinField
            value={shared(hosts, (h) => h.pin)}
            disabled={readOnly}
            onChange={(pin) => setHosts({ pin }, 'the place')}
          />
        </InspectorSection>
      )}
      {links.length > 0 && (
        <InspectorSection title={links.length === 1 ? 'The link' : 'Each link'}>
          <NumberField
            label="Capacity"
            value={shared(links, (l) => l.capacityMbps) ?? null}
            placeholder="differ"
            min={0.1}
            max={LIMITS.capacityMbps}
            unit="Mbit/s"
            disabled={readOnly}
            onChange={(capacityMbps) => capacityMbps !== null && setLinks({ capacityMbps }, 'the capacity')}
          />
          <NumberField
            label="Most delay"
            value={delay ?? null}
            placeholder={delay === undefined ? 'differ' : 'any'}
            optional
            min={0}
            max={10_000}
            unit="ms"
            disabled={readOnly}
            onChange={(maxDelayMs) => setLinks({ maxDelayMs }, 'the delay')}
          />
          <ManyEmulation
            links={links}
            disabled={readOnly}
            draw={(emulation) => setLinks({ emulation }, 'the emulation')}
          />
        </InspectorSection>
      )}
    </>
  )
}
