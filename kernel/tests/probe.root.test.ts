import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, type LabNode, trellisBinary } from './lab'

describe('probe', () => {
  const lab = new Lab()
  let node: LabNode

  beforeAll(async () => {
    node = await lab.node('a')
  })
  afterAll(() => lab.end())

  const probe = (...argv: string[]) => JSON.parse(node.run(trellisBinary, 'probe', ...argv)) as Probe

  test('says what was found by trying, and why the rest was not', () => {
    const { kernel, capabilities, missing } = probe(...node.folders())
    expect(kernel).toBe(node.run('uname', '-r').trim())
    expect(capabilities).toEqual(expect.arrayContaining(['netns', 'userns', 'veth', 'egre-bpf']))
    for (const name of [
      'egre-gretap',
      'netkit',
      'netem',
      'htb',
      'tbf',
      'tcx',
      'xdp',
      'cgroup-v1',
      'cgroup-v2',
      'bridge-vlan',
    ])
      expect(capabilities.includes(name)).not.toBe(name in missing)
    for (const errno of Object.values(missing)) expect(errno).toMatch(/^E[A-Z]+$/)
  })

  test('agrees with ip and tc', () => {
    const { capabilities } = probe(...node.folders())
    const gretap = node.try('ip', 'link', 'add', 'g', 'type', 'gretap', 'local', '127.0.0.1', 'remote', '127.0.0.2')
    expect(capabilities.includes('egre-gretap')).toBe(gretap.code === 0)
    const netem = node.try('tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms')
    expect(capabilities.includes('netem')).toBe(netem.code === 0)
    const vlans = node.try('ip', 'link', 'add', 'b', 'type', 'bridge', 'vlan_filtering', '1')
    expect(capabilities.includes('bridge-vlan')).toBe(vlans.code === 0)
  })

  test('leaves nothing behind', () => {
    const before = node.run('ip', '-br', 'link')
    probe(...node.folders())
    expect(node.run('ip', '-br', 'link')).toBe(before)
    expect(node.run('find', '/run/bpf', '-name', 'myvini*')).toBe('')
  })

  test('without the compiled programs there is no EGRE', () => {
    expect(probe('--run', '/run/x', '--bpf', '/run/bpf', '--objects', '/nowhere').missing).toMatchObject({
      'egre-bpf': 'ENOENT',
    })
  })
})

interface Probe {
  kernel: string
  capabilities: string[]
  missing: Record<string, string>
}
