// How are IPv4 and IPv6 addresses with prefix lengths read, compared and written?
// Pure arithmetic on bigint: RFC 4632 (CIDR), RFC 4291 §2.2 and RFC 5952 (text form of IPv6).
import { z } from 'zod'

export interface Cidr {
  version: 4 | 6
  /** The address itself, host bits kept. */
  address: bigint
  prefixLength: number
}

const BITS = { 4: 32, 6: 128 } as const

function parse4(text: string): bigint | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let value = 0n
  for (const part of parts) {
    // A leading zero reads as octal elsewhere (inet_aton), so it is refused rather than guessed.
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null
    value = (value << 8n) | BigInt(part)
  }
  return value
}

function parse6(text: string): bigint | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const groups = (half: string | undefined) => (half ? half.split(':') : [])
  const head = groups(halves[0])
  const tail = groups(halves[1])
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  let value = 0n
  for (const group of [...head, ...Array<string>(missing).fill('0'), ...tail]) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null
    value = (value << 16n) | BigInt(`0x${group}`)
  }
  return value
}

/** Reads `10.0.0.1/24` or `2001:db8::1/64`; null when it is neither. */
export function parseCidr(text: string): Cidr | null {
  const [addressText, lengthText, extra] = text.split('/')
  if (addressText === undefined || lengthText === undefined || extra !== undefined) return null
  if (!/^(0|[1-9]\d{0,2})$/.test(lengthText)) return null
  const version = addressText.includes(':') ? 6 : 4
  const address = version === 4 ? parse4(addressText) : parse6(addressText)
  const prefixLength = Number(lengthText)
  if (address === null || prefixLength > BITS[version]) return null
  return { version, address, prefixLength }
}

function format6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => Number((address >> BigInt(112 - 16 * i)) & 0xffffn))
  let best = { start: -1, length: 1 }
  for (let i = 0; i < 8; i++) {
    let length = 0
    while (groups[i + length] === 0) length++
    if (length > best.length) best = { start: i, length }
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((g) => g.toString(16))
      .join(':')
  return best.start < 0 ? hex(0, 8) : `${hex(0, best.start)}::${hex(best.start + best.length, 8)}`
}

/** The address alone, without its prefix length. */
export function formatAddress(version: 4 | 6, address: bigint): string {
  if (version === 6) return format6(address)
  return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn).join('.')
}

export const formatCidr = (cidr: Cidr): string => `${formatAddress(cidr.version, cidr.address)}/${cidr.prefixLength}`

/** The address of a text that is known to be valid, without `/24`. */
export const addressOf = (text: string): string => text.slice(0, text.indexOf('/'))

/** An address in its one written form (RFC 5952), as the kernel writes it; what is no address is given back. */
export function canonicalAddress(text: string): string {
  const cidr = parseCidr(`${text}/${text.includes(':') ? 128 : 32}`)
  return cidr ? formatAddress(cidr.version, cidr.address) : text
}

const hostMask = (c: Cidr) => (1n << BigInt(BITS[c.version] - c.prefixLength)) - 1n

export const networkOf = (c: Cidr): Cidr => ({ ...c, address: c.address & ~hostMask(c) })

export const sameNetwork = (a: Cidr, b: Cidr): boolean =>
  a.version === b.version && a.prefixLength === b.prefixLength && networkOf(a).address === networkOf(b).address

export const overlaps = (a: Cidr, b: Cidr): boolean => {
  if (a.version !== b.version) return false
  const wide = a.prefixLength <= b.prefixLength ? a : b
  const narrow = wide === a ? b : a
  return (narrow.address & ~hostMask(wide)) === (wide.address & ~hostMask(wide))
}

/** The subnet itself and its broadcast address are no host's (RFC 922); /31 and /32 have neither (RFC 3021). */
export function isUsableByHost(c: Cidr): boolean {
  if (c.version === 6 || c.prefixLength >= 31) return true
  const hostPart = c.address & hostMask(c)
  return hostPart !== 0n && hostPart !== hostMask(c)
}

const cidrText = (version: 4 | 6, example: string) =>
  z
    .string()
    .max(50)
    .refine((text) => parseCidr(text)?.version === version, {
      error: (issue) =>
        `"${String(issue.input)}" is not an IPv${version} address with a prefix length, such as ${example}`,
    })

export const Cidr4 = cidrText(4, '10.0.0.1/24')
export const Cidr6 = cidrText(6, '2001:db8::1/64')
