// How are the boxed servers joined to this machine and to each other? veth pairs from outside, then addresses inside.
import { type BoxLayout, type BoxLink, type BoxNode, OUTSIDE } from './layout'
import { run } from './run'

/** The device of `node` towards its neighbour `to`: at most 15 bytes, and telling for whoever looks. */
export const underlayDevice = (to: string): string => `to-${to}`.slice(0, 15)

const inside = (pid: number, args: readonly string[]) => run('nsenter', [`--net=/proc/${pid}/ns/net`, '--', ...args])

/** Lets the controller reach the node's sshd, and nothing more. */
export async function wireManagement(node: BoxNode, pid: number): Promise<void> {
  await run('ip', ['link', 'add', node.device, 'type', 'veth', 'peer', 'name', 'mgmt0', 'netns', String(pid)])
  await run('ip', ['address', 'add', `${node.gateway}/30`, 'dev', node.device])
  await run('ip', ['link', 'set', node.device, 'up'])
  await inside(pid, ['ip', 'link', 'set', 'lo', 'up'])
  await inside(pid, ['ip', 'address', 'add', `${node.address}/30`, 'dev', 'mgmt0'])
  await inside(pid, ['ip', 'link', 'set', 'mgmt0', 'up'])
}

/** A way out that ends in the box's own outside: what a server has of its provider. */
export async function wireOutside(node: BoxNode, pid: number, outsidePid: number): Promise<void> {
  const far = `to-${node.name}`.slice(0, 15)
  const pair = ['link', 'add', 'wan0', 'netns', String(pid), 'type', 'veth', 'peer', 'name', far]
  await run('ip', [...pair, 'netns', String(outsidePid)])
  await inside(outsidePid, ['ip', 'link', 'set', far, 'master', 'wan', 'up'])
  await inside(pid, ['ip', 'address', 'add', `${node.outsideAddress}/${OUTSIDE.prefixLength}`, 'dev', 'wan0'])
  await inside(pid, ['ip', 'link', 'set', 'wan0', 'up'])
  await inside(pid, ['ip', 'route', 'replace', 'default', 'via', OUTSIDE.gateway])
}

/** The capacity is kept by the agent's own queue at the root of the device (kernel/README.md), as on any server. */
async function wireEnd(pid: number, device: string, address: string, link: BoxLink) {
  // A cable of our own has no second node with the same address, and asking for one takes a second (RFC 4862 5.4).
  await inside(pid, ['sysctl', '-qw', `net.ipv6.conf.${device}.accept_dad=0`])
  await inside(pid, ['ip', 'link', 'set', device, 'mtu', String(link.mtuBytes), 'up'])
  await inside(pid, ['ip', 'address', 'replace', `${address}/${link.prefixLength}`, 'dev', device])
}

export async function wireLink(link: BoxLink, pids: ReadonlyMap<string, number>): Promise<void> {
  const [a, b] = [pids.get(link.a), pids.get(link.b)]
  if (a === undefined || b === undefined) return // one of the two is switched off
  const [toB, toA] = [underlayDevice(link.b), underlayDevice(link.a)]
  await run('ip', ['link', 'add', toB, 'netns', String(a), 'type', 'veth', 'peer', 'name', toA, 'netns', String(b)])
  await wireEnd(a, toB, link.aAddress, link)
  await wireEnd(b, toA, link.bAddress, link)
}

/** The first index of which this machine has no device yet. */
export async function freeIndex(most: number): Promise<number> {
  const devices = await run('ip', ['-o', 'link'])
  for (let index = 0; index < most; index++) if (!devices.includes(` mvi${index}n`)) return index
  throw new Error(`this machine has ${most} boxes already`)
}

export const linksOf = (layout: BoxLayout, node: string): BoxLink[] =>
  layout.links.filter((l) => l.a === node || l.b === node)
