// Frames in hexadecimal, well formed unless asked otherwise. Field names are those of the standards.

const hex = (value: number, octets: number) => (value >>> 0).toString(16).padStart(octets * 2, '0')
const octets = (text: string) => (text.match(/../g) ?? []).map((o) => Number.parseInt(o, 16))
const ipv4 = (address: string) =>
  address
    .split('.')
    .map((n) => hex(Number(n), 1))
    .join('')
const mac = (address: string) => address.replaceAll(':', '')

/** RFC 1071 over 16-bit words. */
function checksum(text: string): string {
  const bytes = octets(text)
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return hex(~sum & 0xffff, 2)
}

export interface Ethernet {
  to?: string
  from?: string
  tags?: { tpid?: number; id: number }[]
  type?: number
  payload?: string
}

export function ethernet(e: Ethernet = {}): string {
  const { to = '02:00:00:00:00:02', from = '02:00:00:00:00:01', tags = [], type = 0x0800, payload = '' } = e
  const tagged = tags.map(({ tpid = 0x8100, id }) => hex(tpid, 2) + hex(id, 2)).join('')
  return mac(to) + mac(from) + tagged + hex(type, 2) + payload
}

export interface Ipv4 {
  from: string
  to: string
  protocol?: number
  ttl?: number
  /** In units of 8 octets; with `more` or above 0 it is a fragment. */
  fragmentOffset?: number
  more?: boolean
  dontFragment?: boolean
  options?: string
  /** Instead of the right ones. */
  length?: number
  sum?: string
  payload?: string
}

export function ip(p: Ipv4): string {
  const {
    protocol = 17,
    ttl = 64,
    fragmentOffset = 0,
    more = false,
    dontFragment = true,
    options = '',
    payload = '',
  } = p
  const headerLength = 20 + options.length / 2
  const flags = (dontFragment ? 0x4000 : 0) | (more ? 0x2000 : 0) | fragmentOffset
  const before = `4${hex(headerLength / 4, 1).slice(1)}00${hex(p.length ?? headerLength + payload.length / 2, 2)}0000`
  const start = `${before}${hex(flags, 2)}${hex(ttl, 1)}${hex(protocol, 1)}`
  const end = ipv4(p.from) + ipv4(p.to) + options
  return start + (p.sum ?? checksum(`${start}0000${end}`)) + end + payload
}

export interface Ipv6 {
  from: string
  to: string
  next?: number
  hopLimit?: number
  /** Instead of the right one. */
  length?: number
  payload?: string
}

/** Addresses as PREFIX::N, which is all that tests need. */
const ipv6 = (address: string) => {
  const [before = '', last = ''] = address.split('::')
  const groups = before.split(':').map((g) => g.padStart(4, '0'))
  return groups.join('').padEnd(28, '0') + last.padStart(4, '0')
}

export function ip6(p: Ipv6): string {
  const { next = 47, hopLimit = 64, payload = '', length = payload.length / 2 } = p
  return `60000000${hex(length, 2)}${hex(next, 1)}${hex(hopLimit, 1)}${ipv6(p.from)}${ipv6(p.to)}${payload}`
}

export interface Gre {
  /** C 0x8000, R 0x4000, K 0x2000, S 0x1000, then recursion, reserved and version (RFC 2784, RFC 2890, RFC 1701). */
  flags?: number
  protocol?: number
  key?: number | null
  payload?: string
}

export function gre({ flags, protocol = 0x6558, key = 7, payload = '' }: Gre = {}): string {
  return hex(flags ?? (key === null ? 0 : 0x2000), 2) + hex(protocol, 2) + (key === null ? '' : hex(key, 4)) + payload
}

/** A UDP datagram between the two ends of a test's link, 42 octets and what is added. */
export function frame(extra = '', e: Ethernet = {}): string {
  const udp = `03e803e8${hex(8 + extra.length / 2, 2)}0000${extra}`
  return ethernet({ ...e, payload: ip({ from: '10.0.0.1', to: '10.0.0.2', payload: udp }) })
}
