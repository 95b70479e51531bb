// How is a terminal recorded? As asciicast, version 2 (docs.asciinema.org/manual/asciicast/v2): a header and a line of JSON
// for each thing that happened. Only what was shown is kept, never what was typed: passwords are not shown.
import { z } from 'zod'

export const RECORDING_LIMITS = {
  /** Of one recording; what comes later is not kept, and said to be missing. */
  bytes: 4 * 1024 * 1024,
  /** Of all recordings of a lab; then nothing more is recorded of it. */
  labBytes: 1024 ** 3,
} as const

const Header = z.object({
  version: z.literal(2),
  width: z.number().int().min(1).max(1000),
  height: z.number().int().min(1).max(1000),
  timestamp: z.number().optional(),
  title: z.string().optional(),
})

export interface CastStart {
  columns: number
  rows: number
  startedAtMs: number
  title: string
}

export const castHeader = ({ columns, rows, startedAtMs, title }: CastStart): string =>
  `${JSON.stringify({ version: 2, width: columns, height: rows, timestamp: Math.floor(startedAtMs / 1000), title, env: { TERM: 'xterm-256color' } })}\n`

const secondsOf = (atMs: number): number => Math.round(atMs) / 1000

export const outputLine = (atMs: number, text: string): string => `${JSON.stringify([secondsOf(atMs), 'o', text])}\n`

export const resizeLine = (atMs: number, columns: number, rows: number): string =>
  `${JSON.stringify([secondsOf(atMs), 'r', `${columns}x${rows}`])}\n`

export type CastEvent =
  | { atMs: number; kind: 'output'; text: string }
  | { atMs: number; kind: 'resize'; columns: number; rows: number }

export interface Cast {
  columns: number
  rows: number
  events: CastEvent[]
  durationMs: number
}

const Line = z.tuple([z.number().min(0), z.string(), z.string()])

function eventOf(line: string): CastEvent | null {
  const parsed = Line.safeParse(JSON.parse(line))
  if (!parsed.success) return null
  const [seconds, code, data] = parsed.data
  const atMs = seconds * 1000
  if (code === 'o') return { atMs, kind: 'output', text: data }
  const [columns, rows] = data.split('x').map(Number)
  return code === 'r' && columns && rows ? { atMs, kind: 'resize', columns, rows } : null
}

/** Kinds of events that are not known here are left out, as the format asks of players. Throws on what is no recording. */
export function readCast(text: string): Cast {
  const [first = '', ...rest] = text.split('\n')
  const { width, height } = Header.parse(JSON.parse(first))
  const events = rest.flatMap((line) => (line.trim() === '' ? [] : (eventOf(line) ?? [])))
  return { columns: width, rows: height, events, durationMs: events.at(-1)?.atMs ?? 0 }
}

/** The same with no pause longer than that. */
export function withoutPauses(cast: Cast, mostMs: number): Cast {
  let cutMs = 0
  let beforeMs = 0
  const events = cast.events.map((event): CastEvent => {
    cutMs += Math.max(0, event.atMs - beforeMs - mostMs)
    beforeMs = event.atMs
    return { ...event, atMs: event.atMs - cutMs }
  })
  return { ...cast, events, durationMs: events.at(-1)?.atMs ?? 0 }
}
