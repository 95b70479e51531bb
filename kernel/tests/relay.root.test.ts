import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, type LabNode } from './lab'
import { behavesAsALink } from './link-behaviour'
import { device, host, join, meet, owner, port, tunnel } from './parts'
import { capture } from './wire'

describe('two hops with a relay in the middle', () => {
  const lab = new Lab()
  let a: LabNode
  let middle: LabNode
  let b: LabNode

  beforeAll(async () => {
    a = await lab.node('a')
    middle = await lab.node('m')
    b = await lab.node('b')
    lab.connect(a, middle, '192.0.2', 1600)
    lab.connect(middle, b, '198.51.100', 1542)
    await Promise.all([meet(a, middle, 'am', '192.0.2'), meet(middle, b, 'mb', '198.51.100')])
    await middle.trellis.do(...join('link', tunnel('am', 21), tunnel('mb', 22)))
    await a.trellis.do(owner(), ...host('h'), ...port('h', 'v', 1), ...join('link', device('v'), tunnel('am', 21)))
    await b.trellis.do(owner(), ...host('h'), ...port('h', 'v', 2), ...join('link', device('v'), tunnel('mb', 22)))
  })
  afterAll(() => lab.end())

  behavesAsALink(() => [
    { node: a, host: 'h', n: 1 },
    { node: b, host: 'h', n: 2 },
  ])

  test('each hop has its own addresses and key, and the TTL sinks', async () => {
    const [first] = await capture({ node: a }, 'u-m', 'ip proto 47', 1, () => {
      a.host('h', 'ping', '-q', '-c1', '10.0.0.2')
    })
    const [second] = await capture({ node: b }, 'u-m', 'ip proto 47', 1, () => {
      a.host('h', 'ping', '-q', '-c1', '10.0.0.2')
    })
    expect(first).toMatch(/192\.0\.2\.1 > 192\.0\.2\.2: GREv0.*key=0x15,/)
    expect(second).toMatch(/198\.51\.100\.1 > 198\.51\.100\.2: GREv0.*key=0x16,/)
  })

  test('the relay has no virtual interface, and its own stack sees none of it', async () => {
    const observed = await middle.trellis.one({ op: 'observe' })
    expect(observed.devices).toEqual([])
    const before = middle.run('cat', '/proc/net/snmp')
    a.host('h', 'ping', '-q', '-c3', '-i0.02', '10.0.0.2')
    const received = (text: string) => text.match(/^Ip: \d+ \d+ (\d+)/m)?.[1]
    expect(received(middle.run('cat', '/proc/net/snmp'))).toBe(received(before))
  })

  test('the relay counts both ends', async () => {
    const { tunnels } = (await middle.trellis.one({ op: 'stats' })) as unknown as {
      tunnels: { underlay: string; key: number; link: string; in: Count; out: Count; drops: object }[]
    }
    const am = tunnels.find((t) => t.underlay === 'am')
    const mb = tunnels.find((t) => t.underlay === 'mb')
    expect(am).toMatchObject({ key: 21, link: 'link', drops: {} })
    expect(am?.in.packets).toBeGreaterThan(0)
    expect(mb?.out).toEqual(am?.in)
    expect(am?.out).toEqual(mb?.in)
  })
})

interface Count {
  packets: number
  bytes: number
}
