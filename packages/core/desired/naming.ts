// What are the things on a node called? Every name follows from the EGRE key of its link, which is unique over the
// substrate, so two slices never clash and a name read on a node leads back to its link.

/** `a` is the first end of the link in the topology, `b` the second. */
export type EndLetter = 'a' | 'b'

/** Node-side end of a virtual interface, 11 bytes of the 15 that Linux allows: `mv0000002aa`. */
export const deviceName = (key: number, end: EndLetter): string => `mv${key.toString(16).padStart(8, '0')}${end}`

/** Locally administered unicast (IEEE 802 §8.4): 02 or 06, then a fixed octet, then the key. Unique like the key. */
export function macAddress(key: number, end: EndLetter): string {
  const octets = [end === 'a' ? 0x02 : 0x06, 0x4d, key >>> 24, (key >>> 16) & 0xff, (key >>> 8) & 0xff, key & 0xff]
  return octets.map((o) => o.toString(16).padStart(2, '0')).join(':')
}

/** What a link's device is marked with (decision 8): nothing without this prefix is ever touched. */
export const MARK_PREFIX = 'myvini'
export const deviceMark = (key: number, end: EndLetter): string => `${MARK_PREFIX}-${key}-${end}`

/** A host, LAN or link on a node: its id is unique only in its topology, the reservation makes it so everywhere. */
export const partKey = (reservation: string, id: string): string => `${reservation}-${id}`

/** The other way round; a key of another reservation is left as it is. */
export const partIdOf = (reservation: string, key: string): string =>
  key.startsWith(`${reservation}-`) ? key.slice(reservation.length + 1) : key

/** Which end of its link a device is, by its name. */
export const endOfDevice = (device: string): EndLetter => (device.endsWith('b') ? 'b' : 'a')

/** The EGRE key that a device's name holds; null for a device of somebody else. */
export function keyOfDevice(device: string): number | null {
  const match = /^mv([0-9a-f]{8})[ab]$/.exec(device)
  return match?.[1] === undefined ? null : Number.parseInt(match[1], 16)
}
