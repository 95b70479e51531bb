// Can the question be asked at all? What is not an amount or names what does not exist is refused before any search.
import type { Subject } from '../../result'
import type { Substrate } from '../../substrate/substrate'
import { NODE_AMOUNTS } from '../../substrate/usage'
import type { EmbeddingProblem } from '../embedding'
import type { EmbeddingRequest, RequestedNode } from '../request'

type Rule = (request: EmbeddingRequest, substrate: Substrate) => EmbeddingProblem | null

function never(code: string, message: string, hint: string, parts: readonly string[], subject?: Subject) {
  const problem: EmbeddingProblem = {
    code: `embedding.${code}`,
    when: 'never',
    message,
    hint,
    parts,
    cut: null,
    proven: true,
    ...(subject && { subject }),
  }
  return problem
}

const subjectOf = (node: RequestedNode): Subject => ({ kind: node.kind, id: node.id })

const isAmount = (value: number) => Number.isFinite(value) && value >= 0

const amounts: Rule = ({ nodes, links }) => {
  const node = nodes.find((n) => !NODE_AMOUNTS.every((amount) => isAmount(n[amount])))
  if (node)
    return never(
      'bad-amount',
      `${node.name} asks for an amount of CPU, memory, disk or slots that is not a number of 0 or more.`,
      'Give it an amount that can be measured.',
      [node.id],
      subjectOf(node),
    )
  const link = links.find((l) => !isAmount(l.capacityMbps) || (l.maxDelayMs !== null && !isAmount(l.maxDelayMs)))
  return link
    ? never(
        'bad-amount',
        `The link ${link.name} asks for a bandwidth or delay that is not a number of 0 or more.`,
        'Give it a bandwidth in Mbit/s and a delay in ms.',
        [link.id],
        { kind: 'link', id: link.id },
      )
    : null
}

const uniqueIds: Rule = ({ nodes, links }) => {
  for (const things of [nodes, links]) {
    const seen = new Set<string>()
    for (const { id, name } of things) {
      if (seen.has(id))
        return never('duplicate', `Two parts of the request have the id of ${name}.`, 'Remove one of them.', [id])
      seen.add(id)
    }
  }
  return null
}

const ends: Rule = ({ nodes, links }) => {
  const known = new Set(nodes.map(({ id }) => id))
  const loose = links.find(({ a, b }) => !known.has(a) || !known.has(b))
  return loose
    ? never(
        'loose-link',
        `The link ${loose.name} leads to a host or LAN that is not part of the request.`,
        'Remove the link, or add what it should lead to.',
        [loose.id],
        { kind: 'link', id: loose.id },
      )
    : null
}

const somewhere: Rule = ({ nodes }, substrate) =>
  nodes.length > 0 && substrate.nodes.length === 0
    ? never(
        'no-substrate',
        'There is no substrate node yet.',
        'An admin can enrol one.',
        nodes.slice(0, 1).map(({ id }) => id),
      )
    : null

const some = (names: Iterable<string>) => {
  const all = [...new Set(names)].toSorted()
  return `${all.slice(0, 5).join(', ')}${all.length > 5 ? ` and ${all.length - 5} more` : ''}`
}

const pins: Rule = ({ nodes }, substrate) => {
  const names = new Set(substrate.nodes.map((node) => node.name))
  const sites = new Set(substrate.nodes.map((node) => node.site))
  for (const wanted of nodes) {
    const { pin } = wanted
    if (pin?.kind === 'node' && !names.has(pin.node))
      return {
        ...never(
          'pin-unknown',
          `${wanted.name} is pinned to the node ${pin.node}, which does not exist.`,
          `Pin it to one of ${some(names)}, or remove the pin.`,
          [wanted.id],
          subjectOf(wanted),
        ),
        change: { kind: 'unpin', id: wanted.id },
      }
    if (pin?.kind === 'site' && !sites.has(pin.site))
      return {
        ...never(
          'pin-unknown',
          `${wanted.name} is pinned to the site ${pin.site}, which does not exist.`,
          `Pin it to one of ${some(sites)}, or remove the pin.`,
          [wanted.id],
          subjectOf(wanted),
        ),
        change: { kind: 'unpin', id: wanted.id },
      }
  }
  return null
}

const RULES: readonly Rule[] = [amounts, uniqueIds, ends, somewhere, pins]

/** Null where the question makes sense. */
export function badInput(request: EmbeddingRequest, substrate: Substrate): EmbeddingProblem | null {
  for (const rule of RULES) {
    const problem = rule(request, substrate)
    if (problem) return problem
  }
  return null
}
