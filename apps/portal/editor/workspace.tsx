'use client'
import { useMemo, useState } from 'react'
import { useIsDesk } from '../browser/platform'
import { useWatched } from '../browser/store'
import { useUrlState } from '../browser/url-state'
import { AnswerCard } from './answer/answer-card'
import { AnswerKeeper } from './answer/answer-keeper'
import { Notices } from './bar/notices'
import { SliceBar } from './bar/slice-bar'
import { BookingCalendar } from './booking/booking-calendar'
import { BookingPanel } from './booking/booking-panel'
import { Canvas } from './canvas/canvas'
import { EmptyDrawing } from './canvas/empty-drawing'
import { CanvasToolbar } from './canvas/toolbar'
import { Dock } from './dock/dock'
import { useTerminals } from './dock/use-terminals'
import { Inspector } from './inspector/inspector'
import { LeftPanel } from './left/left-panel'
import { SaveSlicePanel } from './saving/save-slice-panel'
import { useWorkspaceCommands } from './use-commands'
import { useFocusFromAddress } from './use-focus-from-address'
import { useLiveView } from './use-live-view'
import { type Opened, useOpenWorkspace } from './use-open-workspace'
import { WorkspaceProvider, type Workspace as WorkspaceValue } from './workspace-context'

function Commands() {
  useWorkspaceCommands()
  return null
}

function RightPanel({ desk }: { desk: boolean }) {
  const [panel, setPanel] = useUrlState('panel')
  if (panel === 'save') return <SaveSlicePanel onClose={() => setPanel('')} />
  if (panel === 'book') return <BookingPanel onClose={() => setPanel('')} />
  return <Inspector desk={desk} />
}

function CalendarOverCanvas() {
  const [panel] = useUrlState('panel')
  const [calendar, setCalendar] = useUrlState('calendar')
  return panel === 'book' && calendar === '1' ? <BookingCalendar onClose={() => setCalendar('')} /> : null
}

/** Fills the window: what there is to draw with, the drawing, what is chosen, and below what it says. */
export function Workspace({ opened, reload }: { opened: Opened; reload: () => void }) {
  const desk = useIsDesk()
  const { workspace: made, orphan } = useOpenWorkspace(opened)
  const booked = useLiveView(made)
  const showing = useWatched(made.view, (v) => v.showing)
  const terminals = useTerminals(made.slice.id)
  const [outline, setOutline] = useState(true)
  const { openOn } = terminals
  useFocusFromAddress(made.focusOn)
  const workspace = useMemo((): WorkspaceValue => {
    const shown = showing === 'running' && booked ? booked : made.editor
    const openTerminal = (hostId: string) => {
      const status = made.view.get().status?.hosts[hostId]
      const host = (booked ?? made.editor).topology.hosts.find((h) => h.id === hostId)
      if (host && status?.state === 'up') openOn(host.id, host.name)
      else document.getElementById('inspector-name')?.focus()
    }
    return { ...made, shown, openTerminal }
  }, [made, booked, showing, openOn])

  return (
    <WorkspaceProvider value={workspace}>
      <SliceBar />
      <Notices orphan={orphan} reload={reload} />
      <div className="flex min-h-0 flex-1">
        {desk && outline && <LeftPanel />}
        <div className="flex min-w-0 flex-1 flex-col">
          <div className="relative min-h-0 flex-1">
            <Canvas />
            <EmptyDrawing />
            <AnswerCard onMap={() => terminals.show('substrate')} />
            <CalendarOverCanvas />
            <CanvasToolbar outline={outline} setOutline={setOutline} />
          </div>
          <Dock terminals={terminals} />
        </div>
        <RightPanel desk={desk} />
      </div>
      <Commands />
      <AnswerKeeper />
    </WorkspaceProvider>
  )
}
