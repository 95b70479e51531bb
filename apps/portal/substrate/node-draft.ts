// A node as a form has it: texts, until they are numbers.
import type { ApiInput } from '../server/routers/types'
import type { NodeRow } from './node-columns'

export interface NodeDraft {
  name: string
  site: string
  latitude: string
  longitude: string
  sshHost: string
  sshPort: string
  sshUser: string
  hostKey: string
  cores: string
  memoryMib: string
  diskMib: string
  hostSlots: string
}

export const EMPTY_NODE: NodeDraft = {
  name: '',
  site: '',
  latitude: '',
  longitude: '',
  sshHost: '',
  sshPort: '22',
  sshUser: 'root',
  hostKey: '',
  cores: '4',
  memoryMib: '8192',
  diskMib: '',
  hostSlots: '100',
}

export const draftOf = (node: NodeRow): NodeDraft => ({
  name: node.name,
  site: node.site,
  latitude: String(node.latitude),
  longitude: String(node.longitude),
  sshHost: node.sshHost,
  sshPort: String(node.sshPort),
  sshUser: node.sshUser,
  hostKey: '',
  cores: String(node.cpuMilli / 1000),
  memoryMib: String(node.memoryMib),
  diskMib: node.isDiskSaid ? String(node.diskMib) : '',
  hostSlots: String(node.hostSlots),
})

/** Empty or nonsense becomes NaN, which the server's schema refuses with the field's name. */
const number = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.')))
const numberOr = (text: string, otherwise: number): number => (text.trim() === '' ? otherwise : number(text))

export const inputOf = (draft: NodeDraft): ApiInput['nodes']['add']['node'] => ({
  name: draft.name,
  site: draft.site,
  latitude: numberOr(draft.latitude, 0),
  longitude: numberOr(draft.longitude, 0),
  sshHost: draft.sshHost,
  sshPort: number(draft.sshPort),
  sshUser: draft.sshUser,
  cpuMilli: Math.round(number(draft.cores) * 1000),
  memoryMib: number(draft.memoryMib),
  diskMib: draft.diskMib.trim() === '' ? null : number(draft.diskMib),
  hostSlots: number(draft.hostSlots),
})

/** Where the server's names of fields lead in the form. */
export const FIELD_OF: Record<keyof NodeDraft, readonly string[]> = {
  name: ['node.name', 'name'],
  site: ['node.site'],
  latitude: ['node.latitude'],
  longitude: ['node.longitude'],
  sshHost: ['node.sshHost'],
  sshPort: ['node.sshPort'],
  sshUser: ['node.sshUser'],
  hostKey: ['hostKey'],
  cores: ['node.cpuMilli', 'cpuMilli'],
  memoryMib: ['node.memoryMib', 'memoryMib'],
  diskMib: ['node.diskMib', 'diskMib'],
  hostSlots: ['node.hostSlots', 'hostSlots'],
}
