// Which settings of a link's emulation will not do what was meant?
import { endName, type Graph } from './graph'
import type { VirtualLink } from './topology'
import type { TopologyProblem } from './validate'

/** Nothing of it stops a booking: a link does what it is told, only perhaps not what somebody had in mind. */
export function emulationProblems(link: VirtualLink, graph: Graph): TopologyProblem[] {
  const problems: TopologyProblem[] = []
  for (const [i, one] of (link.emulation ?? []).entries()) {
    const [from, to] = i === 0 ? link.ends : [link.ends[1], link.ends[0]]
    const where = `${endName(graph, from)} → ${endName(graph, to)}`
    const warn = (code: string, message: string, hint: string) =>
      problems.push({ severity: 'warning', code, subject: { kind: 'link', id: link.id }, message, hint })
    if (one.rateMbps !== null && one.trace === null && one.rateMbps > link.capacityMbps && !link.useIdle)
      warn(
        'topology.emulation-rate',
        `${where} is to carry ${one.rateMbps} Mbit/s, and ${link.capacityMbps} are reserved for it.`,
        `Reserve ${one.rateMbps} Mbit/s, or let it use what is idle.`,
      )
    if (one.reorderPercent > 0 && one.delayMs === 0)
      warn(
        'topology.emulation-reorder',
        `${where} is to reorder frames, and has no delay in which one could overtake another.`,
        'Give it a delay of a few milliseconds.',
      )
  }
  return problems
}
