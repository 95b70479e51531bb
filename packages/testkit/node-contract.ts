// What every substrate node must do, simulated or real: the same tests for both (decision 9).
import { compileNodeSpec, planSlice } from '@myvini/core/desired/compile'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { NodeReport } from '@myvini/core/desired/report'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { buildTopology } from '@myvini/core/topology/build'
import type { NodeConnection } from '@myvini/transport/node-connection'
import { describe, expect, test } from 'vitest'
import { eventually } from './eventually'

const NODE = 'n0' as SubstrateNodeId

/** Two hosts and a LAN on one node alone: no neighbour is needed, so one node can be tested by itself. */
function specText(generation: number, names: readonly string[]): string {
  const { substrate, underlays } = ringSubstrate(1)
  const topology = buildTopology(
    [{ name: 'lan', kind: 'lan', x: 0, y: 0 }, ...names.map((name) => ({ name, kind: 'host' as const, x: 0, y: 0 }))],
    names.map((name) => ({ from: name, to: 'lan' })),
  )
  const plans = names.length === 0 ? [] : [planSlice(activeSlice('c', topology, substrate, 1), underlays)]
  return JSON.stringify({ ...compileNodeSpec(NODE, plans, underlays), generation })
}

const partsOf = (report: NodeReport) =>
  report.slivers.flatMap((s) => [...Object.values(s.hosts), ...Object.values(s.links)])

/** `connect` gives a connection to the same node each time; the node is fresh before the first. */
export function describeNode(what: string, connect: () => Promise<NodeConnection>) {
  const settled = (connection: NodeConnection, generation: number) =>
    eventually(`generation ${generation} being settled`, async () => {
      const report = await connection.observe()
      return report.ok && report.value.generation === generation && report.value.settled ? report.value : null
    })

  describe(what, () => {
    test('says what it is and can do', async () => {
      const hello = await (await connect()).hello()
      expect(hello.ok && hello.value.capabilities).toContain('netns')
      expect(hello.ok && hello.value.generation).toBe(0)
      // Of a full file system there is nothing left for hosts, which is said as well.
      expect(hello.ok && hello.value.diskMib).toBeGreaterThanOrEqual(0)
    })

    test('brings up what the spec says and reports each part', async () => {
      const connection = await connect()
      const seen: NodeReport[] = []
      connection.onReport((report) => seen.push(report))
      expect(await connection.apply(specText(1, ['a', 'b']))).toEqual({ ok: true, value: { generation: 1 } })
      const report = await settled(connection, 1)
      expect(partsOf(report).map((p) => p.state)).toEqual(['up', 'up', 'up', 'up', 'up'])
      await eventually(
        'the report being told without asking',
        () => seen.at(-1)?.generation === 1 && seen.at(-1)?.settled === true,
      )
      expect(seen.every((r, i) => r.generation >= (seen[i - 1]?.generation ?? 0))).toBe(true)
    })

    test('takes the same spec again as no news', async () => {
      const connection = await connect()
      expect(await connection.apply(specText(1, ['a', 'b']))).toEqual({ ok: true, value: { generation: 1 } })
      expect(partsOf(await settled(connection, 1))).toHaveLength(5)
    })

    test('refuses an older one, other content under the same number, and what is no spec', async () => {
      const connection = await connect()
      await connection.apply(specText(3, ['a']))
      const code = async (text: string) => {
        const result = await connection.apply(text)
        return result.ok ? 'accepted' : result.problem.code
      }
      expect(await code(specText(2, ['a']))).toBe('spec.older')
      expect(await code(specText(3, ['a', 'b']))).toBe('spec.changed')
      expect(await code('{"generation":4}')).toBe('spec.invalid')
      expect(partsOf(await settled(connection, 3))).toHaveLength(3)
    })

    test('tells whoever connects anew how it stands', async () => {
      const connection = await connect()
      const seen: NodeReport[] = []
      connection.onReport((report) => seen.push(report))
      await eventually('the last report', () => seen.some((r) => r.generation === 3 && r.settled))
    })

    test('is empty again after an empty spec', async () => {
      const connection = await connect()
      await connection.apply(specText(4, []))
      expect((await settled(connection, 4)).slivers).toEqual([])
    })

    test('says so when a terminal is asked for a host that is not there', async () => {
      const opened = await (await connect()).openTerminal({ host: 'gone', session: 's', columns: 80, rows: 24 })
      if (!opened.ok) return expect(opened.problem.code).toBe('terminal.no-host')
      // A real node finds out on its own side: the terminal says so and ends.
      const text: string[] = []
      opened.value.onData((data) => text.push(data.toString()))
      const code = await new Promise((resolve) => opened.value.onEnd(resolve))
      expect(code).not.toBe(0)
      expect(text.join('')).toContain('not on this node')
    })
  })
}
