import { Pill, type Tone } from '../components/state-pill'
import type { ApiOutput } from '../server/routers/types'

type Node = ApiOutput['nodes']['list'][number]

export function nodeTone(node: Pick<Node, 'health' | 'accepting'>): Tone {
  if (node.health === 'unreachable') return 'failed'
  if (node.health === 'enrolling') return 'changing'
  return node.accepting ? 'running' : 'waiting'
}

export function nodeWord(node: Pick<Node, 'health' | 'accepting'>): string {
  if (node.health === 'unreachable') return 'Unreachable'
  if (node.health === 'enrolling') return 'Enrolling'
  return node.accepting ? 'Healthy' : 'Draining'
}

export function NodePill({ node }: { node: Pick<Node, 'health' | 'accepting'> }) {
  return <Pill tone={nodeTone(node)}>{nodeWord(node)}</Pill>
}
