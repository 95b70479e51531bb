// How do rate, delay and loss of a link go over time? Reads the files people have, as steps of 10 ms.
import { z } from 'zod'
import { fail, ok, type Result } from '../result'

export const TRACE_STEP_MS = 10
/** Ten minutes. */
export const MOST_TRACE_STEPS = 60_000
export const MOST_TRACE_BYTES = 4_000_000
/** No limit, as near as a node's queues come to it. */
const UNLIMITED_KBPS = 1_000_000_000
/** What each line of a mahimahi file lets pass (mahimahi(1), mm-link). */
const MAHIMAHI_BYTES = 1504

/** So many steps alike: rate in kbit/s (0: outage), delay in µs, loss in millionths. */
export const TraceRun = z.tuple([
  z.number().int().min(0).max(UNLIMITED_KBPS),
  z.number().int().min(0).max(10_000_000),
  z.number().int().min(0).max(1_000_000),
  z.number().int().min(1).max(MOST_TRACE_STEPS),
])
export type TraceRun = z.infer<typeof TraceRun>
export const TraceSteps = z.array(TraceRun).min(1).max(MOST_TRACE_STEPS)

export interface Row {
  timeMs: number
  /** Null: no limit. */
  rateMbps: number | null
  delayMs: number
  lossPercent: number
}

const wrong = (message: string, hint: string): Result<never> => fail({ code: 'trace.unreadable', message, hint })

const FORMATS =
  'Give CSV with the columns time (in seconds) or timeMs, rateMbps, delayMs, lossPercent; the same as a JSON list of objects; or a mahimahi file with a time in milliseconds on each line.'

export function addStep(steps: TraceRun[], kbps: number, delayUs: number, loss: number): void {
  const last = steps.at(-1)
  if (last && last[0] === kbps && last[1] === delayUs && last[2] === loss) last[3]++
  else steps.push([kbps, delayUs, loss, 1])
}

export const stepCount = (steps: readonly TraceRun[]): number => steps.reduce((sum, [, , , times]) => sum + times, 0)

/** Each row holds until the next; the last for as long as the one before it. */
export function stepsOf(rows: readonly Row[]): Result<TraceRun[]> {
  const [first] = rows
  if (!first) return wrong('There is not a single row in it.', FORMATS)
  const steps: TraceRun[] = []
  let done = 0
  for (const [i, row] of rows.entries()) {
    const line = `Row ${i + 1}`
    const next = rows[i + 1]
    const before = rows[i - 1]
    const lasts = next ? next.timeMs - row.timeMs : before ? row.timeMs - before.timeMs : TRACE_STEP_MS
    if (!Number.isFinite(row.timeMs)) return wrong(`${line} has a time beyond all numbers.`, FORMATS)
    if (!(lasts >= 0)) return wrong(`${line} and the next go back in time.`, 'Sort the rows by time.')
    const end = Math.max(next ? 0 : done + 1, Math.round((row.timeMs + lasts - first.timeMs) / TRACE_STEP_MS))
    if (end > MOST_TRACE_STEPS)
      return wrong(
        `It is longer than ${(MOST_TRACE_STEPS * TRACE_STEP_MS) / 60_000} minutes.`,
        'Cut it, and let it loop.',
      )
    if (row.rateMbps !== null && !(row.rateMbps >= 0 && row.rateMbps <= 100_000))
      return wrong(`${line} has the rate ${row.rateMbps}.`, 'Rates are from 0 (an outage) to 100,000 Mbit/s.')
    if (!(row.delayMs >= 0 && row.delayMs <= 10_000))
      return wrong(`${line} has the delay ${row.delayMs}.`, 'Delays are from 0 to 10,000 ms.')
    if (!(row.lossPercent >= 0 && row.lossPercent <= 100))
      return wrong(`${line} has the loss ${row.lossPercent}.`, 'Losses are from 0 to 100 %.')
    const kbps = row.rateMbps === null ? UNLIMITED_KBPS : Math.round(row.rateMbps * 1000)
    for (; done < end; done++)
      addStep(steps, kbps, Math.round(row.delayMs * 1000), Math.round(row.lossPercent * 10_000))
  }
  return ok(steps)
}

const JsonRows = z.array(
  z.object({
    time: z.number().optional(),
    timeMs: z.number().optional(),
    rateMbps: z.number().nullable().optional(),
    delayMs: z.number().optional(),
    lossPercent: z.number().optional(),
  }),
)

function readJson(text: string): Result<Row[]> {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return wrong('It begins like JSON and is none.', FORMATS)
  }
  const parsed = JsonRows.safeParse(document)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return wrong(
      `It is not as it should be at ${issue?.path.join('.') || 'its top'}: ${issue?.message ?? ''}.`,
      FORMATS,
    )
  }
  return ok(
    parsed.data.map((r, i) => ({
      timeMs: r.timeMs ?? (r.time === undefined ? i * TRACE_STEP_MS : r.time * 1000),
      rateMbps: r.rateMbps ?? null,
      delayMs: r.delayMs ?? 0,
      lossPercent: r.lossPercent ?? 0,
    })),
  )
}

const COLUMNS: Record<string, keyof Row | 'time'> = {
  time: 'time',
  timems: 'timeMs',
  ratembps: 'rateMbps',
  rate: 'rateMbps',
  delayms: 'delayMs',
  delay: 'delayMs',
  losspercent: 'lossPercent',
  loss: 'lossPercent',
}

function readCsv(lines: readonly string[]): Result<Row[]> {
  const cells = (line: string) => line.split(/[,;\t]/).map((c) => c.trim())
  const head = cells(lines[0] ?? '')
  const named = head.some((c) => Number.isNaN(Number(c)))
  const columns = named
    ? head.map((c) => COLUMNS[c.toLowerCase().replace(/[^a-z]/g, '')] ?? null)
    : (['time', 'rateMbps', 'delayMs', 'lossPercent'] as const).slice(0, head.length)
  if (named && !columns.some((c) => c === 'time' || c === 'timeMs'))
    return wrong('None of its columns is called time or timeMs.', FORMATS)
  const rows: Row[] = []
  for (const [i, line] of lines.slice(named ? 1 : 0).entries()) {
    const row: Row = { timeMs: 0, rateMbps: null, delayMs: 0, lossPercent: 0 }
    for (const [k, cell] of cells(line).entries()) {
      const column = columns[k]
      if (!column || cell === '') continue
      const value = Number(cell)
      if (!Number.isFinite(value)) return wrong(`"${cell.slice(0, 20)}" in row ${i + 1} is not a number.`, FORMATS)
      if (column === 'time') row.timeMs = value * 1000
      else row[column] = value
    }
    rows.push(row)
  }
  return ok(rows)
}

/** A line is a chance to send one packet, so many in 10 ms are a rate. The file says how long it is by its last line. */
function readMahimahi(times: readonly number[]): Result<TraceRun[]> {
  const last = times.at(-1) ?? 0
  const count = Math.max(1, Math.ceil(last / TRACE_STEP_MS))
  if (count > MOST_TRACE_STEPS)
    return wrong(
      `It is longer than ${(MOST_TRACE_STEPS * TRACE_STEP_MS) / 60_000} minutes.`,
      'Cut it, and let it loop.',
    )
  const packets = new Map<number, number>()
  for (const [i, time] of times.entries()) {
    if (time < (times[i - 1] ?? 0)) return wrong(`Line ${i + 1} goes back in time.`, 'Sort the lines.')
    const step = Math.min(count - 1, Math.floor(Math.max(0, time - 1) / TRACE_STEP_MS))
    packets.set(step, (packets.get(step) ?? 0) + 1)
  }
  const steps: TraceRun[] = []
  for (let i = 0; i < count; i++)
    addStep(steps, Math.round(((packets.get(i) ?? 0) * MAHIMAHI_BYTES * 8) / TRACE_STEP_MS), 0, 0)
  return ok(steps)
}

/** CSV, JSON or mahimahi, told apart by what is in it. */
export function parseTrace(text: string): Result<TraceRun[]> {
  const trimmed = text.trim()
  if (trimmed === '') return wrong('The file is empty.', FORMATS)
  const rowsOrProblem = trimmed.startsWith('[') || trimmed.startsWith('{') ? readJson(trimmed) : null
  if (rowsOrProblem) return rowsOrProblem.ok ? stepsOf(rowsOrProblem.value) : rowsOrProblem
  const lines = trimmed.split(/\r?\n/).filter((l) => l.trim() !== '' && !l.startsWith('#'))
  if (lines.every((l) => /^\s*\d+\s*$/.test(l))) return readMahimahi(lines.map(Number))
  const rows = readCsv(lines)
  return rows.ok ? stepsOf(rows.value) : rows
}

/** At most so many points for a picture: of each stretch the lowest rate, the longest delay, the largest loss. */
export function sampleTrace(steps: readonly TraceRun[], most: number) {
  const total = stepCount(steps)
  const width = Math.max(1, Math.ceil(total / most))
  const points: { timeMs: number; rateMbps: number | null; delayMs: number; lossPercent: number }[] = []
  let at = 0
  for (const [kbps, delayUs, loss, times] of steps)
    for (let i = 0; i < times; i++, at++) {
      const rateMbps = kbps >= UNLIMITED_KBPS ? null : kbps / 1000
      const point = points[Math.floor(at / width)]
      if (!point)
        points.push({ timeMs: at * TRACE_STEP_MS, rateMbps, delayMs: delayUs / 1000, lossPercent: loss / 10_000 })
      else {
        point.rateMbps = rateMbps === null ? point.rateMbps : Math.min(point.rateMbps ?? rateMbps, rateMbps)
        point.delayMs = Math.max(point.delayMs, delayUs / 1000)
        point.lossPercent = Math.max(point.lossPercent, loss / 10_000)
      }
    }
  return { durationMs: total * TRACE_STEP_MS, points }
}
