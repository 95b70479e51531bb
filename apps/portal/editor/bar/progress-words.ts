// How far is a slice that comes up or goes down, in words? What is over in a moment is not counted aloud.
import type { SliceStatus } from '../workspace-context'

type Progress = SliceStatus['progress']
type NodeProgress = Progress['nodes'][number]

/** Sooner than this nobody could read it; and a node is slow only once others would have been done long ago. */
const TELL_AFTER_MS = 1000
const SLOW_AFTER_MS = 5000

const list = (names: readonly string[]): string =>
  names.length <= 3
    ? names.join(', ').replace(/, ([^,]*)$/, ' and $1')
    : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`

const isLate = (n: NodeProgress) => n.state === 'working' || n.state === 'waiting'

function nodeText(n: NodeProgress, doneWord: string): string {
  if (n.state === 'unreachable') return `${n.node} cannot be reached`
  if (n.state === 'refused') return `${n.node} refuses its plan`
  const of = n.hosts + n.links
  return n.state === 'waiting'
    ? `${n.node} has not begun`
    : `${n.node} is at ${n.hostsDone + n.linksDone} of ${of} ${doneWord}`
}

/** "chicago-1 is at 3 of 8 parts, denver-1 cannot be reached". */
function nodesText(nodes: readonly NodeProgress[], elapsedMs: number, doneWord: string): string | null {
  const troubled = nodes.filter((n) => n.state === 'unreachable' || n.state === 'refused')
  const late = elapsedMs >= SLOW_AFTER_MS ? nodes.filter(isLate) : []
  const told = [...troubled, ...late]
  if (told.length === 0) return null
  const texts = told.slice(0, 2).map((n) => nodeText(n, doneWord))
  return told.length > 2 ? `${texts.join(', ')}, and ${told.length - 2} more` : texts.join(', ')
}

/** "r3 and r1–r2 failed"; what of it is in the problems below. Null: nothing did. */
export function failedText({ failed }: Pick<Progress, 'failed'>): string | null {
  return failed.length === 0 ? null : `${list(failed.map((f) => f.name))} failed`
}

const sentence = (parts: readonly (string | null)[]): string => `${parts.filter((p) => p !== null).join('; ')}.`

/** "12 of 25 links up, 9 of 11 hosts; chicago-1 is at 3 of 8 parts." */
export function comingUp(progress: Progress, elapsedMs: number): string {
  const { hostsUp, hosts, linksUp, links, nodes } = progress
  const troubles = [failedText(progress), nodesText(nodes, elapsedMs, 'parts')]
  if (elapsedMs < TELL_AFTER_MS && troubles.every((t) => t === null)) return 'Coming up.'
  const hostsText = `${hostsUp} of ${hosts} hosts`
  return sentence([links === 0 ? `${hostsText} up` : `${linksUp} of ${links} links up, ${hostsText}`, ...troubles])
}

/** "Being taken down: 8 of 11 hosts gone; waiting for chicago-1, which cannot be reached." */
export function goingDown({ hosts, nodes }: Progress, elapsedMs: number): string {
  const trouble = nodesText(nodes, elapsedMs, 'parts gone')
  if (elapsedMs < TELL_AFTER_MS && trouble === null) return 'Being taken down.'
  const gone = nodes.reduce((sum, n) => sum + n.hostsDone, 0)
  return sentence([`Being taken down: ${gone} of ${hosts} hosts gone`, trouble])
}

/** From 0 to 1, for a bar; null: too soon for one. */
export function shareDone({ nodes }: Progress, elapsedMs: number): number | null {
  if (elapsedMs < TELL_AFTER_MS) return null
  const of = nodes.reduce((sum, n) => sum + n.hosts + n.links, 0)
  const done = nodes.reduce((sum, n) => sum + n.hostsDone + n.linksDone, 0)
  return of === 0 ? null : done / of
}
