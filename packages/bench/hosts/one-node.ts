// One node by itself, over SSH as a controller has it: how long does a look at it take when it is full, and how soon has
// it everything back after a power cut?
import { compileNodeSpec, planSlice } from '@myvini/core/desired/compile'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { NodeReport } from '@myvini/core/desired/report'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { buildTopology } from '@myvini/core/topology/build'
import type { Topology } from '@myvini/core/topology/topology'
import { type OpenBoxed, openBoxed } from '@myvini/testkit/open-boxed'
import type { NodeConnection } from '@myvini/transport/node-connection'
import { type Figure, median } from '../figure'
import type { BenchOptions } from '../main'

const NODE = 'n0' as SubstrateNodeId // ringSubstrate's first
const PATIENCE_MS = 120_000

/** Each host joined to the next and to the one after: four interfaces a host. */
function ringOf(count: number): Topology {
  const names = Array.from({ length: count }, (_, i) => `h${i}`)
  const to = (i: number) => names[i % count] ?? ''
  const topology = buildTopology(
    names.map((name) => ({ name, kind: 'host' as const, x: 0, y: 0, cpuPercent: 1, memoryMib: 1 })),
    names.flatMap((from, i) => [1, 2].map((d) => ({ from, to: to(i + d), capacityMbps: 1 }))),
  )
  return { ...topology, routing: 'none' }
}

function specOf(topology: Topology | null, generation: number): string {
  const { substrate, underlays } = ringSubstrate(1)
  const plans = topology ? [planSlice(activeSlice('bench', topology, substrate, 1), underlays)] : []
  return JSON.stringify({ ...compileNodeSpec(NODE, plans, underlays), generation })
}

const isUp = (report: NodeReport) =>
  report.slivers.flatMap((s) => [...Object.values(s.hosts), ...Object.values(s.links)]).every((p) => p.state === 'up')

/** Until the node says that all of that generation is up; it tells by itself. */
function upWith(connection: NodeConnection, generation: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`generation ${generation} is not up after ${PATIENCE_MS / 1000} s`)),
      PATIENCE_MS,
    )
    connection.onReport((report) => {
      if (report.generation !== generation || !report.settled || !isUp(report)) return
      clearTimeout(late)
      resolve()
    })
  })
}

async function applied(connection: NodeConnection, topology: Topology | null, generation: number) {
  const done = upWith(connection, generation)
  done.catch(() => undefined) // thrown below, if the spec is taken
  const result = await connection.apply(specOf(topology, generation))
  if (!result.ok) throw new Error(result.problem.message)
  await done
}

async function observing(connection: NodeConnection, rounds: number): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < rounds; i++) {
    const from = performance.now()
    const report = await connection.observe()
    if (!report.ok) throw new Error(report.problem.message)
    times.push(performance.now() - from)
  }
  return times
}

/** From the moment the plug is back in; no controller is there until the node is asked how it stands. */
async function restoring(boxed: OpenBoxed, node: string, generation: number): Promise<number> {
  await boxed.box.powerOff(node)
  const from = performance.now()
  await boxed.box.powerOn(node)
  const connection = await boxed.connect(node)
  await upWith(connection, generation)
  connection.close()
  return (performance.now() - from) / 1000
}

export async function measureOneNode(wanted: ReadonlySet<string>, { quick, log }: BenchOptions): Promise<Figure[]> {
  const boxed = await openBoxed(1)
  const figures: Figure[] = []
  try {
    const node = boxed.nodes[0]?.name ?? ''
    const connection = await boxed.connect(node)
    if (wanted.has('observe_ms')) {
      log('bringing up 1,000 hosts with 4,000 interfaces on one node …')
      await applied(connection, ringOf(1000), 1)
      await observing(connection, 3)
      const times = await observing(connection, quick ? 7 : 25)
      figures.push({
        ...{ id: 'observe_ms', value: median(times), unit: 'ms', baseline: null, goal: '≤ 300 (100)', n: times.length },
        method: '1,000 hosts, 4,000 interfaces on one node; the kernel looked at, compared and told over SSH; median',
      })
    }
    if (wanted.has('restore_200_s')) {
      await applied(connection, ringOf(200), 2)
      const times: number[] = []
      for (let round = 0; round < (quick ? 2 : 5); round++) {
        times.push(await restoring(boxed, node, 2))
        log(`200 hosts back ${times.at(-1)?.toFixed(2)} s after the plug`)
      }
      figures.push({
        ...{ id: 'restore_200_s', value: median(times), unit: 's', baseline: null, goal: '≤ 8 (4)', n: times.length },
        method:
          'power cut and return of a boxed node with 200 hosts and 800 interfaces, sshd and agent included; median',
      })
    }
    await applied(connection, null, 3).catch(() => undefined) // the node goes with the box in any case
    connection.close()
  } finally {
    await boxed.close()
  }
  return figures
}
