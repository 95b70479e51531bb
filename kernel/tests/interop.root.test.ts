// Does EGRE speak with Linux's own gretap, and do trellis and its programs work on Debian's own kernel?
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DebianGuest, guestObstacle, guestOn, SERIES, TAP } from './debian-guest'
import { Lab, type LabNode } from './lab'
import { device, host, join, owner, port, tunnel, underlay } from './parts'
import { capture } from './wire'

for (const series of SERIES) {
  const obstacle = guestObstacle(series)
  if (obstacle) process.stderr.write(`Debian's Linux ${series} is not tested: ${obstacle}\n`)
}

/** As `ip link` names them: over IPv4, and over IPv6 without the extension header that it would add (RFC 2473 4.1.1). */
const KINDS = [
  { kind: 'gretap', name: 'gt4', key: 0x7fff0001, local: '192.0.2.2', remote: '192.0.2.1', more: '' },
  {
    kind: 'ip6gretap',
    ...{ name: 'gt6', key: 5, local: '2001:db8:1::2', remote: '2001:db8:1::1', more: 'encaplimit none' },
  },
]
const TCP_BYTES = 3_000_000
const PEER = path.join(import.meta.dirname, 'tcp-peer.mjs')

describe.each(SERIES.map((series) => ({ series, obstacle: guestObstacle(series) })))(
  'a Debian machine with Linux $series',
  ({ series, obstacle }) => {
    if (obstacle) {
      test.skip(obstacle, () => undefined)
      return
    }
    const lab = new Lab()
    let node: LabNode
    let guest: DebianGuest

    beforeAll(async () => {
      node = await lab.node('a')
      const addresses = [['192.0.2.1/24', '192.0.2.2/24'] as const, ['2001:db8:1::1/64', '2001:db8:1::2/64'] as const]
      guest = await guestOn(node, series, { mtuBytes: 1562, addresses })
      await node.trellis.do(
        ...[underlay('v4', '192.0.2.1', '192.0.2.2', 1562), underlay('v6', '2001:db8:1::1', '2001:db8:1::2', 1562)],
        owner(),
      )
    }, 150_000)
    afterAll(async () => {
      await guest?.end()
      await lab.end()
    })

    for (const [i, { kind, name, key, local, remote, more }] of KINDS.entries())
      describe(kind, () => {
        const [ours, theirs] = [2 * i + 1, 2 * i + 2]
        const h = `h${i}`
        const ping = (...options: string[]) => node.host(h, 'ping', '-q', '-c2', '-i0.1', '-W4', ...options)

        beforeAll(async () => {
          await node.trellis.do(
            ...[...host(h), ...port(h, `v${i}`, ours)],
            ...join(kind, device(`v${i}`), tunnel(i === 0 ? 'v4' : 'v6', key)),
          )
          await guest.must(`ip link add ${name} type ${kind} local ${local} remote ${remote} key ${key} ${more}`)
          await guest.must(`echo 0 > /proc/sys/net/ipv6/conf/${name}/accept_dad; ip link set ${name} mtu 1500 up`)
          await guest.must(
            `ip address add 10.0.0.${theirs}/24 dev ${name}; ip address add fd00::${theirs}/64 dev ${name} nodad`,
          )
        })
        afterAll(async () => {
          await guest.must(`ip link del ${name}`)
        })

        test('ARP, IPv4 and IPv6, from our side', () => {
          expect(ping(`10.0.0.${theirs}`)).toMatchObject({ code: 0 })
          expect(ping(`fd00::${theirs}`)).toMatchObject({ code: 0 })
          expect(node.host(h, 'ip', 'neighbour', 'show', `10.0.0.${theirs}`).stdout).toContain('lladdr')
        })

        test('... and from theirs', async () => {
          await guest.must(`ip neighbour flush dev ${name}; ping -c2 -W4 10.0.0.${ours}; ping -c1 -W4 fd00::${ours}`)
          expect(await guest.must(`ip neighbour show 10.0.0.${ours}`)).toContain('lladdr 02:00:00:00:00:0')
        })

        test('fragments inside', async () => {
          expect(ping('-s', '6000', `10.0.0.${theirs}`)).toMatchObject({ code: 0 })
          expect(ping('-s', '6000', `fd00::${theirs}`)).toMatchObject({ code: 0 })
          await guest.must(`ping -c1 -W4 -s 6000 10.0.0.${ours}`)
        })

        test('the largest packet', () => {
          expect(ping('-M', 'do', '-s', '1472', `10.0.0.${theirs}`)).toMatchObject({ code: 0 })
        })

        test('TCP brings the same bytes, to them and from them', async () => {
          await guest.must(`head -c ${TCP_BYTES} /dev/urandom > /tmp/sent`)
          await guest.must('nc -ll -p 5001 -e sha256sum & nc -ll -p 5002 -e cat /tmp/sent & sleep 0.3')
          const transfer = (mode: string, port: number) =>
            node.host(h, process.execPath, PEER, mode, `10.0.0.${theirs}`, `${port}`, `${TCP_BYTES}`)
          const [sent, received] = transfer('send', 5001).stdout.trim().split(' ')
          expect(sent).toMatch(/^[0-9a-f]{64}$/)
          expect(received).toBe(sent)
          expect(transfer('receive', 5002).stdout.trim()).toBe(
            (await guest.must('sha256sum /tmp/sent; killall nc')).slice(0, 64),
          )
        })

        test('on the wire both write the same header', async () => {
          const wire = i === 0 ? 'ip proto 47' : 'ip6 proto 47'
          const seen = await capture(
            { node },
            TAP,
            `${wire} and greater 90`,
            2,
            () => void ping('-c1', '-s', '100', `10.0.0.${theirs}`),
          )
          const shape = (line = '') => line.match(/GREv0, .*?proto TEB/)?.[0]
          expect(shape(seen[0])).toMatch(new RegExp(`key=0x${key.toString(16)}, `))
          expect(shape(seen[1])).toBe(shape(seen[0]))
        })

        test('a gretap with another key is not let in', async () => {
          const before = await drops()
          await guest.must(
            `ip link add other type ${kind} local ${local} remote ${remote} key 77 ${more}; ip link set other up`,
          )
          // It sends nothing before its kernel has seen that it is up, which an emulated one may do later.
          await guest.must('ip address add 10.9.9.2/24 dev other')
          const refused = async () => {
            await guest.run('ping -c1 -W1 10.9.9.1')
            return ((await drops())['unknown-key'] ?? 0) - (before['unknown-key'] ?? 0)
          }
          await expect.poll(refused, { timeout: 10_000 }).toBeGreaterThan(0)
          await guest.must('ip link del other')
        })

        async function drops(): Promise<Record<string, number>> {
          const { node: n } = (await node.trellis.one({ op: 'stats' })) as unknown as {
            node: { drops: Record<string, number> }
          }
          return n.drops
        }
      })

    test('its kernel is told to have gretap, and takes our programs', async () => {
      const told = await guest.run('trellis probe --run /run/myvini --bpf /sys/fs/bpf/myvini --objects /objects')
      expect(JSON.parse(told.out).capabilities).toEqual(
        expect.arrayContaining(['egre-gretap', 'egre-bpf', 'veth', 'xdp']),
      )
    })

    test('trellis on its kernel and trellis on ours make a link', async () => {
      await node.trellis.do(
        ...[...host('both'), ...port('both', 'vb', 7)],
        ...[...join('both4', device('vb'), tunnel('v4', 99))],
      )
      const ops = [
        ...[underlay('v4', '192.0.2.2', '192.0.2.1', 1562), owner(), ...host('h'), ...port('h', 'v', 8)],
        ...join('both4', device('v'), tunnel('v4', 99)),
      ]
      const request = JSON.stringify({ id: 1, ops })
      const where = '--run /run/myvini --bpf /sys/fs/bpf/myvini --objects /objects'
      const answer = await guest.must(`echo '${request}' | trellis serve ${where}`)
      expect(answer).not.toContain('"ok":false')
      // By tcx where the kernel has it (6.6), else by a filter: nobody may think that the other way is not tried.
      const { out } = await guest.run('/usr/sbin/tc filter show dev eth0 ingress')
      expect(out.includes('myvini-from-underlay')).toBe(series === '6.1')
      expect(await guest.must(`echo '{"id":3,"ops":[{"op":"observe"}]}' | trellis serve ${where}`)).toMatch(
        /"underlay":"v4"[^}]*"attached":true/,
      )
      // which loads the programs of the fast path; whether the device has XDP of its own is another matter
      const fast = JSON.stringify({ id: 2, ops: [{ op: 'fast.underlay', underlay: 'v4', mode: 'auto' }] })
      expect(await guest.must(`echo '${fast}' | trellis serve ${where}`)).toContain('"ok":true')
      expect(node.host('both', 'ping', '-q', '-c3', '-i0.1', '-W4', '10.0.0.8')).toMatchObject({ code: 0 })
      expect(node.host('both', 'ping', '-q', '-c1', '-W4', 'fd00::8')).toMatchObject({ code: 0 })
    })

    test('a LAN with VLANs on its kernel keeps them apart, which not every kernel can', async () => {
      const where = '--run /run/myvini --bpf /sys/fs/bpf/myvini --objects /objects'
      // The console takes no line of more than 4,096 bytes.
      const serve = async (...ops: object[]) =>
        expect(await guest.must(`echo '${JSON.stringify({ id: 1, ops })}' | trellis serve ${where}`)).not.toContain(
          '"ok":false',
        )
      const told = await guest.run(`trellis probe ${where}`)
      expect(JSON.parse(told.out).capabilities).toContain('bridge-vlan')
      await serve(owner(), ...host('switch'), {
        ...{ op: 'bridge.create', namespace: 'switch', name: 'br0', ports: [], vlanFiltering: true },
      })
      const vlans = [{ access: 10 }, { access: 10 }, { access: 20 }, { trunk: [10, 20] }]
      for (const [i, vlan] of vlans.entries()) {
        const [create, configure] = port('switch', `s${i}`, 0x21 + i, { bridge: 'br0', name: `p${i}` })
        await serve(create ?? {}, { ...configure, vlan })
        await serve(...host(`g${i}`), ...port(`g${i}`, `g${i}`, 0x31 + i))
        await serve(...join(`lan-${i}`, device(`g${i}`), device(`s${i}`)))
      }
      const ping = async (to: number, count: number) =>
        (await guest.run(`nsenter --net=/run/myvini/netns/g0 ping -q -c ${count} -W 1 10.0.0.${0x31 + to}`, 60_000)).out
      expect(await ping(1, 2)).toContain(' 2 packets received')
      for (const other of [2, 3]) expect(await ping(other, 2)).toContain(' 0 packets received')
    })
  },
)
