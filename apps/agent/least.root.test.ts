// Does a container start with the least that any image is said to need (core/images/needs.ts), and is one with less refused?
import { compileNodeSpec, planSlice } from '@myvini/core/desired/compile'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { LEAST } from '@myvini/core/images/needs'
import { execRequest } from '@myvini/core/inside/request'
import { buildTopology } from '@myvini/core/topology/build'
import { useBox } from '@myvini/testkit/boxed'
import { eventually } from '@myvini/testkit/eventually'
import { askInside } from '@myvini/testkit/inside'
import { NO_CONTAINERS } from '@myvini/testkit/no-containers'
import type { NodeConnection } from '@myvini/transport/node-connection'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const boxed = useBox(1)
let connection: NodeConnection
let generation = 0

beforeAll(async () => {
  connection = await boxed.connect('chicago-1')
}, 60_000)
afterAll(() => connection?.close())

/** A host and its neighbour, both with so much. */
function specOf(has: { memoryMib: number; diskMib: number; processes: number }) {
  const drawn = buildTopology(
    ['a', 'b'].map((name) => ({ name, kind: 'host' as const, class: 'vserver' as const, x: 0, y: 0 })),
    [{ from: 'a', to: 'b' }],
  )
  const files = [{ path: '/root/given', content: 'x'.repeat(65_536), executable: false }]
  const topology = { ...drawn, hosts: drawn.hosts.map((host) => ({ ...host, ...has, files })) }
  const { substrate, underlays } = ringSubstrate(1)
  const active = activeSlice('least', topology, substrate, 1)
  const hostUidBases = new Map([
    ['a', 65_536 * 100],
    ['b', 65_536 * 101],
  ])
  const plan = planSlice({ ...active, hostUidBases }, underlays)
  return JSON.stringify({
    ...compileNodeSpec('n0' as SubstrateNodeId, [plan], underlays),
    generation: ++generation,
  })
}

describe.skipIf(NO_CONTAINERS !== null)('a virtual host of class vserver', () => {
  test.each([
    ['memoryMib', 'limits.memoryMib: 15 MiB of memory, and a vserver does not start with less than 16'],
    ['processes', 'limits.processes: 15 processes, and a vserver does not start with less than 16'],
    ['diskMib', 'diskMib: 15 MiB of disk, and a vserver does not start with less than 16'],
  ] as const)('with less %s than any image needs is refused by the node, with the field named', async (field, told) => {
    const refused = await connection.apply(specOf({ ...LEAST, [field]: LEAST[field] - 1 }))
    expect(refused.ok ? null : refused.problem).toMatchObject({
      code: 'spec.invalid',
      message: expect.stringContaining(told),
      subject: { kind: 'host', id: 'res-least-a' },
    })
    expect(refused.ok ? '' : refused.problem.message).toMatch(/^The spec is not valid at host a of /)
    const report = await connection.observe()
    expect(report.ok && report.value.slivers).toEqual([])
  })

  test('with just as much starts, has its files, takes a command, and reaches its neighbour', async () => {
    const taken = await connection.apply(specOf(LEAST))
    expect(taken.ok ? null : taken.problem).toBeNull()
    await eventually(
      'both being up',
      async () => {
        const report = await connection.observe()
        if (!report.ok || !report.value.settled) return null
        const parts = report.value.slivers.flatMap((s) => [...Object.values(s.hosts), ...Object.values(s.links)])
        const failed = parts.find((p) => p.state === 'failed')
        if (failed) throw new Error(failed.reason)
        return parts.length > 0 && parts.every((p) => p.state === 'up')
      },
      30_000,
    )
    for (const host of ['a', 'b']) {
      const said = await askInside(
        connection,
        `res-least-${host}`,
        execRequest(
          `wc -c < /root/given; ping -q -c 1 -W 2 ${host === 'a' ? 'b' : 'a'} | grep -c " 0% packet loss"`,
          30,
        ),
      )
      expect({ out: said.stdout.toString(), err: said.stderr, code: said.end?.exitCode }).toEqual({
        ...{ out: '65536\n1\n', err: '', code: 0 },
      })
    }
  })
})
