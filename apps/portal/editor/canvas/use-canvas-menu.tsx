'use client'
import type { NodeRef } from '@myvini/core/topology/edit'
import type { VirtualHost } from '@myvini/core/topology/topology'
import {
  Cable,
  Copy,
  DoorOpen,
  HardDrive,
  Monitor,
  Power,
  PowerOff,
  RectangleEllipsis,
  RotateCw,
  Router,
  Save,
  SquareTerminal,
  Trash2,
} from 'lucide-react'
import type { MenuEntries } from '../../components/menu'
import { focusSaveName } from '../inspector/save-name'
import type { Point, Shape } from '../model/geometry'
import { chosenIn } from '../model/selection'
import { useHostPower } from '../use-host-power'
import { type SliceStatus, useShown, useView, useWorkspace } from '../workspace-context'

export type MenuPlace =
  | { kind: 'add'; screen: Point; at: Point; linkedTo: readonly NodeRef[] }
  | { kind: 'things'; screen: Point }

const ADD = [
  { shape: 'host', label: 'Host', icon: <Monitor /> },
  { shape: 'router', label: 'Router', icon: <Router /> },
  { shape: 'gateway', label: 'Gateway', icon: <DoorOpen /> },
  { shape: 'lan', label: 'LAN', icon: <RectangleEllipsis /> },
] as const satisfies { shape: Shape; label: string; icon: React.ReactNode }[]

/** What can be done to hosts that run, or that were stopped by somebody. */
function powerEntries(
  hosts: readonly VirtualHost[],
  status: SliceStatus | null,
  power: ReturnType<typeof useHostPower>,
  save: () => void,
): MenuEntries {
  const inState = (state: string) => hosts.filter((h) => status?.hosts[h.id]?.state === state)
  const [running, stopped] = [inState('up'), inState('stopped')]
  const whole = running.filter((h) => h.class === 'vserver')
  const count = (list: readonly VirtualHost[], one: string, many: (n: number) => string) =>
    list.length === 1 ? one : many(list.length)
  const entries: MenuEntries[number][] = []
  if (running.length > 0)
    entries.push({
      label: count(running, 'Stop', (n) => `Stop ${n} hosts`),
      icon: <PowerOff />,
      onSelect: () => power(running, 'stop'),
    })
  if (stopped.length > 0)
    entries.push({
      label: count(stopped, 'Start', (n) => `Start ${n} hosts`),
      icon: <Power />,
      onSelect: () => power(stopped, 'start'),
    })
  if (whole.length > 0)
    entries.push(
      {
        label: count(whole, 'Restart', (n) => `Restart ${n} hosts`),
        icon: <RotateCw />,
        onSelect: () => power(whole, 'restart'),
      },
      {
        label: count(whole, 'Reset its disk', (n) => `Reset ${n} disks`),
        icon: <HardDrive />,
        danger: true,
        onSelect: () => power(whole, 'reset'),
      },
    )
  const [only] = whole
  if (only && hosts.length === 1) entries.push({ label: 'Save files as…', icon: <Save />, onSelect: save })
  return entries.length > 0 ? [...entries, null] : []
}

/** What a right click, or a link dropped on nothing, offers. */
export function useCanvasMenu(place: MenuPlace | null): MenuEntries {
  const { shown, openTerminal } = useWorkspace()
  const selection = useShown((s) => s.selection)
  const readOnly = useShown((s) => s.readOnly)
  const status = useView((v) => v.status)
  const power = useHostPower()
  if (!place) return []
  if (place.kind === 'add')
    return ADD.map(({ shape, label, icon }) => ({
      label,
      icon,
      disabledBecause: readOnly ? 'This drawing cannot be changed' : undefined,
      onSelect: () => void shown.add(shape, place.at, place.linkedTo),
    }))
  const chosen = chosenIn(shown.topology, selection)
  const running = chosen.hosts.filter((h) => h.kind !== 'gateway' && status?.hosts[h.id]?.state === 'up')
  const things = chosen.hosts.length + chosen.lans.length
  return [
    ...(running.length > 0
      ? [
          {
            label: running.length === 1 ? 'Open a terminal' : `Open ${running.length} terminals`,
            icon: <SquareTerminal />,
            keys: 'Enter',
            onSelect: () => {
              for (const host of running) openTerminal(host.id)
            },
          },
          null,
        ]
      : []),
    ...powerEntries(chosen.hosts, status, power, focusSaveName),
    ...(readOnly
      ? []
      : [
          ...(things > 0
            ? [
                {
                  label: things === 1 ? 'Link to …' : 'Link them',
                  icon: <Cable />,
                  keys: 'C',
                  onSelect: () => shown.connectChosen(),
                },
                { label: 'Duplicate', icon: <Copy />, keys: 'Mod+D', onSelect: () => shown.duplicateChosen() },
              ]
            : []),
          { label: 'Remove', icon: <Trash2 />, keys: 'Delete', danger: true, onSelect: () => shown.removeChosen() },
        ]),
  ]
}
