import { describe, expect, test } from 'vitest'
import { RouteLines } from './route-lines'

const bytes = (text: string) => new TextEncoder().encode(text)
const V4 = JSON.stringify([
  { dst: '10.0.1.0/30', dev: 'eth0', protocol: 'kernel', scope: 'link', prefsrc: '10.0.1.1', flags: [] },
  { dst: '10.255.0.2', gateway: '10.0.1.2', dev: 'eth0', protocol: 'ospf', metric: 20, flags: [] },
  {
    dst: '10.255.0.3',
    protocol: '188',
    metric: 20,
    flags: [],
    nexthops: [
      { gateway: '10.0.1.2', dev: 'eth0' },
      { gateway: '10.0.3.2', dev: 'eth1' },
    ],
  },
])

describe('forwarding tables', () => {
  test('are read family by family, however the bytes come', () => {
    const lines = new RouteLines()
    const all = `${V4}\n\n[{"dst":"fe80::/64","dev":"eth0","protocol":"kernel","metric":256}]\n\n`
    const seen = [...all].flatMap((letter) => lines.take(bytes(letter)))
    expect(seen).toEqual([
      [
        { to: '10.0.1.0/30', ways: ['eth0'], by: 'kernel', metric: null },
        { to: '10.255.0.2', ways: ['10.0.1.2 eth0'], by: 'ospf', metric: 20 },
        { to: '10.255.0.3', ways: ['10.0.1.2 eth0', '10.0.3.2 eth1'], by: 'ospf', metric: 20 },
        { to: 'fe80::/64', ways: ['eth0'], by: 'kernel', metric: 256 },
      ],
    ])
  })

  test('of a host without routes are empty, and one that was cut off is told as such', () => {
    expect(new RouteLines().take(bytes('[ ]\n\n[ ]\n\n'))).toEqual([[]])
    expect(new RouteLines().take(bytes(`${V4.slice(0, 50)}\n\n[ ]\n\n`))).toEqual([null])
  })
})
