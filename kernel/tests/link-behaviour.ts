// What must hold of a virtual link wherever its ends are. Interface n of a test has 10.0.0.n and fd00::n.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { LabNode } from './lab'

export interface End {
  node: LabNode
  host: string
  n: number
}

const transfer = path.join(import.meta.dirname, 'transfer.mjs')

function ping(from: End, ...options: string[]) {
  return from.node.host(from.host, 'ping', '-q', '-i0.02', '-W2', ...options)
}

/** Sends so many bytes over one TCP connection and gives the digests seen at both ends. */
async function send(from: End, to: End, bytes: number): Promise<[string, string]> {
  const [serverFile, serverArgv] = to.node.insideHost(to.host, [
    process.execPath,
    transfer,
    'receive',
    `10.0.0.${to.n}`,
  ])
  const server = spawn(serverFile, serverArgv, { stdio: ['ignore', 'pipe', 'inherit'] })
  server.stdout.setEncoding('utf8')
  await once(server.stdout, 'data') // it listens
  const received = once(server.stdout, 'data')
  const sent = from.node.host(from.host, process.execPath, transfer, 'send', `10.0.0.${to.n}`, `${bytes}`)
  const [digest] = await received
  return [sent.stdout.trim(), String(digest).trim()]
}

/** `mtu` is that of the virtual interfaces. */
export function behavesAsALink(ends: () => [End, End], mtu = 1500): void {
  test('IPv4 ping, each way', () => {
    const [a, b] = ends()
    expect(ping(a, '-c3', `10.0.0.${b.n}`)).toMatchObject({ code: 0 })
    expect(ping(b, '-c3', `10.0.0.${a.n}`)).toMatchObject({ code: 0 })
  })

  test('ARP finds the other end anew', () => {
    const [a, b] = ends()
    a.node.host(a.host, 'ip', 'neighbour', 'flush', 'dev', 'eth0')
    b.node.host(b.host, 'ip', 'neighbour', 'flush', 'dev', 'eth0')
    expect(ping(a, '-c1', `10.0.0.${b.n}`)).toMatchObject({ code: 0 })
    const table = a.node.host(a.host, 'ip', 'neighbour', 'show', `10.0.0.${b.n}`).stdout
    expect(table).toContain(`lladdr 02:00:00:00:00:${b.n.toString(16).padStart(2, '0')}`)
  })

  test('IPv6 ping, planned and link-local addresses', () => {
    const [a, b] = ends()
    expect(ping(a, '-6', '-c3', `fd00::${b.n}`)).toMatchObject({ code: 0 })
    const linkLocal = `fe80::ff:fe00:${b.n.toString(16)}%eth0` // from the MAC address (RFC 4291 appendix A)
    expect(ping(b, '-6', '-c1', `fe80::ff:fe00:${a.n.toString(16)}%eth0`)).toMatchObject({ code: 0 })
    expect(ping(a, '-6', '-c1', linkLocal)).toMatchObject({ code: 0 })
  })

  test('fragments', () => {
    const [a, b] = ends()
    expect(ping(a, '-c2', '-s', '8000', `10.0.0.${b.n}`)).toMatchObject({ code: 0 })
    expect(ping(b, '-6', '-c2', '-s', '8000', `fd00::${a.n}`)).toMatchObject({ code: 0 })
  })

  test('the largest packet passes unfragmented, one byte more does not', () => {
    const [a, b] = ends()
    const headers = 28 // IPv4 20, ICMP 8
    expect(ping(a, '-c2', '-M', 'do', '-s', `${mtu - headers}`, `10.0.0.${b.n}`)).toMatchObject({ code: 0 })
    expect(ping(a, '-c1', '-M', 'do', '-s', `${mtu - headers + 1}`, `10.0.0.${b.n}`).code).not.toBe(0)
  })

  test('broadcast and multicast', () => {
    const [a, b] = ends()
    b.node.host(b.host, 'sysctl', '-qw', 'net.ipv4.icmp_echo_ignore_broadcasts=0')
    expect(ping(a, '-b', '-c1', '10.0.0.255')).toMatchObject({ code: 0 })
    expect(ping(a, '-6', '-c1', 'ff02::1%eth0')).toMatchObject({ code: 0 })
  })

  test('TCP carries the same bytes, each way', async () => {
    const [a, b] = ends()
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const [sent, received] = await send(from, to, 20_000_000)
      expect(sent).toMatch(/^20000000 [0-9a-f]{64}$/)
      expect(received).toBe(sent)
    }
  })
}
