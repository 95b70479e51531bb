'use client'
import { FitAddon } from '@xterm/addon-fit'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { Terminal } from '@xterm/xterm'
import { useTheme } from 'next-themes'
import { useEffect, useRef } from 'react'
import { type LinkState, TerminalLink, type TerminalPlace } from './terminal-link'
import { DARK, LIGHT } from './terminal-theme'
import '@xterm/xterm/css/xterm.css'

export interface TerminalHandle {
  retryNow: () => void
  focus: () => void
}

interface TerminalViewProps {
  place: TerminalPlace
  label: string
  visible: boolean
  fontSize: number
  onFontSize: (change: 1 | -1) => void
  onState: (state: LinkState) => void
  onRecorded: () => void
  /** Out of the terminal by keyboard. */
  onLeave: () => void
  handle: { current: TerminalHandle | null }
}

const SCROLLBACK = 10_000

export default function TerminalView(props: TerminalViewProps) {
  const { place, label, visible, fontSize, handle } = props
  const { resolvedTheme } = useTheme()
  const box = useRef<HTMLElement>(null)
  const latest = useRef(props)
  latest.current = props
  const made = useRef<{ terminal: Terminal; fit: FitAddon } | null>(null)
  const { sliceId, hostId, session } = place

  useEffect(() => {
    const element = box.current
    if (!element) return
    const terminal = new Terminal({
      allowProposedApi: true, // Unicode widths are one
      fontFamily: "'Geist Mono Variable', ui-monospace, monospace",
      fontSize: latest.current.fontSize,
      lineHeight: 1.2,
      scrollback: SCROLLBACK,
      cursorBlink: false,
      macOptionIsMeta: true,
      rightClickSelectsWord: true,
      screenReaderMode: false,
    })
    const fit = new FitAddon()
    terminal.loadAddon(fit)
    terminal.loadAddon(new WebLinksAddon())
    terminal.loadAddon(new Unicode11Addon())
    terminal.unicode.activeVersion = '11'
    terminal.open(element)
    terminal.textarea?.setAttribute('aria-label', `${latest.current.label}. Ctrl Shift X leaves it.`)
    made.current = { terminal, fit }
    if (element.offsetParent !== null) fit.fit()

    const encoder = new TextEncoder()
    let opened = false
    const link = new TerminalLink({
      place: { sliceId, hostId, session },
      origin: window.location.origin,
      size: () => ({ columns: terminal.cols, rows: terminal.rows }),
      onData: (bytes) => terminal.write(bytes),
      onState: (state) => {
        // The session sends its screen again when it is joined again.
        if (state.kind === 'connecting' && opened) terminal.reset()
        if (state.kind === 'open') opened = true
        latest.current.onState(state)
      },
      onRecorded: () => latest.current.onRecorded(),
    })
    handle.current = { retryNow: () => link.retryNow(), focus: () => terminal.focus() }
    terminal.onData((text) => link.write(encoder.encode(text)))
    terminal.onBinary((text) => link.write(Uint8Array.from(text, (char) => char.charCodeAt(0))))
    terminal.onResize(({ cols, rows }) => link.resize({ columns: cols, rows }))
    terminal.attachCustomKeyEventHandler((event) => {
      const command = event.ctrlKey && event.shiftKey
      if (event.type !== 'keydown' || !(command || event.metaKey)) return true
      const key = event.key.toLowerCase()
      if (key === 'c' && terminal.hasSelection()) {
        void navigator.clipboard.writeText(terminal.getSelection())
        event.preventDefault()
        return false
      }
      // Left to the browser, which pastes.
      if (key === 'v') return false
      if (command && key === 'x') latest.current.onLeave()
      else if (command && (key === '+' || key === '*')) latest.current.onFontSize(1)
      else if (command && key === '_') latest.current.onFontSize(-1)
      else return true
      event.preventDefault()
      return false
    })

    const watcher = new ResizeObserver(() => {
      if (element.offsetParent !== null) fit.fit()
    })
    watcher.observe(element)
    const online = () => link.retryNow()
    window.addEventListener('online', online)
    return () => {
      window.removeEventListener('online', online)
      watcher.disconnect()
      link.close()
      terminal.dispose()
      made.current = null
      handle.current = null
    }
  }, [sliceId, hostId, session, handle])

  useEffect(() => {
    const terminal = made.current?.terminal
    if (terminal) terminal.options.theme = resolvedTheme === 'dark' ? DARK : LIGHT
  }, [resolvedTheme])

  useEffect(() => {
    const { terminal, fit } = made.current ?? {}
    if (!terminal || !fit) return
    terminal.options.fontSize = fontSize
    if (visible) {
      fit.fit()
      terminal.focus()
    }
  }, [visible, fontSize])

  return <section ref={box} aria-label={label} className="h-full w-full overflow-hidden pl-2" />
}
