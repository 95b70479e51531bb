// New ids for parts of a drawing: ten letters and digits are unique enough for one drawing, and short enough for a device.
import { HostId, InterfaceId, LanId, LinkId } from '@myvini/core/ids'

export interface NewIds {
  host: () => HostId
  lan: () => LanId
  link: () => LinkId
  interface: () => InterfaceId
}

const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'
const LENGTH = 10

function text(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH))
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join('')
}

export const randomIds: NewIds = {
  host: () => HostId.parse(text()),
  lan: () => LanId.parse(text()),
  link: () => LinkId.parse(text()),
  interface: () => InterfaceId.parse(text()),
}

/** h1, h2, … in turn: for tests that compare whole drawings. */
export function countingIds(prefix = 'new'): NewIds {
  let n = 0
  return {
    host: () => HostId.parse(`${prefix}${++n}`),
    lan: () => LanId.parse(`${prefix}${++n}`),
    link: () => LinkId.parse(`${prefix}${++n}`),
    interface: () => InterfaceId.parse(`${prefix}${++n}`),
  }
}
