// How an expected failure travels: as a value that names the thing, says why, and says what would do.

export interface Problem {
  /** Stable, quotable in a bug report: `topology.name-taken`. */
  code: string
  /** What is wrong with which thing, in words for the person who caused it. */
  message: string
  /** What would do instead. */
  hint: string
  /** Where: the id of the host, link, node … that the message is about, so that a page can point at it. */
  subject?: Subject
}

export type Subject =
  | { kind: 'host' | 'lan' | 'link' | 'interface'; id: string }
  | { kind: 'substrate-node' | 'substrate-link'; id: string }
  | { kind: 'slice' | 'reservation' | 'field'; id: string }

export type Result<T, P = Problem> = { ok: true; value: T } | { ok: false; problem: P }

export const ok = <T>(value: T): { ok: true; value: T } => ({ ok: true, value })
export const fail = <P>(problem: P): { ok: false; problem: P } => ({ ok: false, problem })
