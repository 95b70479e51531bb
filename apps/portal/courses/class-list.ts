// Who is in the class? Reads what spreadsheets and registrars give: names and addresses, with or without a line of
// headings, parted by commas, semicolons or tabs, quoted or not (RFC 4180).
import { z } from 'zod'

export interface Listed {
  name: string
  email: string
}

export interface Line {
  /** As an editor counts them, from 1. */
  number: number
  name: string
  email: string
  /** Why it cannot be used; null: it can. */
  problem: string | null
}

const Email = z.email()

/** Fields of each record, with the line it begins on. A quoted field may hold separators, line ends and "" for a quote. */
export function readRecords(text: string, separator: string): { number: number; fields: string[]; broken: boolean }[] {
  const records: { number: number; fields: string[]; broken: boolean }[] = []
  let fields: string[] = []
  let field = ''
  let quoted = false
  let wasQuoted = false
  let number = 1
  let begins = 1
  const endField = () => {
    fields.push(wasQuoted ? field : field.trim())
    field = ''
    wasQuoted = false
  }
  const endRecord = (broken: boolean) => {
    endField()
    if (fields.some((f) => f !== '')) records.push({ number: begins, fields, broken })
    fields = []
    begins = number
  }
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    if (char === '\n') number++
    if (quoted) {
      if (char !== '"') field += char
      else if (text[i + 1] === '"') {
        field += '"'
        i++
      } else quoted = false
    } else if (char === '"' && field.trim() === '') {
      quoted = true
      wasQuoted = true
      field = ''
    } else if (char === separator) endField()
    else if (char === '\n') endRecord(false)
    else if (char !== '\r' && !(wasQuoted && char.trim() === '')) field += char
  }
  begins = Math.min(begins, number)
  endRecord(quoted)
  return records
}

/** Whichever parts the first line into most. */
export function separatorOf(text: string): string {
  const first = text.split('\n').find((line) => line.trim() !== '') ?? ''
  const count = (separator: string) => first.split(separator).length - 1
  return [',', ';', '\t'].toSorted((a, b) => count(b) - count(a))[0] ?? ','
}

const NAME_WORDS = ['name', 'student', 'full name', 'student name']
const EMAIL_WORDS = ['email', 'e-mail', 'mail', 'e-mail address', 'email address', 'address']

interface Columns {
  name: number
  email: number
  heading: boolean
}

/** From a line of headings, or from which field looks like an address. */
function columnsOf(first: readonly string[]): Columns {
  const lower = first.map((f) => f.toLowerCase())
  const name = lower.findIndex((f) => NAME_WORDS.includes(f))
  const email = lower.findIndex((f) => EMAIL_WORDS.includes(f))
  if (name >= 0 && email >= 0) return { name, email, heading: true }
  const at = first.findIndex((f) => f.includes('@'))
  return { email: at >= 0 ? at : 1, name: at === 0 ? 1 : 0, heading: false }
}

function problemOf(name: string, email: string, seen: ReadonlyMap<string, number>, broken: boolean): string | null {
  if (broken) return 'A quotation mark is not closed.'
  if (email === '') return 'The e-mail address is missing.'
  if (!Email.safeParse(email).success) return `"${email}" is not an e-mail address.`
  if (name === '') return 'The name is missing.'
  if (name.length > 80) return 'The name is longer than 80 characters.'
  const other = seen.get(email)
  if (other !== undefined) return `The same address is on line ${other}.`
  return null
}

/** Every line with what is wrong with it; nothing is left out silently. */
export function readClassList(input: string): Line[] {
  // Spreadsheets put a byte-order mark before the first name.
  const text = input.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const records = readRecords(text, separatorOf(text))
  const [first] = records
  if (!first) return []
  const columns = columnsOf(first.fields)
  const seen = new Map<string, number>()
  return records.slice(columns.heading ? 1 : 0).map(({ number, fields, broken }) => {
    const name = (fields[columns.name] ?? '').replace(/\s+/g, ' ').trim()
    const email = (fields[columns.email] ?? '').trim().toLowerCase()
    const problem = problemOf(name, email, seen, broken)
    if (problem === null) seen.set(email, number)
    return { number, name, email, problem }
  })
}

export const usable = (lines: readonly Line[]): Listed[] =>
  lines.filter((l) => l.problem === null).map(({ name, email }) => ({ name, email }))

const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** For a spreadsheet: a cell that begins like a formula is made a text (OWASP, "CSV injection"). */
const cell = (text: string): string => quoted(/^[=+\-@\t]/.test(text) ? `'${text}` : text)

export const writeCsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
