// What is said of a request whose body is larger than can be meant?
import type { Problem } from '@myvini/core/result'

/**
 * Of a call of the API. The largest drawing allowed (core's LIMITS) takes about 3 MB without its texts, of which there are
 * 4 Mi characters at most (START_UP_LIMITS.sliceChars) with up to 3 bytes each.
 */
export const MOST_API_BYTES = 16 * 1024 * 1024

const mib = (bytes: number) => `${bytes / 1024 / 1024} MiB`

/** `told`: what its header says of the length, where that is what was believed. */
export const tooLarge = (mostBytes: number, told: string | null): Problem => ({
  code: 'input.too-large',
  message: `body: the request has ${told === null ? `more than ${mib(mostBytes)}` : `${told} bytes`}; at most ${mib(mostBytes)} (${mostBytes} bytes) are taken.`,
  hint: 'Of a drawing, start-up files and routing configurations are what is large: fetch them with a start-up command, or bring them to the hosts once they run.',
  subject: { kind: 'field', id: 'body' },
})
