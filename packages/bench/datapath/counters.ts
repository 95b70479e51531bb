// How long does it take to read the counters of a node with 4,000 links? Asked as the agent asks: one line in, one line out.
import { Lab } from '../../../kernel/tests/lab'
import { join, meet, tunnel } from '../../../kernel/tests/parts'
import { median } from '../figure'
import type { Part } from './part'

const LINKS = 4000
const KEY = 1_000_000

export const counters: Part = {
  ids: ['stats_4000_links_ms'],
  async measure(_, { quick, log }) {
    const lab = new Lab()
    const node = await lab.node('n')
    const other = await lab.node('m')
    lab.connect(node, other, '192.0.2')
    await meet(node, other, 'm', '192.0.2')
    // What passes a node as a relay has two ends on it, as a link between two of its hosts has.
    const relays = Array.from({ length: LINKS }, (_, i) => join(`link-${i}`, tunnel('m', 1 + i), tunnel('m', KEY + i)))
    await node.trellis.do(...relays.flat())
    const rounds: number[] = []
    for (let round = 0; round < (quick ? 11 : 101); round++) {
      const began = performance.now()
      const { tunnels } = await node.trellis.one({ op: 'stats' })
      rounds.push(performance.now() - began)
      const found = Array.isArray(tunnels) ? tunnels.length : 0
      if (found !== 2 * LINKS) throw new Error(`${found} ends were told, not ${2 * LINKS}`)
    }
    await lab.end()
    log(`counters of ${LINKS} links: ${median(rounds).toFixed(1)} ms`)
    return [
      {
        ...{ id: 'stats_4000_links_ms', value: median(rounds), unit: 'ms', baseline: null, goal: '≤ 50' },
        ...{ n: rounds.length, method: `wall time of one stats request, ${2 * LINKS} ends, JSON read included` },
      },
    ]
  },
}
