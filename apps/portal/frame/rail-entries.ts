import type { LucideIcon } from 'lucide-react'
import {
  CalendarRange,
  CircleCheck,
  GraduationCap,
  HardDrive,
  LayoutTemplate,
  Network,
  ScrollText,
  Server,
  SlidersHorizontal,
  Users,
} from 'lucide-react'
import { pathTo } from '../paths'
import type { FramePerson } from './frame-context'

export interface RailEntry {
  label: string
  href: string
  icon: LucideIcon
  roles: readonly FramePerson['role'][]
  /** Admin's own, under a line. */
  apart?: boolean
}

const EVERYONE = ['researcher', 'instructor', 'admin'] as const

/** In the order of a person's day. */
export const RAIL: readonly RailEntry[] = [
  { label: 'Slices', href: pathTo.slices(), icon: Network, roles: EVERYONE },
  { label: 'Templates', href: pathTo.templates(), icon: LayoutTemplate, roles: EVERYONE },
  { label: 'Calendar', href: pathTo.calendar(), icon: CalendarRange, roles: EVERYONE },
  { label: 'Courses', href: pathTo.courses(), icon: GraduationCap, roles: ['instructor', 'admin'] },
  { label: 'Substrate', href: pathTo.substrate(), icon: Server, roles: ['admin'] },
  { label: 'Images', href: pathTo.images(), icon: HardDrive, roles: ['admin'] },
  { label: 'Approvals', href: pathTo.approvals(), icon: CircleCheck, roles: ['admin'] },
  { label: 'People', href: pathTo.people(), icon: Users, roles: ['admin'], apart: true },
  { label: 'Policy', href: pathTo.policy(), icon: SlidersHorizontal, roles: ['admin'], apart: true },
  { label: 'Audit log', href: pathTo.audit(), icon: ScrollText, roles: ['admin'], apart: true },
]

export const entriesFor = (person: FramePerson): readonly RailEntry[] =>
  RAIL.filter((entry) => entry.roles.includes(person.role))
