// Where is measured? Three nodes in a line: packets are made at the first, forwarded by the middle, counted at the last.
import { Lab, type LabNode } from '../../../kernel/tests/lab'

export const IN = '192.0.2'
export const OUT = '198.51.100'

export interface Line {
  lab: Lab
  source: LabNode
  middle: LabNode
  sink: LabNode
  /** MAC addresses: of the middle where packets come in, and of the source. */
  mac: { middle: string; source: string; sink: string }
}

const macOf = (node: LabNode, device: string) => node.run('cat', `/sys/class/net/${device}/address`).trim()

/** `mtu` of the cables; neighbours know each other for good, as a sink that counts everything answers nothing. */
export async function makeLine(mtu = 1542): Promise<Line> {
  const lab = new Lab()
  const source = await lab.node('s')
  const middle = await lab.node('m')
  const sink = await lab.node('d')
  lab.connect(source, middle, IN, mtu)
  lab.connect(middle, sink, OUT, mtu)
  for (const [node, device] of [
    [source, 'u-m'],
    [middle, 'u-s'],
    [middle, 'u-d'],
    [sink, 'u-m'],
  ] as const) {
    node.run('sysctl', '-qw', `net.ipv6.conf.${device}.disable_ipv6=1`)
    // A veth takes frames sent to it by XDP only when it has a receive queue of its own.
    node.run('ethtool', '-K', device, 'gro', 'on')
  }
  const mac = { middle: macOf(middle, 'u-s'), source: macOf(source, 'u-m'), sink: macOf(sink, 'u-m') }
  const know = (node: LabNode, address: string, lladdr: string, device: string) =>
    node.run('ip', 'neigh', 'replace', address, 'lladdr', lladdr, 'dev', device, 'nud', 'permanent')
  know(source, `${IN}.2`, mac.middle, 'u-m')
  know(middle, `${IN}.1`, mac.source, 'u-s')
  know(middle, `${OUT}.2`, mac.sink, 'u-d')
  know(sink, `${OUT}.1`, macOf(middle, 'u-d'), 'u-m')
  return { lab, source, middle, sink, mac }
}
