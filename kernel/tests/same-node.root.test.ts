import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, type LabNode } from './lab'
import { behavesAsALink } from './link-behaviour'
import { frame } from './packets'
import { device, host, join, owner, port } from './parts'
import { capture } from './wire'

describe('two virtual hosts on one node', () => {
  const lab = new Lab()
  let node: LabNode

  beforeAll(async () => {
    node = await lab.node('a')
    await node.trellis.do(
      ...[owner(), ...host('h1'), ...host('h2'), ...port('h1', 'v1', 1), ...port('h2', 'v2', 2)],
      ...join('link', device('v1'), device('v2')),
    )
  })
  afterAll(() => lab.end())

  behavesAsALink(() => [
    { node, host: 'h1', n: 1 },
    { node, host: 'h2', n: 2 },
  ])

  test('a host that takes another MAC address is still reached', () => {
    node.host('h2', 'ip', 'link', 'set', 'eth0', 'address', '02:aa:aa:aa:aa:aa')
    expect(node.host('h1', 'ping', '-q', '-c2', '-i0.02', '-W2', '10.0.0.2')).toMatchObject({ code: 0 })
    node.host('h2', 'ip', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:02')
  })

  test('VLAN-tagged frames arrive with their tags', async () => {
    for (const tags of [[{ id: 7 }], [{ id: 7 }, { id: 8 }], [{ tpid: 0x88a8, id: 7 }, { id: 8 }, { id: 9 }]]) {
      const [seen] = await capture({ node, host: 'h2' }, 'eth0', 'vlan', 1, async () => {
        const packet = frame('', { tags })
        await node.trellis.do({ op: 'test.send', namespace: 'h1', interface: 'eth0', packet })
      })
      expect(seen).toMatch(new RegExp(`${tags.map(({ id }) => `vlan ${id}.*`).join('')}10.0.0.1`))
    }
  })
})
