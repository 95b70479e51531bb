'use client'
import { readCast, withoutPauses } from '@myvini/core/recording/cast'
import { Terminal } from '@xterm/xterm'
import { Pause, Play, RotateCcw } from 'lucide-react'
import { useTheme } from 'next-themes'
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Button, IconButton } from '../components/button'
import { Select } from '../components/input'
import { Checkbox } from '../components/toggles'
import { DARK, LIGHT } from '../terminal/terminal-theme'
import { clockWords } from './clock-words'
import { Playback, SPEEDS } from './playback'
import '@xterm/xterm/css/xterm.css'

const PAUSE_MS = 2000
const STEP_MS = 5000

/** Plays a recording: Space, the arrow keys, and < > for the speed. */
export default function Player({ text, label }: { text: string; label: string }) {
  const { resolvedTheme } = useTheme()
  const box = useRef<HTMLDivElement>(null)
  const terminal = useRef<Terminal | null>(null)
  const playback = useRef<Playback | null>(null)
  const [short, setShort] = useState(true)
  const [speed, setSpeed] = useState<number>(1)
  const [playing, setPlaying] = useState(false)
  const [atMs, setAtMs] = useState(0)
  const cast = useMemo(() => {
    const whole = readCast(text)
    return short ? withoutPauses(whole, PAUSE_MS) : whole
  }, [text, short])

  useEffect(() => {
    if (!box.current) return
    const made = new Terminal({
      cols: cast.columns,
      rows: cast.rows,
      fontFamily: "'Geist Mono Variable', ui-monospace, monospace",
      fontSize: 13,
      lineHeight: 1.2,
      scrollback: 0,
      disableStdin: true,
      cursorBlink: false,
    })
    made.open(box.current)
    if (made.textarea) {
      // It is looked at; the keys are the player's.
      made.textarea.tabIndex = -1
      made.textarea.setAttribute('aria-hidden', 'true')
    }
    terminal.current = made
    playback.current = new Playback(cast, {
      reset(columns, rows) {
        made.reset()
        made.resize(columns, rows)
      },
      write: (said) => made.write(said),
      resize: (columns, rows) => made.resize(columns, rows),
    })
    playback.current.seek(0)
    setAtMs(0)
    return () => {
      made.dispose()
      playback.current = null
    }
  }, [cast])

  useEffect(() => {
    if (terminal.current) terminal.current.options.theme = resolvedTheme === 'dark' ? DARK : LIGHT
  }, [resolvedTheme])

  const seek = useCallback((ms: number) => {
    playback.current?.seek(ms)
    setAtMs(playback.current?.atMs ?? 0)
  }, [])
  useEffect(() => {
    if (!playing) return
    let beforeMs = performance.now()
    let frame = 0
    const step = (nowMs: number) => {
      const at = playback.current
      if (!at) return
      seek(at.atMs + Math.max(0, nowMs - beforeMs) * speed)
      beforeMs = nowMs
      if (at.isOver) setPlaying(false)
      else frame = requestAnimationFrame(step)
    }
    frame = requestAnimationFrame(step)
    return () => cancelAnimationFrame(frame)
  }, [playing, speed, seek])

  const toggle = () => {
    if (!playing && playback.current?.isOver) seek(0)
    setPlaying(!playing)
  }
  const change = (by: 1 | -1) =>
    setSpeed((now) => SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, SPEEDS.findIndex((s) => s >= now) + by))] ?? now)
  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    const control =
      event.target instanceof HTMLElement && event.target.closest('select, button, label, input[type=checkbox]')
    if (event.key === ' ' && !control) toggle()
    else if (event.key === 'ArrowLeft' && !control) seek(atMs - STEP_MS)
    else if (event.key === 'ArrowRight' && !control) seek(atMs + STEP_MS)
    else if (event.key === 'Home' && !control) seek(0)
    else if (event.key === '>') change(1)
    else if (event.key === '<') change(-1)
    else return
    event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys pressed in any of its parts
    <div className="flex flex-col gap-3" onKeyDown={onKey}>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: Space and the arrow keys work from here
        tabIndex={0}
        aria-label={`${label}. Space plays and pauses, arrow keys go back and forth, < and > change the speed.`}
        className="max-w-full overflow-auto rounded-md border border-line bg-raised p-2"
      >
        <div ref={box} className="w-fit" />
      </section>
      <div className="flex flex-wrap items-center gap-3">
        <Button variant="primary" icon={playing ? <Pause /> : <Play />} onClick={toggle} className="w-24">
          {playing ? 'Pause' : 'Play'}
        </Button>
        <IconButton label="From the beginning" onClick={() => seek(0)}>
          <RotateCcw />
        </IconButton>
        <input
          type="range"
          aria-label="Time"
          aria-valuetext={`${clockWords(atMs)} of ${clockWords(cast.durationMs)}`}
          min={0}
          max={Math.max(1, Math.ceil(cast.durationMs))}
          step={100}
          value={atMs}
          onChange={(event) => seek(Number(event.target.value))}
          className="h-6 min-w-40 flex-1 accent-accent"
        />
        <span className="text-muted text-sm tabular">
          {clockWords(atMs)} / {clockWords(cast.durationMs)}
        </span>
        <Select aria-label="Speed" value={speed} onChange={(e) => setSpeed(Number(e.target.value))} className="w-20">
          {SPEEDS.map((s) => (
            <option key={s} value={s}>
              {s}×
            </option>
          ))}
        </Select>
        <span className="flex items-center gap-1.5 text-sm">
          <Checkbox
            label="Shorten pauses"
            checked={short}
            onChange={(value) => {
              setPlaying(false)
              setShort(value)
            }}
          />
          <span aria-hidden>Shorten pauses</span>
        </span>
      </div>
    </div>
  )
}
