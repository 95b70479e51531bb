// Which statements does Postgres keep parsed for a connection? Those that are asked again and again, by a name for each text
// (https://www.postgresql.org/docs/current/sql-prepare.html): parsing and planning is most of what a short one costs.
import { createHash } from 'node:crypto'

/** Of what is asked as seldom as this, nothing is kept. */
const ASKED_OFTEN = 4
/** Each connection keeps every one of them, some tens of KiB of the server's memory each. */
const MOST_NAMES = 300
/** Longer ones are lists, of another length each time. */
const MOST_VALUES = 24
/** Texts that are not known to be asked often are forgotten when there are so many. */
const MOST_COUNTED = 2000

export interface Asked {
  sql: string
  args: readonly unknown[]
}

/** Empty: to be parsed for this one time. */
export function statementNames(): (asked: Asked) => string {
  const names = new Map<string, string>()
  let counts = new Map<string, number>()
  return ({ sql, args }) => {
    // Without values it is sent as text in one message.
    if (args.length === 0 || args.length > MOST_VALUES) return ''
    const known = names.get(sql)
    if (known !== undefined) return known
    if (names.size >= MOST_NAMES) return ''
    const count = (counts.get(sql) ?? 0) + 1
    if (count < ASKED_OFTEN) {
      if (counts.size >= MOST_COUNTED) counts = new Map()
      counts.set(sql, count)
      return ''
    }
    counts.delete(sql)
    const name = `s_${createHash('sha256').update(sql).digest('base64url').slice(0, 24)}`
    names.set(sql, name)
    return name
  }
}
