// What is a packet, in a line that a person reads? From the outermost header in; cut packets are told as far as they go.
export interface Decoded {
  source: string
  destination: string
  protocol: string
  summary: string
}

const hex = (n: number) => n.toString(16).padStart(2, '0')
const mac = (b: Uint8Array) => Array.from(b, hex).join(':')
const ipv4 = (b: Uint8Array) => b.join('.')

/** RFC 5952: the longest run of zeros is left out. */
function ipv6(b: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => (((b[2 * i] ?? 0) << 8) | (b[2 * i + 1] ?? 0)).toString(16))
  const text = groups.join(':')
  const runs = text.match(/\b0(:0)+\b/g) ?? []
  const longest = runs.reduce((a, r) => (r.length > a.length ? r : a), '')
  if (longest === '') return text
  return text.replace(new RegExp(`(^|:)${longest}(:|$)`), '::')
}

class Reader {
  private readonly view: DataView
  constructor(
    readonly bytes: Uint8Array,
    private readonly at = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  has = (length: number) => this.at + length <= this.bytes.length
  u8 = (i: number) => (this.has(i + 1) ? this.view.getUint8(this.at + i) : 0)
  u16 = (i: number) => (this.has(i + 2) ? this.view.getUint16(this.at + i) : 0)
  u32 = (i: number) => (this.has(i + 4) ? this.view.getUint32(this.at + i) : 0)
  slice = (i: number, length: number) => this.bytes.slice(this.at + i, this.at + i + length)
  from = (i: number) => new Reader(this.bytes, this.at + i)
}

type Inner = Pick<Decoded, 'protocol' | 'summary'>
const cut = (protocol: string): Inner => ({ protocol, summary: 'cut short' })

const PORTS: Record<number, string> = {
  22: 'SSH',
  53: 'DNS',
  67: 'DHCP',
  68: 'DHCP',
  80: 'HTTP',
  179: 'BGP',
  443: 'HTTPS',
  520: 'RIP',
  521: 'RIPng',
  3784: 'BFD',
}
const named = (a: number, b: number, otherwise: string) => PORTS[a] ?? PORTS[b] ?? otherwise
const TCP_FLAGS = [
  [2, 'SYN'],
  [16, 'ACK'],
  [8, 'PSH'],
  [1, 'FIN'],
  [4, 'RST'],
  [32, 'URG'],
] as const

function tcp(r: Reader, length: number): Inner {
  if (!r.has(20)) return cut('TCP')
  const [from, to] = [r.u16(0), r.u16(2)]
  const flags = TCP_FLAGS.flatMap(([bit, name]) => (r.u8(13) & bit ? [name] : []))
  const payload = Math.max(0, length - (r.u8(12) >> 4) * 4)
  const summary = `${from} → ${to} [${flags.join(' ')}] seq ${r.u32(4)}${r.u8(13) & 16 ? ` ack ${r.u32(8)}` : ''} win ${r.u16(14)} len ${payload}`
  return { protocol: payload > 0 ? named(from, to, 'TCP') : 'TCP', summary }
}

function udp(r: Reader): Inner {
  if (!r.has(8)) return cut('UDP')
  const [from, to] = [r.u16(0), r.u16(2)]
  return { protocol: named(from, to, 'UDP'), summary: `${from} → ${to} len ${Math.max(0, r.u16(4) - 8)}` }
}

const ICMP: Record<number, string> = {
  0: 'Echo reply',
  3: 'Unreachable',
  5: 'Redirect',
  8: 'Echo request',
  9: 'Router advertisement',
  11: 'Time exceeded',
}
const UNREACHABLE = ['network', 'host', 'protocol', 'port', 'fragmentation needed']
function icmp(r: Reader): Inner {
  if (!r.has(8)) return cut('ICMP')
  const [type, code] = [r.u8(0), r.u8(1)]
  const what = ICMP[type] ?? `type ${type} code ${code}`
  if (type === 0 || type === 8) return { protocol: 'ICMP', summary: `${what} id ${r.u16(4)} seq ${r.u16(6)}` }
  if (type === 3)
    return {
      protocol: 'ICMP',
      summary: `${what}: ${UNREACHABLE[code] ?? `code ${code}`}${code === 4 ? `, MTU ${r.u16(6)}` : ''}`,
    }
  return { protocol: 'ICMP', summary: what }
}

const ICMP6: Record<number, string> = {
  1: 'Unreachable',
  2: 'Packet too big',
  3: 'Time exceeded',
  128: 'Echo request',
  129: 'Echo reply',
  130: 'Listener query',
  133: 'Router solicitation',
  134: 'Router advertisement',
  135: 'Neighbour solicitation',
  136: 'Neighbour advertisement',
  143: 'Listener report',
}
function icmp6(r: Reader): Inner {
  if (!r.has(8)) return cut('ICMPv6')
  const type = r.u8(0)
  const what = ICMP6[type] ?? `type ${type} code ${r.u8(1)}`
  if (type === 128 || type === 129) return { protocol: 'ICMPv6', summary: `${what} id ${r.u16(4)} seq ${r.u16(6)}` }
  if (type === 2) return { protocol: 'ICMPv6', summary: `${what}, MTU ${r.u32(4)}` }
  if ((type === 135 || type === 136) && r.has(24))
    return { protocol: 'ICMPv6', summary: `${what} for ${ipv6(r.slice(8, 16))}` }
  return { protocol: 'ICMPv6', summary: what }
}

const OSPF = [
  '',
  'Hello',
  'Database description',
  'Link state request',
  'Link state update',
  'Link state acknowledgement',
]
function ospf(r: Reader): Inner {
  const router = ipv4(r.slice(4, 4))
  return { protocol: `OSPFv${r.u8(0)}`, summary: `${OSPF[r.u8(1)] ?? `type ${r.u8(1)}`} from router ${router}` }
}

/** By the number of the protocol (IANA). */
function transport(protocol: number, r: Reader, length: number): Inner {
  switch (protocol) {
    case 1:
      return icmp(r)
    case 2:
      return { protocol: 'IGMP', summary: `type 0x${hex(r.u8(0))}` }
    case 6:
      return tcp(r, length)
    case 17:
      return udp(r)
    case 47:
      return { protocol: 'GRE', summary: `protocol 0x${r.u16(2).toString(16)}` }
    case 58:
      return icmp6(r)
    case 89:
      return ospf(r)
    default:
      return { protocol: `IP ${protocol}`, summary: `len ${length}` }
  }
}

function decodeIpv4(r: Reader): Decoded | null {
  if (!r.has(20)) return null
  const header = (r.u8(0) & 15) * 4
  const offset = (r.u16(6) & 0x1fff) * 8
  const ends = { source: ipv4(r.slice(12, 4)), destination: ipv4(r.slice(16, 4)) }
  const more = (r.u16(6) & 0x2000) !== 0
  if (offset > 0) return { ...ends, protocol: 'IPv4', summary: `Fragment from ${offset}${more ? '' : ', the last'}` }
  const inner = transport(r.u8(9), r.from(header), r.u16(2) - header)
  return { ...ends, ...inner, summary: more ? `${inner.summary} (first fragment)` : inner.summary }
}

/** Extension headers that are passed over (RFC 8200 §4). */
const EXTENSIONS = new Set([0, 43, 60])
function decodeIpv6(r: Reader): Decoded | null {
  if (!r.has(40)) return null
  const ends = { source: ipv6(r.slice(8, 16)), destination: ipv6(r.slice(24, 16)) }
  let [next, at, length] = [r.u8(6), 40, r.u16(4)]
  for (let i = 0; i < 8 && EXTENSIONS.has(next); i++) {
    const size = (r.u8(at + 1) + 1) * 8
    ;[next, at, length] = [r.u8(at), at + size, length - size]
  }
  if (next === 44) return { ...ends, protocol: 'IPv6', summary: `Fragment from ${r.u16(at + 2) & 0xfff8}` }
  return { ...ends, ...transport(next, r.from(at), length) }
}

function arp(r: Reader): Decoded | null {
  if (!r.has(28)) return null
  const [sender, target] = [ipv4(r.slice(14, 4)), ipv4(r.slice(24, 4))]
  const summary = r.u16(6) === 1 ? `Who has ${target}?` : `${sender} is at ${mac(r.slice(8, 6))}`
  return { source: sender, destination: target, protocol: 'ARP', summary }
}

/** IEEE 802.2: by the destination's service access point. */
function llc(r: Reader): Inner {
  if (r.u8(0) === 0x42)
    return { protocol: 'STP', summary: r.u8(6) === 0x80 ? 'Topology change' : `Root ${mac(r.slice(10, 6))}` }
  if (r.u8(0) === 0xfe)
    return {
      protocol: 'IS-IS',
      summary:
        {
          15: 'Hello (L1)',
          16: 'Hello (L2)',
          17: 'Hello',
          18: 'LSP (L1)',
          20: 'LSP (L2)',
          24: 'CSNP (L1)',
          25: 'CSNP (L2)',
          26: 'PSNP (L1)',
          27: 'PSNP (L2)',
        }[r.u8(7) & 31] ?? 'PDU',
    }
  return { protocol: 'LLC', summary: `service access point 0x${hex(r.u8(0))}` }
}

export function decode(bytes: Uint8Array): Decoded {
  const r = new Reader(bytes)
  const ends = { source: mac(bytes.slice(6, 12)), destination: mac(bytes.slice(0, 6)) }
  let [type, at] = [r.u16(12), 14]
  const tags: number[] = []
  while ((type === 0x8100 || type === 0x88a8) && tags.length < 4) {
    tags.push(r.u16(at) & 0xfff)
    ;[type, at] = [r.u16(at + 2), at + 4]
  }
  const inner = r.from(at)
  const network =
    type === 0x0800 ? decodeIpv4(inner) : type === 0x86dd ? decodeIpv6(inner) : type === 0x0806 ? arp(inner) : null
  const found = network ?? {
    ...ends,
    ...(type < 0x600
      ? llc(inner)
      : { protocol: `0x${type.toString(16).padStart(4, '0')}`, summary: 'cut short or not known here' }),
  }
  return tags.length === 0 ? found : { ...found, summary: `VLAN ${tags.join('/')}: ${found.summary}` }
}
