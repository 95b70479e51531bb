'use client'
import type { NodeRef } from '@myvini/core/topology/edit'
import {
  Background,
  BackgroundVariant,
  type Connection,
  ConnectionMode,
  type EdgeChange,
  type FinalConnectionState,
  MiniMap,
  type NodeChange,
  ReactFlow,
  SelectionMode,
  useReactFlow,
} from '@xyflow/react'
import { type CSSProperties, type MouseEvent as ReactMouseEvent, useMemo, useRef, useState } from 'react'
import { useIsDesk } from '../../browser/platform'
import { PointMenu } from '../../components/point-menu'
import { GRID } from '../model/geometry'
import { NOTHING, type Selection, type ThingKey } from '../model/selection'
import { useShown, useView, useWorkspace } from '../workspace-context'
import { ConnectionLine } from './connection-line'
import { type FlowEdge, FlowModel, type FlowNode } from './flow-model'
import { HostNode, RouterNode } from './host-node'
import { Hulls } from './hulls'
import { LanNode } from './lan-node'
import { LinkEdge } from './link-edge'
import { type MenuPlace, useCanvasMenu } from './use-canvas-menu'
import { useKeepFit } from './use-keep-fit'
import { FIT, useDetail, useNameScale } from './zoom'
import './canvas.css'

const NODE_TYPES = { host: HostNode, router: RouterNode, gateway: RouterNode, lan: LanNode }
const EDGE_TYPES = { link: LinkEdge }
/** Beyond this many things a map of them helps, and only what is in view is drawn. */
const LARGE = 60

export function refOf(key: string): NodeRef | null {
  const [kind, id] = key.split(':')
  // Keys on the canvas are made of ids of the drawing, which were branded when it was read.
  if (kind === 'host') return { kind, id } as NodeRef
  if (kind === 'lan') return { kind, id } as NodeRef
  return null
}

function changed(selection: Selection, changes: readonly (NodeChange<FlowNode> | EdgeChange<FlowEdge>)[]): Selection {
  const next = new Set(selection)
  for (const change of changes) {
    if (change.type !== 'select') continue
    // Ids on the canvas are the keys of flow-model.ts.
    if (change.selected) next.add(change.id as ThingKey)
    else next.delete(change.id as ThingKey)
  }
  return next
}

export function Canvas() {
  const { shown, openTerminal } = useWorkspace()
  const topology = useShown((s) => s.history.present)
  const selection = useShown((s) => s.selection)
  const readOnly = useShown((s) => s.readOnly)
  const linkFrom = useShown((s) => s.linkFrom)
  const showing = useView((v) => v.showing)
  const desk = useIsDesk()
  const flow = useReactFlow<FlowNode, FlowEdge>()
  const detail = useDetail()
  const nameScale = useNameScale()
  useKeepFit()
  const [connecting, setConnecting] = useState(false)
  const [menu, setMenu] = useState<MenuPlace | null>(null)
  const menuEntries = useCanvasMenu(menu)
  const drags = useRef(0)
  const model = useMemo(() => new FlowModel(), [shown])
  const { nodes, edges } = useMemo(() => model.read(topology, selection), [model, topology, selection])
  const large = nodes.length > LARGE
  // What is dropped first onto a blank canvas stays where it was dropped.
  const [startedFull] = useState(nodes.length > 0)

  const onNodesChange = (changes: NodeChange<FlowNode>[]) => {
    const moves = changes.flatMap((change) => {
      const node = change.type === 'position' && change.position ? refOf(change.id) : null
      return node && change.type === 'position' && change.position
        ? [{ node, x: change.position.x, y: change.position.y, dragging: change.dragging }]
        : []
    })
    if (moves.length > 0) {
      const group = moves.some((m) => m.dragging !== undefined) ? `drag ${drags.current}` : 'nudge'
      const real = moves.map(({ node, x, y }) => ({ node, x, y }))
      shown.edit({ kind: 'move', moves: real }, real.length === 1 ? 'Move' : `Move ${real.length} things`, group)
    }
    if (changes.some((c) => c.type === 'select')) shown.select(changed(shown.get().selection, changes))
  }

  const onConnect = ({ source, target }: Connection) => {
    const [from, to] = [refOf(source), refOf(target)]
    if (from && to) shown.connect(from, to)
  }

  /** Dropped on nothing: what shall be there? */
  const onConnectEnd = (event: MouseEvent | TouchEvent, { toNode, fromNode, isValid }: FinalConnectionState) => {
    setConnecting(false)
    if (toNode || isValid || !fromNode || readOnly) return
    const point = 'changedTouches' in event ? event.changedTouches[0] : event
    if (!point) return
    const from = refOf(fromNode.id)
    const at = flow.screenToFlowPosition({ x: point.clientX, y: point.clientY })
    setMenu({ kind: 'add', screen: { x: point.clientX, y: point.clientY }, at, linkedTo: from ? [from] : [] })
  }

  const onDoubleClick = (event: ReactMouseEvent) => {
    const onPane = event.target instanceof Element && event.target.classList.contains('react-flow__pane')
    if (!onPane || readOnly) return
    const screen = { x: event.clientX, y: event.clientY }
    setMenu({ kind: 'add', screen, at: flow.screenToFlowPosition(screen), linkedTo: [] })
  }

  const openMenu = (event: ReactMouseEvent, key: ThingKey | null) => {
    event.preventDefault()
    const screen = { x: event.clientX, y: event.clientY }
    if (key !== null && !shown.get().selection.has(key)) shown.select([key])
    setMenu(
      key === null
        ? { kind: 'add', screen, at: flow.screenToFlowPosition(screen), linkedTo: [] }
        : { kind: 'things', screen },
    )
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a quicker way to what the palette does by keyboard
    <div
      className="mv-canvas absolute inset-0"
      data-detail={detail}
      style={{ '--name-scale': nameScale } as CSSProperties} // a variable of canvas.css
      data-connecting={connecting || undefined}
      data-linking={linkFrom !== null || undefined}
      data-readonly={readOnly || undefined}
      onDoubleClick={onDoubleClick}
    >
      <ReactFlow<FlowNode, FlowEdge>
        key={showing}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        nodeOrigin={[0.5, 0.5]}
        onNodesChange={onNodesChange}
        onEdgesChange={(changes) => shown.select(changed(shown.get().selection, changes))}
        onNodeDragStart={() => {
          drags.current++
        }}
        onSelectionDragStart={() => {
          drags.current++
        }}
        onNodeClick={(_, node) => {
          const ref = refOf(node.id)
          if (ref) shown.finishLink(ref)
        }}
        onNodeDoubleClick={(_, node) => {
          if (node.type !== 'lan') openTerminal(node.data.host.id)
        }}
        onNodeContextMenu={(event, node) => openMenu(event, node.id as ThingKey)} // ids are keys of flow-model.ts
        onEdgeContextMenu={(event, edge) => openMenu(event, edge.id as ThingKey)} // the same
        onPaneContextMenu={(event) => {
          if ('button' in event && 'clientX' in event) openMenu(event as ReactMouseEvent, null) // a mouse, not a touch
        }}
        onPaneClick={() => {
          shown.cancelLink()
          shown.select(NOTHING)
        }}
        onConnect={onConnect}
        onConnectStart={() => setConnecting(true)}
        onConnectEnd={onConnectEnd}
        isValidConnection={({ source, target }) => source !== target}
        connectionMode={ConnectionMode.Loose}
        connectionLineComponent={ConnectionLine}
        connectionRadius={10}
        connectOnClick={false}
        nodesDraggable={!readOnly && linkFrom === null && desk}
        nodesConnectable={!readOnly}
        edgesReconnectable={false}
        snapToGrid
        snapGrid={[GRID / 2, GRID / 2]}
        selectionOnDrag={desk}
        selectionMode={SelectionMode.Partial}
        multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
        selectionKeyCode={null}
        deleteKeyCode={null}
        panOnDrag={desk ? [1] : true}
        panOnScroll={desk}
        zoomOnDoubleClick={false}
        minZoom={0.05}
        maxZoom={2.5}
        fitView={startedFull}
        fitViewOptions={FIT}
        onlyRenderVisibleElements={large}
        elevateNodesOnSelect={false}
        nodeDragThreshold={2}
        aria-label="Drawing"
      >
        <Background variant={BackgroundVariant.Dots} gap={GRID} size={1.6} color="var(--dots)" />
        <Hulls />
        {large && desk && <MiniMap pannable zoomable nodeBorderRadius={20} ariaLabel="Map of the drawing" />}
      </ReactFlow>
      <PointMenu at={menu?.screen ?? null} entries={menuEntries} onClose={() => setMenu(null)} />
    </div>
  )
}
