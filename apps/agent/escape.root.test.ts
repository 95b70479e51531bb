// As root inside a virtual host: is there a way out of it, or a way to take from others? Each attempt is named, and each must
// fail; what a host is for must go on working beside it.
import { compileNodeSpec, planSlice } from '@myvini/core/desired/compile'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { buildTopology } from '@myvini/core/topology/build'
import type { Topology } from '@myvini/core/topology/topology'
import { useBox } from '@myvini/testkit/boxed'
import { eventually } from '@myvini/testkit/eventually'
import { NO_CONTAINERS } from '@myvini/testkit/no-containers'
import type { NodeConnection } from '@myvini/transport/node-connection'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const boxed = useBox(1)
const NODE = 'chicago-1'
const SECRET = 'a-secret-of-the-node'
let connection: NodeConnection

const pair = (a: 'vserver' | 'netns', b: 'vserver' | 'netns'): Topology => {
  const drawn = buildTopology(
    [
      { name: 'bad', kind: 'host', class: a, memoryMib: 48, cpuPercent: 20, x: 0, y: 0 },
      { name: 'peer', kind: 'host', class: b, memoryMib: 48, x: 0, y: 0 },
    ],
    [{ from: 'bad', to: 'peer' }],
  )
  return { ...drawn, hosts: drawn.hosts.map((host) => ({ ...host, diskMib: 24, processes: 64 })) }
}

beforeAll(async () => {
  connection = await boxed.connect(NODE)
  await boxed.inNode(NODE, [
    'sh',
    '-c',
    `echo ${SECRET} > /run/secret; echo ${SECRET} > /root/secret; chmod 644 /run/secret`,
  ])
  const { substrate, underlays } = ringSubstrate(1)
  const active = (name: string, topology: Topology, key: number, uid: number) => ({
    ...activeSlice(name, topology, substrate, key),
    hostUidBases: new Map(topology.hosts.map((h, i) => [h.id as string, 65_536 * (uid + i)])),
  })
  const plans = [
    planSlice(active('v', pair('vserver', 'vserver'), 1, 100), underlays),
    planSlice(active('n', pair('netns', 'netns'), 11, 110), underlays),
    planSlice(active('o', pair('vserver', 'netns'), 21, 120), underlays),
  ]
  const spec = { ...compileNodeSpec('n0' as SubstrateNodeId, plans, underlays), generation: 1 }
  const taken = await connection.apply(JSON.stringify(spec))
  if (!taken.ok) throw new Error(taken.problem.message)
  await eventually('everything being up', async () => {
    const report = await connection.observe()
    if (!report.ok || !report.value.settled) return null
    const parts = report.value.slivers.flatMap((s) => [...Object.values(s.hosts), ...Object.values(s.links)])
    const failed = parts.find((p) => p.state === 'failed')
    if (failed) throw new Error(failed.reason)
    return parts.every((p) => p.state === 'up')
  })
}, 60_000)
afterAll(() => connection?.close())

/** Through what the forced command is given for that host. Never throws for what the command itself says. */
async function inside(slice: string, host: string, script: string): Promise<string> {
  const key = `res-${slice}-${host}`
  const state = `/var/lib/myvini/hosts/${key}`
  const find = `mkdir -p -m 700 ${state}/home; cat /run/myvini/hosts/${key}/enter`
  const enter = (await boxed.inNode(NODE, ['sh', '-c', find])).trim().split('\n')
  const args = enter.slice(0, enter.indexOf('--') + 1)
  const trellis = '/var/lib/myvini/agent/current/trellis'
  return (await boxed.inNode(NODE, [trellis, 'enter', ...args, 'sh', '-c', `exec 2>&1; ${script}\ntrue`])).trim()
}

/** A script that prints GOT when it got what it must not get. */
const ATTEMPTS: Record<string, string> = {
  'read the files of the node through /proc/1/root': `grep -r ${SECRET} /proc/1/root/run/secret /proc/1/root/root/secret && echo GOT`,
  'find a secret of the node anywhere in its own root': `grep -rs ${SECRET} /run /root /var/lib /tmp /home && echo GOT`,
  'see the state of the agent': 'ls /var/lib/myvini /run/myvini && echo GOT',
  'read the passwords of the node': 'grep -q "^root:\\$" /etc/shadow && echo GOT',
  'read the SSH host keys of the node': 'ls /etc/ssh/ssh_host_* /run/ssh/* && echo GOT',
  'mount a file system': 'mkdir -p /tmp/m; mount -t tmpfs x /tmp/m && echo GOT; mount -t proc x /tmp/m && echo GOT',
  'mount the disk of the node': 'for d in /dev/vda /dev/sda /dev/loop0; do mount $d /mnt && echo GOT; done',
  'make a device node and read the disk by it':
    'mknod /tmp/disk b 254 0; dd if=/tmp/disk bs=512 count=1 of=/dev/null && echo GOT',
  'read the memory of the machine': 'head -c 1 /dev/mem && echo GOT; head -c 1 /proc/kcore | grep -q . && echo GOT',
  'read the log of the kernel': 'dmesg | grep -q . && dmesg >/dev/null 2>&1 && dmesg | grep -q Linux && echo GOT',
  'learn addresses of the kernel': 'grep -qv "^0000000000000000" /proc/kallsyms && echo GOT',
  'read the keys of the kernel': 'grep -q . /proc/keys && echo GOT',
  'change a setting of the kernel':
    'echo 1 > /proc/sys/kernel/panic && echo GOT; echo 1 > /proc/sys/vm/drop_caches && echo GOT',
  'set where core dumps go': 'echo "|/tmp/x" > /proc/sys/kernel/core_pattern && echo GOT',
  'press the magic SysRq key': 'echo h > /proc/sysrq-trigger && echo GOT',
  'load a module': 'perl -e \'exit(syscall(175, 0, 0, "") == 0 || $! == 22 || $! == 14 ? 0 : 1)\' && echo GOT',
  'set the clock': 'date -s 2020-01-01 && echo GOT',
  'restart the machine': "perl -e 'exit syscall(169, 0xfee1dead, 672274793, 0x89abcdef, 0) == 0 ? 0 : 1' && echo GOT",
  'make a user namespace of its own': 'unshare -U true && echo GOT',
  'make a network namespace of its own': 'unshare -n true && echo GOT',
  'enter the namespaces of its first process': 'nsenter -t 1 -m -n true && echo GOT',
  'load a program into the kernel':
    'perl -e \'exit(syscall(321, 0, pack("LLLL", 1, 4, 4, 1), 16) >= 0 ? 0 : 1)\' && echo GOT',
  'open files by handle': "perl -e 'syscall(304, -100, 0, 0); exit($! == 1 ? 1 : 0)' && echo GOT",
  'use io_uring': "perl -e 'syscall(425, 8, 0); exit($! == 1 || $! == 38 ? 1 : 0)' && echo GOT",
  'reach the hypervisor by vsock': "perl -e 'exit(syscall(41, 40, 1, 0) >= 0 ? 0 : 1)' && echo GOT",
  'see a process that is not its own': 'ps ax | grep -q "[a]gent.mjs\\|[s]shd\\|[t]rellis serve" && echo GOT',
  'end a process of the node':
    'for p in $(seq 1 400); do kill -0 $p 2>/dev/null && grep -q "[a]gent.mjs" /proc/$p/cmdline && echo GOT; done',
  'write into a cgroup':
    'for f in $(find /sys/fs/cgroup -name cgroup.procs 2>/dev/null | head -20); do echo $$ > $f && echo GOT; done',
  'raise its own limits':
    'for f in $(find /sys/fs/cgroup -name "memory.*limit*" -o -name memory.max 2>/dev/null); do echo 99999999999 > $f && echo GOT; done',
  'see the devices of the node': 'ip -o link | grep -q "mgmt0\\|to-\\|mv00" && echo GOT',
  'reach the management network':
    'for a in 100.64.0.1 100.64.0.2 169.254.169.254; do ping -c 1 -W 1 $a >/dev/null && echo GOT; done',
  'reach the node by its default route':
    'ip route | grep -q "^default" && ping -c 1 -W 1 8.8.8.8 > /dev/null && echo GOT',
  'write over the programs of the node': 'touch /usr/bin/mine && echo GOT; echo x >> /usr/bin/env && echo GOT',
  'become more by a setuid program':
    'cp /bin/true /tmp/s; chmod 4755 /tmp/s; grep -q "NoNewPrivs:.1" /proc/self/status || echo GOT',
  'get capabilities back': 'grep -q "CapBnd:.*3fffffffff\\|CapBnd:.*1ffffffffff" /proc/self/status && echo GOT',
  'trace its first process and run in it':
    'grep -q "^Seccomp:.2" /proc/1/status && grep -q "^NoNewPrivs:.1" /proc/1/status || echo GOT',
}

describe.skipIf(NO_CONTAINERS !== null).each([
  ['v', 'vserver'],
  ['n', 'netns'],
])('root of a virtual host (%s: class %s)', (slice) => {
  // All in one entry, each in a shell of its own: what each printed, by its name.
  const outcomes = new Map<string, string>()
  beforeAll(async () => {
    const names = Object.keys(ATTEMPTS)
    const script = Object.values(ATTEMPTS).map((one, i) => `echo "=== ${i}"; ( ${one}\n )`)
    const said = await inside(slice, 'bad', script.join('\n'))
    for (const part of said.split(/^=== /m).slice(1)) {
      const line = part.indexOf('\n') < 0 ? part.length : part.indexOf('\n')
      outcomes.set(names[Number(part.slice(0, line))] ?? '', part.slice(line))
    }
  }, 60_000)

  test.each(Object.keys(ATTEMPTS))('does not %s', (name) => {
    expect(outcomes.has(name)).toBe(true)
    expect(outcomes.get(name)).not.toMatch(/^GOT$/m)
  })

  test('has what a host is for', async () => {
    expect(await inside(slice, 'bad', 'id -u; ping -c 1 -W 2 peer')).toMatch(/^0[\s\S]* 0% packet loss/)
    expect(
      await inside(
        slice,
        'bad',
        'ip link add d0 type veth peer name d1 && ip address add 192.0.2.1/24 dev d0 && echo fine',
      ),
    ).toMatch(/fine/)
    expect(await inside(slice, 'bad', 'echo 1 > /proc/sys/net/ipv4/ip_forward && echo fine')).toMatch(/fine|Read-only/)
  })

  test('a fork bomb stays below what its host may have', async () => {
    const bomb =
      'perl -e \'$n = 0; while (defined($p = fork)) { if (!$p) { sleep 2; exit } $n++ } print "forks-$n\\n"\''
    expect(Number(/forks-(\d+)/.exec(await inside(slice, 'bad', bomb))?.[1])).toBeLessThan(64)
    expect(await inside('o', 'bad', 'echo alive')).toBe('alive')
  })

  test('a memory bomb ends its own process', async () => {
    expect(await inside(slice, 'bad', 'perl -e \'$x = "x" x 300_000_000\'; echo code-$?')).toMatch(/code-137/)
    expect(await inside('o', 'bad', 'echo alive')).toBe('alive')
  })

  test('a disk bomb fills its own disk', async () => {
    const said = await inside(slice, 'bad', 'dd if=/dev/zero of=/root/big bs=1M count=200; rm -f /root/big')
    expect(said).toMatch(/No space left/)
    // Where /tmp is memory, it ends as a memory bomb does.
    expect(await inside(slice, 'bad', 'dd if=/dev/zero of=/var/tmp/big bs=1M count=200; rm -f /var/tmp/big')).toMatch(
      /No space left|Killed/,
    )
    expect(await inside('o', 'bad', 'echo x > /root/fine && echo alive')).toBe('alive')
  })

  test('packets with addresses of others and keys of other links reach nobody but its peer', async () => {
    const seen = async () =>
      Number(
        (
          await boxed.inNode(NODE, [
            'sh',
            '-c',
            'grep -c . /proc/net/snmp; awk "/^Ip: [0-9]/ {print \\$4}" /proc/net/snmp',
          ])
        ).split('\n')[1],
      )
    const before = await seen()
    // GRE with the key of slice "o", to each address of the node and to its peer, from inside.
    await inside(
      slice,
      'bad',
      `python3 -c "
import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
for to in ('127.0.0.1', '100.64.0.2', '10.200.0.1', '192.168.0.1'):
    for key in range(1, 40):
        try: s.sendto(struct.pack('!HHI', 0x2000, 0x6558, key) + bytes(60), (to, 0))
        except OSError: pass
"`,
    )
    expect(await seen()).toBeLessThan(before + 200)
    const report = await connection.observe()
    expect(report.ok && report.value.settled).toBe(true)
    expect(await inside('o', 'bad', 'ping -c 1 -W 2 peer')).toMatch(/ 0% packet loss/)
  })

  test('a full table of neighbours or connections is its own', async () => {
    await inside(
      slice,
      'bad',
      'ip address add 10.77.0.1/16 dev eth0; for i in $(seq 1 250); do ping -c 1 -W 0.01 10.77.1.$i >/dev/null & [ $((i % 20)) = 0 ] && wait; done; wait',
    )
    expect(await inside('o', 'bad', 'ping -c 2 -i 0.1 -W 2 peer')).toMatch(/ 0% packet loss/)
  })
})

test.skipIf(NO_CONTAINERS !== null)(
  'of another slice nothing is to be had: not its files, not its processes, not its network',
  async () => {
    await inside('o', 'bad', `echo ${SECRET} > /root/note; chmod 600 /root/note`)
    const uids = await Promise.all(['v', 'o'].map((slice) => inside(slice, 'bad', 'cat /proc/self/uid_map')))
    expect(new Set(uids.map((map) => map.split(/\s+/)[1])).size).toBe(2)
    expect(await inside('v', 'bad', `grep -rs ${SECRET} / --include=note`)).toBe('')
    expect(
      await inside('v', 'bad', 'ip neigh flush all; ping -c 1 -W 1 -b 255.255.255.255; ip -o link | wc -l'),
    ).not.toBe('')
  },
)
