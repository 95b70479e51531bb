import { expect, test } from 'vitest'
import { decode } from './decode'

const bytes = (text: string) =>
  Uint8Array.from(text.replaceAll(/\s/g, '').match(/../g) ?? [], (o) => Number.parseInt(o, 16))
const ETHERNET = '020000000002 020000000001'
const IPV4 = (protocol: string, more = '4000') => `4500 0054 0000 ${more} 40${protocol} 0000 0a000001 0a000002`
const IPV6 = (next: string) =>
  `60000000 0020 ${next} 40 fd000000000000000000000000000001 fe800000000000000000000000000002`

test.each([
  [
    'an echo',
    `${ETHERNET} 0800 ${IPV4('01')} 0800 0000 0007 0003`,
    ['10.0.0.1', '10.0.0.2', 'ICMP', 'Echo request id 7 seq 3'],
  ],
  [
    'a path that is too narrow',
    `${ETHERNET} 0800 ${IPV4('01')} 0304 0000 0000 0578`,
    ['10.0.0.1', '10.0.0.2', 'ICMP', 'Unreachable: fragmentation needed, MTU 1400'],
  ],
  [
    'TCP',
    `${ETHERNET} 0800 ${IPV4('06')} d431 0050 00000001 00000000 5002 ffff 0000 0000`,
    ['10.0.0.1', '10.0.0.2', 'HTTP', '54321 → 80 [SYN] seq 1 win 65535 len 44'],
  ],
  ['UDP', `${ETHERNET} 0800 ${IPV4('11')} 0400 0035 0012 0000`, ['10.0.0.1', '10.0.0.2', 'DNS', '1024 → 53 len 10']],
  [
    'OSPF',
    `${ETHERNET} 0800 ${IPV4('59')} 0201 002c 0a000063`,
    ['10.0.0.1', '10.0.0.2', 'OSPFv2', 'Hello from router 10.0.0.99'],
  ],
  [
    'a later fragment',
    `${ETHERNET} 0800 ${IPV4('11', '00b9')} 00`,
    ['10.0.0.1', '10.0.0.2', 'IPv4', 'Fragment from 1480, the last'],
  ],
  [
    'ARP',
    `ffffffffffff 020000000001 0806 0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002`,
    ['10.0.0.1', '10.0.0.2', 'ARP', 'Who has 10.0.0.2?'],
  ],
  [
    'IPv6',
    `${ETHERNET} 86dd ${IPV6('3a')} 8000 0000 0001 0002`,
    ['fd00::1', 'fe80::2', 'ICMPv6', 'Echo request id 1 seq 2'],
  ],
  [
    'a VLAN tag',
    `${ETHERNET} 8100 0007 0800 ${IPV4('11')} 0400 0401 0008 0000`,
    ['10.0.0.1', '10.0.0.2', 'UDP', 'VLAN 7: 1024 → 1025 len 0'],
  ],
  [
    'IS-IS',
    `0180c2000015 020000000001 003c fefe03 83 1b 01 00 11 01 0000`,
    ['02:00:00:00:00:01', '01:80:c2:00:00:15', 'IS-IS', 'Hello'],
  ],
  [
    'what nobody knows',
    `${ETHERNET} 88b5 00`,
    ['02:00:00:00:00:01', '02:00:00:00:00:02', '0x88b5', 'cut short or not known here'],
  ],
])('%s is told in a line', (_, packet, [source, destination, protocol, summary]) => {
  expect(decode(bytes(packet))).toEqual({ source, destination, protocol, summary })
})

test('however short a packet is cut, there is something to say', () => {
  const whole = bytes(`${ETHERNET} 8100 0007 86dd ${IPV6('3a')} 8700 0000 00000000 fd000000000000000000000000000002`)
  for (let length = 0; length <= whole.length; length++) expect(decode(whole.slice(0, length)).protocol).not.toBe('')
})
