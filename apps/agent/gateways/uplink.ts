// Where does the node's own network lead, and which of its devices are gateways'? Read by `ip -j`, set by `ip`.
import { readFile, writeFile } from 'node:fs/promises'
import { formatCidr, networkOf, parseCidr } from '@myvini/core/addressing/cidr'
import { DEVICE_PREFIX, type GatewaySpec, UPLINK } from '@myvini/core/gateway/spec'
import { z } from 'zod'
import { command, inside, must } from './command'

const Routes = z.array(z.looseObject({ dst: z.string(), dev: z.string().optional() }))
const Links = z.array(
  z.looseObject({ ifname: z.string(), ifalias: z.string().optional(), flags: z.array(z.string()).default([]) }),
)
const Addresses = z.array(
  z.looseObject({
    ifname: z.string().optional(),
    addr_info: z.array(z.looseObject({ local: z.string().optional(), prefixlen: z.number() })).default([]),
  }),
)

/** What our devices are marked with: nothing without it is touched. */
const MARK = 'myvini-gateway'

const json = async (netns: string | null, args: readonly string[]): Promise<unknown> => {
  const text = (await must(inside(netns, ['ip', '-j', ...args]))).trim()
  return text === '' ? [] : JSON.parse(text)
}

/** The device of the IPv4 default route in the node's main table; null: there is no way out. */
export async function uplinkOf(): Promise<string | null> {
  const routes = Routes.parse(await json(null, ['-4', 'route', 'show', 'default']))
  return routes[0]?.dev ?? null
}

/** Networks that the node itself is on. */
export async function connectedNetworks(): Promise<string[]> {
  const all = Addresses.parse(await json(null, ['-4', 'address', 'show']))
  const networks = all
    .filter((d) => d.ifname !== 'lo' && d.ifname?.startsWith(DEVICE_PREFIX) !== true)
    .flatMap((d) => d.addr_info)
    .flatMap(({ local, prefixlen }) => parseCidr(`${local ?? ''}/${prefixlen}`) ?? [])
    .map((cidr) => formatCidr(networkOf(cidr)))
  return [...new Set(networks)].toSorted()
}

/** Devices of gateways on this node by name. */
export async function gatewayDevices(): Promise<Map<string, { up: boolean }>> {
  const links = Links.parse(await json(null, ['link', 'show', 'type', 'veth']))
  return new Map(
    links
      .filter((l) => l.ifname.startsWith(DEVICE_PREFIX) && l.ifalias === MARK)
      .map((l) => [l.ifname, { up: l.flags.includes('UP') && l.flags.includes('LOWER_UP') }]),
  )
}

const has = async (netns: string | null, device: string, address: string): Promise<boolean> => {
  const all = Addresses.parse(await json(netns, ['-4', 'address', 'show', 'dev', device]))
  return all.some((d) => d.addr_info.some((a) => `${a.local}/${a.prefixlen}` === address))
}

/** Whether the pair, its addresses and the way out are as they should be. */
export async function uplinkIsThere(netns: string, g: GatewaySpec): Promise<boolean> {
  try {
    const links = Links.parse(await json(netns, ['link', 'show', 'dev', UPLINK]))
    const routes = Routes.parse(await json(netns, ['-4', 'route', 'show', 'default']))
    const out = routes.length === 1 && routes[0]?.dev === UPLINK
    const up = links[0]?.flags.includes('LOWER_UP') === true
    const forwards = (await readFile(forwardingOf(g.device), 'utf8')).trim() === '1'
    return out && up && forwards && (await has(netns, UPLINK, g.address)) && (await has(null, g.device, g.nodeAddress))
  } catch {
    return false // one of them is not there, which is the answer
  }
}

export const deleteDevice = async (device: string): Promise<void> => {
  await command(['ip', 'link', 'delete', 'dev', device])
}

const forwardingOf = (device: string) => `/proc/sys/net/ipv4/conf/${device}/forwarding`

export const isForwarding = async (device: string): Promise<boolean> =>
  (await readFile(forwardingOf(device), 'utf8')).trim() === '1'

export const setForwarding = (device: string, on: boolean): Promise<void> =>
  writeFile(forwardingOf(device), on ? '1' : '0')

/** Makes the pair anew. `netns` forwards already, as routers do. */
export async function makeUplink(netns: string, g: GatewaySpec): Promise<void> {
  await deleteDevice(g.device)
  await command(inside(netns, ['ip', 'link', 'delete', 'dev', UPLINK]))
  const pair = ['ip', 'link', 'add', UPLINK, 'type', 'veth', 'peer', 'name', g.device, 'netns', String(process.pid)]
  await must(inside(netns, pair))
  await must(['ip', 'link', 'set', 'dev', g.device, 'alias', MARK])
  // IPv4 only: an address of the other kind would be a way past the rules.
  await writeFile(`/proc/sys/net/ipv6/conf/${g.device}/disable_ipv6`, '1').catch(() => undefined) // a kernel without IPv6
  await setForwarding(g.device, true)
  await must(['ip', 'address', 'add', g.nodeAddress, 'dev', g.device])
  await must(['ip', 'link', 'set', 'dev', g.device, 'up'])
  await must(inside(netns, ['sysctl', '-qw', `net.ipv6.conf.${UPLINK}.disable_ipv6=1`]))
  await must(inside(netns, ['ip', 'address', 'add', g.address, 'dev', UPLINK]))
  await must(inside(netns, ['ip', 'link', 'set', 'dev', UPLINK, 'up']))
  const via = g.nodeAddress.slice(0, g.nodeAddress.indexOf('/'))
  await must(inside(netns, ['ip', 'route', 'replace', 'default', 'via', via, 'dev', UPLINK]))
}
