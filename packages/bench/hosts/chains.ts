// Chains of hosts through the whole of an installation: portal, database, controller, SSH, agents, kernel; and Mininet's
// chain of the same length on the same machine, turn by turn.
import { type Figure, median } from '../figure'
import type { BenchOptions } from '../main'
import { settled } from '../settled'
import { chainOf } from './chain'
import type { Installation } from './installation'
import { runMininet } from './mininet'
import { bringUp, type SliceWatch, takeDown } from './slice-timing'

/** Rounds that are not counted. */
const WARM_UP = 5

interface Rounds {
  up: number[]
  down: number[]
  peerUp: number[]
  peerDown: number[]
}

async function run(installation: Installation, watch: SliceWatch, hosts: number, rounds: number, o: BenchOptions) {
  const { portal, projectId } = installation
  const topology = chainOf({ hosts })
  const times: Rounds = { up: [], down: [], peerUp: [], peerDown: [] }
  const once = async () => {
    const running = await bringUp(portal, watch, projectId, topology)
    return { upS: running.upS, downS: await takeDown(portal, watch, running) }
  }
  // Programs that run for weeks are compiled by the first times they do a thing.
  for (let round = 0; round < WARM_UP; round++) await once()
  for (let round = 1; round <= rounds; round++) {
    const { upS, downS } = await once()
    await settled()
    const peer = await runMininet(hosts)
    await settled()
    times.up.push(upS)
    times.down.push(downS)
    times.peerUp.push(peer.upS)
    times.peerDown.push(peer.downS)
    o.log(
      `${hosts} netns, round ${round} of ${rounds}: up ${upS.toFixed(2)} s, down ${downS.toFixed(2)} s; ` +
        `Mininet up ${peer.upS.toFixed(2)} s, down ${peer.downS.toFixed(2)} s`,
    )
  }
  return times
}

export async function measureChains(
  installation: Installation,
  watch: SliceWatch,
  wanted: ReadonlySet<string>,
  options: BenchOptions,
): Promise<Figure[]> {
  const figure = (id: string, values: number[], peer: number[], goal: string, method: string): Figure => ({
    ...{ id, value: median(values), unit: 's', baseline: median(peer), goal, n: values.length, method },
  })
  const figures: Figure[] = []
  const through =
    'portal’s API, database, SSH, 4 boxed nodes, after five rounds that are not counted; median; baseline: Mininet, turn by turn'
  if (wanted.has('up_100_netns_s') || wanted.has('down_100_netns_s')) {
    const t = await run(installation, watch, 100, options.quick ? 5 : 11, options)
    figures.push(
      figure('up_100_netns_s', t.up, t.peerUp, '≤ 1.0 (0.4)', `chain of 100, ${through}`),
      figure('down_100_netns_s', t.down, t.peerDown, '≤ 0.3 (0.1)', `the same torn down; ${through}`),
    )
  }
  if (wanted.has('up_1000_netns_s')) {
    const t = await run(installation, watch, 1000, options.quick ? 1 : 3, options)
    figures.push(figure('up_1000_netns_s', t.up, t.peerUp, '≤ 6 (3)', `chain of 1,000, ${through}`))
  }
  return figures
}
