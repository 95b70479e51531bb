// The drawing that is open: what it is, what is chosen, what can be undone. No React here: pages subscribe to it.

import type { Problem } from '@myvini/core/result'
import { DEFAULTS, newHost, newLan } from '@myvini/core/topology/build'
import { applyEdit, type Edit, type NodeRef, nextName } from '@myvini/core/topology/edit'
import { type History, record, redo, startHistory, undo } from '@myvini/core/topology/history'
import type { Topology } from '@myvini/core/topology/topology'
import { type TopologyProblem, validateTopology } from '@myvini/core/topology/validate'
import { alignToGrid, autoLayout, freePlace } from './arrange'
import { copyFrom, type Fragment, pasteInto } from './clipboard'
import { GRID, type Point, type Shape } from './geometry'
import { type NewIds, randomIds } from './new-id'
import {
  chosenIn,
  everything,
  keyOfLink,
  keyOfNode,
  keyOfSubject,
  NOTHING,
  nodesOf,
  type Selection,
  stillThere,
  type ThingKey,
} from './selection'

export interface EditorState {
  history: History
  selection: Selection
  /** A link is being drawn by the keyboard: its first end, waiting for the other. */
  linkFrom: NodeRef | null
  /** Looked for a moment after the last change; of the drawing as it was then. */
  problems: readonly TopologyProblem[]
  /** The worst that is wrong with each thing. */
  marks: ReadonlyMap<ThingKey, TopologyProblem['severity']>
  readOnly: boolean
}

interface EditorOptions {
  topology: Topology
  readOnly: boolean
  ids?: NewIds
  /** An edit that could not be made, in words. */
  onProblem?: (problem: Problem) => void
}

/** Typing and dragging change the drawing many times a second; what is wrong with it can wait for a pause. */
const CHECK_MS = 80

function checked(topology: Topology): Pick<EditorState, 'problems' | 'marks'> {
  const problems = validateTopology(topology)
  const hostOf = new Map(topology.hosts.flatMap((h) => h.interfaces.map((i) => [i.id as string, h.id])))
  const marks = new Map<ThingKey, TopologyProblem['severity']>()
  for (const { subject, severity } of problems) {
    const key = keyOfSubject(subject, hostOf)
    if (key && marks.get(key) !== 'error') marks.set(key, severity)
  }
  return { problems, marks }
}

export class Editor {
  private state: EditorState
  private readonly watchers = new Set<() => void>()
  private readonly ids: NewIds
  private checking: ReturnType<typeof setTimeout> | null = null
  private pastes = 0

  constructor(private readonly options: EditorOptions) {
    this.ids = options.ids ?? randomIds
    this.state = {
      history: startHistory(options.topology),
      selection: NOTHING,
      linkFrom: null,
      ...checked(options.topology),
      readOnly: options.readOnly,
    }
  }

  get = (): EditorState => this.state

  subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  get topology(): Topology {
    return this.state.history.present
  }

  private set(patch: Partial<EditorState>) {
    const before = this.topology
    this.state = { ...this.state, ...patch }
    if (this.topology !== before) this.check()
    for (const watcher of this.watchers) watcher()
  }

  private check() {
    if (this.checking !== null) clearTimeout(this.checking)
    this.checking = setTimeout(() => {
      this.checking = null
      this.set(checked(this.topology))
    }, CHECK_MS)
  }

  /** Returns whether it was done. Edits of one `group` in a row are undone together. */
  edit(edits: Edit | readonly Edit[], label: string, group: string | null = null, selection?: Selection): boolean {
    if (this.state.readOnly) return false
    let topology = this.topology
    for (const edit of [edits].flat() as readonly Edit[]) {
      const result = applyEdit(topology, edit)
      if (!result.ok) {
        this.options.onProblem?.(result.problem)
        return false
      }
      topology = result.value
    }
    this.set({
      history: record(this.state.history, topology, label, group),
      selection: stillThere(topology, selection ?? this.state.selection),
    })
    return true
  }

  undo() {
    this.travel(undo(this.state.history))
  }

  redo() {
    this.travel(redo(this.state.history))
  }

  private travel(history: History) {
    if (this.state.readOnly) return
    this.set({ history, selection: stillThere(history.present, this.state.selection), linkFrom: null })
  }

  select(keys: Iterable<ThingKey>) {
    const selection = new Set(keys)
    const same =
      selection.size === this.state.selection.size && [...selection].every((k) => this.state.selection.has(k))
    if (!same) this.set({ selection })
  }

  selectAll() {
    this.set({ selection: everything(this.topology) })
  }

  // ------------------------------------------------------------------ adding

  /** Puts a new thing at the free place nearest to `at`, chosen, so that it can be named at once. */
  add(shape: Shape, at: Point, linkedTo: readonly NodeRef[] = []): NodeRef | null {
    const { x, y } = freePlace(this.topology, at, shape)
    const { topology } = this
    const ref: NodeRef = shape === 'lan' ? { kind: 'lan', id: this.ids.lan() } : { kind: 'host', id: this.ids.host() }
    const name = nextName(topology, { host: 'h', router: 'r', gateway: 'gw', lan: 'lan' }[shape])
    const made: Edit =
      ref.kind === 'lan'
        ? { kind: 'add-lan', lan: newLan(ref.id, { name, x, y }) }
        : {
            kind: 'add-host',
            host: newHost(ref.id, { name, kind: shape === 'lan' ? 'host' : shape, x, y }),
          }
    const links = linkedTo.map((from): Edit => this.link(from, ref))
    const done = this.edit([made, ...links], `Add ${name}`, null, new Set([keyOfNode(ref)]))
    return done ? ref : null
  }

  private link(from: NodeRef, to: NodeRef): Edit {
    return {
      kind: 'connect',
      from,
      to,
      link: this.ids.link(),
      interfaces: [this.ids.interface(), this.ids.interface()],
      capacityMbps: DEFAULTS.capacityMbps,
    }
  }

  connect(from: NodeRef, to: NodeRef): boolean {
    const edit = this.link(from, to)
    const selection = edit.kind === 'connect' ? new Set([keyOfLink(edit.link)]) : undefined
    return this.edit(edit, 'Draw a link', null, selection)
  }

  /**
   * Links what is chosen: to the one router or LAN among it, or else one after the other. A single thing becomes the
   * first end of a link, and waits for the other.
   */
  connectChosen() {
    const { hosts, lans } = chosenIn(this.topology, this.state.selection)
    const refs = nodesOf({ hosts, lans })
    const [first] = refs
    if (!first || this.state.readOnly) return
    if (refs.length === 1) {
      this.set({ linkFrom: this.state.linkFrom ? null : first })
      return
    }
    const hubs = refs.filter((r) => r.kind === 'lan' || hosts.find((h) => h.id === r.id)?.kind === 'router')
    const [hub] = hubs
    const edits =
      hubs.length === 1 && hub
        ? refs.filter((r) => r !== hub).map((r) => this.link(hub, r))
        : refs.slice(1).map((r, i) => this.link(refs[i] ?? first, r))
    this.edit(edits, edits.length === 1 ? 'Draw a link' : `Draw ${edits.length} links`)
  }

  /** The other end of a link that was begun by the keyboard. Returns whether one was waiting. */
  finishLink(to: NodeRef): boolean {
    const { linkFrom } = this.state
    if (!linkFrom) return false
    this.set({ linkFrom: null })
    if (linkFrom.id !== to.id) this.connect(linkFrom, to)
    return true
  }

  cancelLink() {
    if (this.state.linkFrom) this.set({ linkFrom: null })
  }

  // ------------------------------------------------------------------ what is chosen

  removeChosen() {
    const { hosts, lans, links } = chosenIn(this.topology, this.state.selection)
    const count = hosts.length + lans.length + links.length
    if (count === 0) return
    this.edit(
      { kind: 'remove', nodes: nodesOf({ hosts, lans }), links: links.map((l) => l.id) },
      count === 1 ? `Remove ${hosts[0]?.name ?? lans[0]?.name ?? 'a link'}` : `Remove ${count} things`,
      null,
      NOTHING,
    )
  }

  copyChosen(): Fragment | null {
    this.pastes = 0
    return copyFrom(this.topology, this.state.selection)
  }

  /** Each paste of the same lies a little further, so that none hides another. */
  paste(fragment: Fragment) {
    this.pastes++
    const step = GRID * 2 * this.pastes
    const { edit, selection } = pasteInto(this.topology, fragment, { x: step, y: step }, this.ids)
    this.edit(edit, 'Paste', null, selection)
  }

  duplicateChosen() {
    const fragment = this.copyChosen()
    if (!fragment) return
    const { edit, selection } = pasteInto(this.topology, fragment, { x: GRID * 2, y: GRID * 2 }, this.ids)
    this.edit(edit, 'Duplicate', null, selection)
  }

  arrange(how: 'layout' | 'grid') {
    const { selection } = this.state
    const moves = how === 'layout' ? autoLayout(this.topology, selection) : alignToGrid(this.topology, selection)
    if (moves.length > 0) this.edit({ kind: 'move', moves }, how === 'layout' ? 'Lay out' : 'Align to the grid')
  }
}
