// What people and programs do to a node that they should not: it answers in words, and stays as it was.
import { connect } from 'node:net'
import { LONGEST_LINE_BYTES } from '@myvini/core/desired/channel'
import { compileNodeSpec, planSlice } from '@myvini/core/desired/compile'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { NodeReport } from '@myvini/core/desired/report'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { buildTopology } from '@myvini/core/topology/build'
import { useBox } from '@myvini/testkit/boxed'
import { eventually } from '@myvini/testkit/eventually'
import type { NodeConnection } from '@myvini/transport/node-connection'
import { beforeAll, describe, expect, test } from 'vitest'

const boxed = useBox(1)
const NODE = 'n0' as SubstrateNodeId
let node = ''
let connection: NodeConnection

/** So many hosts on one LAN. */
function specOf(generation: number, hosts: number) {
  const { substrate, underlays } = ringSubstrate(1)
  const names = Array.from({ length: hosts }, (_, i) => `h${i}`)
  const topology = buildTopology(
    [{ name: 'lan', kind: 'lan', x: 0, y: 0 }, ...names.map((name) => ({ name, kind: 'host' as const, x: 0, y: 0 }))],
    names.map((name) => ({ from: name, to: 'lan' })),
  )
  return {
    ...compileNodeSpec(NODE, [planSlice(activeSlice('b', topology, substrate, 1), underlays)], underlays),
    generation,
  }
}

const partsOf = (report: NodeReport) =>
  report.slivers.flatMap((s) => [...Object.values(s.hosts), ...Object.values(s.links)])

const settled = (generation: number, c = () => connection) =>
  eventually(
    `generation ${generation} being settled`,
    async () => {
      const report = await c().observe()
      return report.ok && report.value.generation === generation && report.value.settled ? report.value : null
    },
    20_000,
  )

const inNode = (script: string) => boxed.inNode(node, ['sh', '-c', script])
/** The most memory that the agent has had at once since it began, in MiB (proc_pid_status(5)). */
const peakMib = async () => {
  const status = await inNode('cat /proc/$(cat /run/myvini/agent.pid)/status')
  const [, kib] = /VmHWM:\s+(\d+) kB/.exec(status) ?? []
  if (kib === undefined) throw new Error(`no VmHWM in ${status}`)
  return Number(kib) / 1024
}
const namespaces = () => inNode('ls -i /run/myvini/netns')

/** Over the agent's own socket, as whoever is on the node could; gives the codes of the answers, and "closed". */
async function say(...parts: (string | Buffer)[]): Promise<string[]> {
  const pid = await boxed.box.pidOf(node)
  const socket = connect(`/proc/${pid}/root/run/myvini/agent.sock`)
  const answers: string[] = []
  let text = ''
  return new Promise((resolve, reject) => {
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' || error.code === 'ECONNRESET' ? undefined : reject(error),
    )
    socket.on('close', () => resolve([...answers, 'closed']))
    socket.on('data', (chunk) => {
      const lines = (text + chunk.toString()).split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) {
        const said = JSON.parse(line)
        if (said.event === undefined) answers.push(said.ok ? 'ok' : said.problem.code)
      }
    })
    for (const part of parts) socket.write(part)
    socket.end()
  })
}

beforeAll(async () => {
  node = boxed.nodes[0]?.name ?? ''
  connection = await boxed.connect(node)
  const applied = await connection.apply(JSON.stringify(specOf(1, 3)))
  expect(applied).toMatchObject({ ok: true })
  expect(partsOf(await settled(1)).filter((p) => p.state !== 'up')).toEqual([])
}, 60_000)

describe('a node that is told nonsense', () => {
  test('refuses a spec of 50 MB that is none, and goes on with what it has', async () => {
    const before = await namespaces()
    const flood = { ...specOf(2, 1), slivers: [{ hosts: 'x'.repeat(50_000_000) }] }
    const refused = await connection.apply(JSON.stringify(flood))
    expect(refused.ok ? 'accepted' : refused.problem.code).toBe('spec.invalid')
    expect(refused.ok ? '' : refused.problem.message).toContain('slivers.0')
    expect(await namespaces()).toBe(before)
    expect((await connection.observe()).ok).toBe(true)
  })

  test('refuses 50 MB of start-up files, of which each may be, and names the host that has most; again and again', async () => {
    const before = await namespaces()
    const spec = specOf(2, 3)
    const [sliver] = spec.slivers
    if (!sliver) throw new Error('no sliver')
    // As many as a host may have, each as long as one may be.
    const files = Array.from({ length: 64 }, (_, i) => ({
      ...{ path: `/root/${i}`, mode: 0o644, owner: 'root', content: 'x'.repeat(262_144) },
    }))
    const hosts = sliver.hosts.map((host, i) => ({ ...host, files: i === 1 ? files : files.slice(1) }))
    const large = JSON.stringify({ ...spec, slivers: [{ ...sliver, hosts }] })
    const peaks: number[] = []
    for (let n = 0; n < 20; n++) {
      const refused = await connection.apply(large)
      expect(refused.ok ? null : refused.problem).toMatchObject({
        code: 'spec.invalid',
        message: expect.stringMatching(
          /^The spec is not valid at host h1 of .*, files: the files of this slice have 49807360 characters together, and a node takes at most 33554432\.$/,
        ),
        subject: { kind: 'host', id: sliver.hosts[1]?.key },
      })
      peaks.push(await peakMib())
    }
    process.stderr.write(`20 specs of 50 MB: the agent had ${peaks.map((p) => p.toFixed(0)).join(', ')} MiB at most\n`)
    // A gigabyte in all. Memory is given back when it is wanted, so that a few of its like are held, never all of them.
    expect(Math.max(...peaks)).toBeLessThan(640)
    expect(await namespaces()).toBe(before)
    expect((await connection.observe()).ok).toBe(true)
  })

  test('a gigabyte on one line is passed over, and takes no more memory than the longest line', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x')
    const before = await peakMib()
    const begin = '{"id":1,"method":"apply","spec":{"slivers":[{"hosts":[{"files":[{"content":"'
    const answers = await say(begin, ...Array<Buffer>(1024).fill(piece), '\n', '{"id":2,"method":"hello"}\n')
    expect(answers).toEqual(['channel.too-long', 'ok', 'closed'])
    const after = await peakMib()
    process.stderr.write(
      `a line of 1 GB: the agent had ${before.toFixed(0)} MiB at most before, ${after.toFixed(0)} after\n`,
    )
    // What is read is held in pieces and put together once at most.
    expect(after - before).toBeLessThan((2 * LONGEST_LINE_BYTES) / 1024 / 1024 + 64)
  })

  test('holds no line that is longer than any spec, says so, and hears what comes after', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x')
    const pieces = Array<Buffer>(LONGEST_LINE_BYTES / piece.length + 2).fill(piece)
    const answers = await say('{"id":1,"method":"apply","spec":"', ...pieces, '"}\n', '{"id":2,"method":"hello"}\n')
    expect(answers).toEqual(['channel.too-long', 'ok', 'closed'])
  })

  test('answers half a line, what is no JSON and what it does not know, and hears what comes after', async () => {
    const answers = await say(
      '{"id":1,"method":"app\n',
      'null\n',
      '{"id":2,"method":"format-the-disk"}\n',
      '{"id":"x","method":"hello"}\n',
      Buffer.from([0xff, 0xfe, 0x00, 0x0a]),
      '{"id":3,"method":"hello"}\n',
    )
    expect(answers).toEqual([
      ...['channel.not-json', 'channel.bad-request', 'channel.bad-request', 'channel.bad-request', 'channel.not-json'],
      ...['ok', 'closed'],
    ])
  })

  test('lets no second agent in beside the first', async () => {
    const pid = await inNode('cat /run/myvini/agent.pid')
    await expect(inNode('/var/lib/myvini/agent/boot')).rejects.toThrow('another agent keeps /run/myvini already')
    expect(await inNode('cat /run/myvini/agent.pid')).toBe(pid)
    expect((await connection.hello()).ok).toBe(true)
  })
})

describe('a node whose ground gives way', () => {
  test('refuses a spec that it cannot keep, stays as it was, and takes it when there is room again', async () => {
    await inNode(
      'mkdir -p /tmp/small && mount -t tmpfs -o size=16m tmpfs /tmp/small && cp -a /var/lib/myvini/spec.json /tmp/small/',
    )
    // The ledger's own folder on a disk of its own: the agent's programs stay where they are.
    await inNode(
      'mkdir -p /run/was && mount --bind /var/lib/myvini /run/was && mount --move /tmp/small /var/lib/myvini && for d in agent hosts; do mkdir /var/lib/myvini/$d; mount --bind /run/was/$d /var/lib/myvini/$d; done',
    )
    const before = await namespaces()
    await inNode('cat /dev/zero > /var/lib/myvini/ballast 2> /dev/null || true')
    const refused = await connection.apply(JSON.stringify(specOf(5, 4)))
    expect(refused.ok ? 'accepted' : refused.problem.code).toBe('spec.not-kept')
    expect(refused.ok ? '' : refused.problem.message).toMatch(/Generation 5 .*spec.json: ENOSPC.*stays at generation 1/)
    expect(await namespaces()).toBe(before)
    // Killed now, it comes back as what it was.
    await inNode('kill -9 $(cat /run/myvini/agent.pid)')
    connection = await eventually('the agent being back', () => boxed.connect(node).catch(() => null), 20_000)
    expect((await settled(1)).slivers).toHaveLength(1)
    expect(await namespaces()).toBe(before)
    await inNode('rm /var/lib/myvini/ballast')
    expect(await connection.apply(JSON.stringify(specOf(5, 4)))).toEqual({ ok: true, value: { generation: 5 } })
    expect(partsOf(await settled(5)).filter((p) => p.state !== 'up')).toEqual([])
    await inNode(
      'umount /var/lib/myvini/agent /var/lib/myvini/hosts; cp /var/lib/myvini/spec.json /run/was/; umount -l /var/lib/myvini',
    )
  })

  test('whose run folder is emptied can be reached again, has its files again, and what it hosts never noticed', async () => {
    const before = await namespaces()
    const [derived, owners] = await Promise.all(['hosts', 'owners'].map((f) => inNode(`ls /run/myvini/${f}`)))
    expect(owners).not.toBe('')
    await inNode('rm -rf /run/myvini/* 2> /dev/null || true')
    const again = await eventually('a controller coming in', () => boxed.connect(node).catch(() => null), 20_000)
    expect(partsOf(await settled(5, () => again)).filter((p) => p.state !== 'up')).toEqual([])
    expect(await namespaces()).toBe(before)
    await eventually('the files of its hosts', async () => (await inNode('ls /run/myvini/hosts')) === derived)
    await eventually('the ids of its owners', async () => (await inNode('ls /run/myvini/owners')) === owners)
    const applied = await again.apply(JSON.stringify(specOf(6, 2)))
    expect(applied).toEqual({ ok: true, value: { generation: 6 } })
    expect(partsOf(await settled(6, () => again)).filter((p) => p.state !== 'up')).toEqual([])
    expect((await namespaces()).trim().split('\n')).toHaveLength(3)
  })
})
