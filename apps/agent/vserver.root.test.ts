// Is a virtual host of class vserver a container of its own, on its links, that comes back when it is killed?
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { compileNodeSpec, planSlice } from '@myvini/core/desired/compile'
import { type HostControl, NO_CONTROL } from '@myvini/core/desired/host-control'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { buildTopology } from '@myvini/core/topology/build'
import type { VirtualHost } from '@myvini/core/topology/topology'
import { useBox } from '@myvini/testkit/boxed'
import { eventually } from '@myvini/testkit/eventually'
import { NO_CONTAINERS } from '@myvini/testkit/no-containers'
import type { NodeConnection } from '@myvini/transport/node-connection'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const boxed = useBox(1)
const NODE = 'chicago-1'
const FOLDER = '/var/lib/myvini/hosts'
let connection: NodeConnection
let generation = 0

const topology = buildTopology(
  [
    { name: 'a', kind: 'host', class: 'vserver', memoryMib: 64, x: 0, y: 0 },
    { name: 'r', kind: 'router', class: 'vserver', memoryMib: 64, x: 0, y: 0 },
    { name: 'b', kind: 'host', x: 0, y: 0 },
  ],
  [
    { from: 'a', to: 'r' },
    { from: 'r', to: 'b' },
  ],
)

async function apply(
  withSlice: boolean,
  patch: Partial<VirtualHost> = {},
  control: Record<string, Partial<HostControl>> = {},
) {
  const { substrate, underlays } = ringSubstrate(1)
  const active = activeSlice('v', topology, substrate, 1)
  active.topology = { ...topology, hosts: topology.hosts.map((host) => ({ ...host, ...patch })) }
  const hostUidBases = new Map([
    ['a', 65_536 * 100],
    ['r', 65_536 * 101],
  ])
  const plans = withSlice ? [planSlice({ ...active, hostUidBases }, underlays)] : []
  generation++
  const controls = new Map(Object.entries(control).map(([host, change]) => [host, { ...NO_CONTROL, ...change }]))
  const options = { idle: true, controls: new Map([['res-v', controls]]) }
  const spec = { ...compileNodeSpec('n0' as SubstrateNodeId, plans, underlays, options), generation }
  const taken = await connection.apply(JSON.stringify(spec))
  if (!taken.ok) throw new Error(taken.problem.message)
  return allUp()
}

/** What the agent has to say is told where it did not come to be as it should. */
async function agentLog(): Promise<string> {
  return boxed.inNode(NODE, ['tail', '--lines=20', '/var/lib/myvini/agent.log'])
}

const allUp = () =>
  eventually('everything being up', async () => {
    const report = await connection.observe()
    if (!report.ok || !report.value.settled || report.value.generation !== generation) return null
    const parts = report.value.slivers.flatMap((s) => [...Object.values(s.hosts), ...Object.values(s.links)])
    const failed = parts.find((p) => p.state === 'failed')
    if (failed) throw new Error(failed.reason)
    return parts.every((p) => p.state === 'up' || p.state === 'stopped')
  }).catch(async (error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${await agentLog()}`, { cause: error })
  })

/** As a person would at a terminal: through what the forced command is given for that host, as the forced command does. */
async function inside(host: string, script: string): Promise<string> {
  const key = `res-v-${host}`
  const find = `mkdir -p -m 700 ${FOLDER}/${key}/home; cat /run/myvini/hosts/${key}/enter`
  const enter = (await boxed.inNode(NODE, ['sh', '-c', find])).trim().split('\n')
  const args = enter.slice(0, enter.indexOf('--') + 1)
  const trellis = '/var/lib/myvini/agent/current/trellis'
  return (await boxed.inNode(NODE, [trellis, 'enter', ...args, 'sh', '-c', script])).trim()
}

async function savedFiles(key: string): Promise<Buffer> {
  const opened = await connection.openFiles(key)
  if (!opened.ok) throw new Error(opened.problem.message)
  const parts: Buffer[] = []
  opened.value.onData((data) => void parts.push(data))
  return new Promise((resolve, reject) =>
    opened.value.onEnd((code, reason) => (code === 0 ? resolve(Buffer.concat(parts)) : reject(new Error(reason)))),
  )
}

beforeAll(async () => {
  connection = await boxed.connect(NODE)
  await apply(true)
}, 60_000)
afterAll(() => connection?.close())

describe.skipIf(NO_CONTAINERS !== null)('a virtual host of class vserver', () => {
  test('is offered by a node that can have it', async () => {
    const hello = await connection.hello()
    expect(hello.ok && hello.value.capabilities).toContain('vserver')
  })

  test('has its own name, files, processes and users; its root is nobody on the node', async () => {
    expect(await inside('a', 'hostname; id -u; cat /etc/hostname')).toBe('a\n0\na')
    expect(await inside('a', 'cat /etc/hosts')).toMatch(/ r\n.* b$/s)
    expect((await inside('a', 'cat /proc/self/uid_map')).split(/\s+/)).toEqual(['0', String(65_536 * 100), '65536'])
    expect((await inside('r', 'cat /proc/self/uid_map')).split(/\s+/)).toEqual(['0', String(65_536 * 101), '65536'])
    expect(await inside('a', 'cat /proc/1/comm; ls /proc | grep -c "^[0-9]"')).toMatch(/^init\n[2-6]$/)
    expect(await inside('a', 'stat -c "%u:%g" / /usr /usr/bin/ip /etc/passwd | sort -u')).toBe('0:0')
    expect(await inside('a', 'touch /etc/mine /root/mine /var/lib/mine && ls /etc/mine')).toBe('/etc/mine')
    expect(await inside('r', 'ls /etc/mine 2>&1; touch /usr/x 2>&1; true')).toMatch(/No such file.*Read-only/s)
  })

  test('reaches others over its links, through a router that is a container too', async () => {
    expect(await inside('a', 'ping -c 2 -i 0.05 -W 2 b')).toMatch(/ 0% packet loss/)
  })

  test('is refused what no virtual host needs', async () => {
    const refused = await inside(
      'a',
      'unshare -U true; unshare -n true; mount -t tmpfs x /mnt; nsenter -t 1 -n true; dmesg; mknod /x b 8 0; date -s 2020-01-01; grep -E "NoNewPrivs|Seccomp:" /proc/1/status; true',
    )
    expect(refused).toMatch(/NoNewPrivs:\s*1\nSeccomp:\s*2/)
  })

  test('comes back when it is killed, and its links with it', async () => {
    await inside('r', 'echo kept > /root/note')
    const pid = (await boxed.inNode(NODE, ['readlink', '/run/myvini/containers/res-v-r'])).split(' ')[0] ?? ''
    const before = await inside('r', 'ip -o link show eth0')
    await boxed.inNode(NODE, ['kill', '-9', pid])
    await eventually('another container', async () => {
      const record = await boxed.inNode(NODE, ['readlink', '/run/myvini/containers/res-v-r'])
      return !record.startsWith(`${pid} `)
    })
    await allUp()
    expect(await inside('r', 'cat /root/note')).toBe('kept')
    expect(await inside('r', 'ip -o link show eth0')).toBe(before)
    expect(await inside('a', 'ping -c 2 -i 0.05 -W 2 b')).toMatch(/ 0% packet loss/)
    const report = await connection.observe()
    expect(report.ok && report.value.drift.map((d) => d.what).join()).toMatch(/container of res-v-r had ended/)
  })

  test('has its files and runs its commands when it starts; one that never returns is ended, and floods nothing', async () => {
    await apply(true, {
      files: [{ path: '/root/deep/er/hello', content: "it's here\n", executable: false }],
      commands: [
        { command: 'cat /root/deep/er/hello; echo "$HOME" \'quoted\'', timeoutS: 5 },
        { command: 'sleep 100', timeoutS: 1 },
        { command: 'yes | head -c 3000000; exit 3', timeoutS: 10 },
      ],
    })
    await eventually('the last command', async () =>
      /exit 124/.test(await inside('a', 'head -c 2000 /var/log/start-up.log')),
    )
    expect(await inside('a', 'head -c 200 /var/log/start-up.log')).toMatch(/it's here\n\/root quoted\n\(exit 0\)\n/)
    expect(Number(await inside('a', 'stat -c %s /var/log/start-up.log'))).toBeLessThanOrEqual(1024 * 1024)
    const startUp = await eventually('the node to report how it ended', async () => {
      const report = await connection.observe()
      const part = report.ok ? report.value.slivers[0]?.hosts['res-v-a'] : undefined
      return part?.state === 'up' && part.startUp?.done ? part.startUp : null
    })
    expect(startUp.files).toEqual([])
    expect(startUp.commands.map((c) => c.code)).toEqual([0, 124, 3])
    expect(startUp.commands[0]?.output).toMatch(/it's here\n\/root quoted\n\(exit 0\)$/)
    await apply(true)
    const after = await connection.observe()
    expect(after.ok && after.value.slivers[0]?.hosts['res-v-a']).toEqual({ state: 'up' })
  })

  test('stopped by a person it forwards nothing and lets nobody in; started again all is as before', async () => {
    await inside('r', 'echo kept > /root/note; ip address add 192.0.2.1/32 dev lo')
    await apply(true, {}, { r: { isOff: true }, b: { isOff: true } })
    expect(await inside('a', 'ping -c 1 -W 1 r; true')).toMatch(/ 100% packet loss/)
    for (const host of ['r', 'b']) await expect(inside(host, 'true')).rejects.toThrow(/No such file/)
    await apply(true)
    expect(await inside('r', 'cat /root/note')).toBe('kept')
    expect(await inside('a', 'ping -c 2 -i 0.05 -W 2 b')).toMatch(/ 0% packet loss/)
  })

  test('starts as any other while helpers of trellis end, which are children of it as well', async () => {
    const helper = async () => (await boxed.inNode(NODE, ['sh', '-c', 'pgrep -f "^trellis paths" || true'])).trim()
    const endedByThemselves = async () => {
      const report = await connection.observe()
      if (!report.ok) throw new Error(report.problem.message)
      return report.value.drift.filter((d) => /container/.test(d.what))
    }
    const ending = 'for i in $(seq 60); do pgrep -f "^trellis paths" | xargs -r kill -9; sleep 0.01; done'
    await apply(true, {}, { a: { isOff: true }, r: { isOff: true } })
    const [helperBefore, before] = [await helper(), await endedByThemselves()]
    expect(helperBefore).toMatch(/^\d+$/)
    const helpersEnd = boxed.inNode(NODE, ['sh', '-c', ending])
    await apply(true)
    for (const starts of [1, 2, 3]) await apply(true, {}, { a: { starts }, r: { starts } })
    await helpersEnd
    expect(await endedByThemselves()).toEqual(before)
    expect(await inside('a', 'ping -c 2 -i 0.05 -W 2 b')).toMatch(/ 0% packet loss/)
    const after = await eventually('another helper', async () => {
      const found = await helper()
      return /^\d+$/.test(found) && found
    })
    expect(after).not.toBe(helperBefore)
  })

  test('restarted it has the same disk, reset it has a fresh one, and the old one is still there to go back to', async () => {
    const boots = () => boxed.inNode(NODE, ['readlink', '/run/myvini/containers/res-v-r'])
    await inside('r', 'echo kept > /root/note')
    const before = await boots()
    await apply(true, {}, { r: { starts: 1 } })
    expect(await boots()).not.toBe(before)
    expect(await inside('r', 'cat /root/note')).toBe('kept')
    await apply(true, {}, { r: { starts: 1, state: 1 } })
    expect(await inside('r', 'ls /root/note 2>&1; true')).toMatch(/No such file/)
    await apply(true, {}, { r: { starts: 1, state: 0, stateBefore: 1 } })
    expect(await inside('r', 'cat /root/note')).toBe('kept')
    // The one given up goes with the next reset; what an undo would give back stays.
    await apply(true, {}, { r: { starts: 1, state: 2, stateBefore: 0 } })
    const disks = await boxed.inNode(NODE, ['ls', `${FOLDER}/res-v-r/state`])
    expect(disks.trim().split('\n')).toEqual(['0', '2'])
    await apply(true, {}, { r: { starts: 1, state: 0, stateBefore: 2 } })
    expect(await inside('r', 'cat /root/note')).toBe('kept')
    expect(await inside('a', 'ping -c 2 -i 0.05 -W 2 b')).toMatch(/ 0% packet loss/)
    await apply(true)
  })

  test('is saved as an archive of its own files alone, and another starts from that', async () => {
    await inside('a', 'echo mine > /root/mine; chown 7:7 /root/mine; ln -s /etc/shadow /root/out; mkfifo /run/pipe')
    const archive = await savedFiles('res-v-a')
    const names = execFileSync('tar', ['-tf', '-'], { input: archive }).toString().split('\n')
    expect(names).toEqual(expect.arrayContaining(['./root/mine', './root/out', './usr/', './dev/', './run/']))
    expect(names.filter((n) => /^\.\/(usr|proc|sys|dev|run)\/./.test(n) || n === './etc/hosts')).toEqual([])
    const hash = createHash('sha256').update(archive).digest('hex')
    expect(await connection.sendImage(hash, Readable.from([gzipSync(archive)]))).toEqual({ ok: true, value: null })
    // Its /usr is the node's again: none came with it.
    await apply(true, {}, { r: { state: 7, image: hash } })
    expect(
      await inside('r', 'cat /root/mine; stat -c %u:%g /root/mine; readlink /root/out; ls /usr/bin/ip; hostname'),
    ).toBe('mine\n7:7\n/etc/shadow\n/usr/bin/ip\nr')
    expect(await inside('a', 'ping -c 2 -i 0.05 -W 2 b')).toMatch(/ 0% packet loss/)
    await expect(savedFiles('res-v-b')).rejects.toThrow(/not on this node/)
    await expect(savedFiles('../res-v-a')).rejects.toThrow(/not the key/)
    await apply(true)
  })

  describe.each(['a', 'b'])('has limits, also where it is a network stack only (%s)', (host) => {
    const group = (controller: string, file: string) =>
      `/sys/fs/cgroup/${controller}/myvini-box${boxed.box.layout.index}/${NODE}/res-v-${host}/${file}`
    const read = async (controller: string, file: string) =>
      (await boxed.inNode(NODE, ['cat', group(controller, file)])).trim()
    /** Percent of one processor, over a second in which it wants all it can get. */
    const sharePct = async () => {
      const before = Number(await read('cpuacct', 'cpuacct.usage'))
      const started = process.hrtime.bigint()
      await inside(host, 'timeout 1 sh -c "while :; do :; done"; true')
      const after = Number(await read('cpuacct', 'cpuacct.usage'))
      return ((after - before) / Number(process.hrtime.bigint() - started)) * 100
    }

    test('of the processors, which change while it runs', async () => {
      await apply(true, { cpuPercent: 20, cpuCapped: true })
      await inside(host, 'true') // its cgroup is made with the first process
      // The share has no least here: this machine is busy with other things. What is reserved is measured by a benchmark.
      expect(await sharePct()).toBeLessThan(22)
      expect(await read('cpu', 'cpu.cfs_quota_us')).toBe('20000')
      const processes = await read('pids', 'cgroup.procs')
      await apply(true, { cpuPercent: 150 })
      expect(await read('cpu', 'cpu.cfs_quota_us')).toBe('-1')
      expect(await read('cpu', 'cpu.shares')).toBe('1536')
      expect(await read('pids', 'cgroup.procs')).toBe(processes)
    })

    test('of memory and processes: a bomb goes off inside', async () => {
      await apply(true, { memoryMib: 40, processes: 40 })
      expect(await inside(host, 'perl -e \'$x = "x" x 200_000_000; print "had it"\'; echo code-$?')).toMatch(/code-137/)
      const forks = await inside(
        host,
        'perl -e \'for (1..200) { my $p = fork; if (!defined $p) { print "no-$_"; last } if (!$p) { sleep 3; exit } }\'',
      )
      expect(Number(/no-(\d+)/.exec(forks)?.[1])).toBeLessThan(41)
      await apply(true)
    })
  })

  test('leaves nothing behind when its slice is gone', async () => {
    await apply(false)
    expect(await boxed.inNode(NODE, ['sh', '-c', `ls ${FOLDER} /run/myvini/containers /run/myvini/crun`])).not.toMatch(
      /res-v/,
    )
    expect(await boxed.inNode(NODE, ['sh', '-c', 'ps ax | grep -c "[t]rellis pause"; true'])).toMatch(/^0/)
  })
})
