// What may be done inside a virtual host for somebody who has no terminal? Four words that a node's agent takes over SSH,
// each a fixed program in the host that is handed what a person typed as an argument (decision 50).
import { z } from 'zod'

export const INSIDE_LIMITS = {
  /** Of a command line, in bytes: it travels as one argument. */
  commandBytes: 16 * 1024,
  /** Of what a command says, per host. */
  outputBytes: 1024 * 1024,
  /** Of a command's time. */
  seconds: 3600,
  /** PATH_MAX (limits.h). */
  pathBytes: 4096,
  /** Of one file, up or down. */
  fileBytes: 8 * 1024 ** 3,
  /** Of a file's way: a slow line and a large file. */
  fileSeconds: 6 * 3600,
  listingBytes: 1024 * 1024,
} as const

/** Kernels end an argument at the first zero; none may be in it. */
const Argument = z
  .string()
  .max(INSIDE_LIMITS.commandBytes)
  .refine((text) => !text.includes('\0'))

export const InsideRequest = z.object({
  word: z.enum(['exec', 'list', 'get', 'put']),
  seconds: z.number().int().min(1).max(86_400),
  /** What comes back beyond this is dropped, and said to be. */
  mostBytes: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  arguments: z.array(Argument).min(1).max(4),
})
export type InsideRequest = z.infer<typeof InsideRequest>

/** A command line, run by the shell inside the host. */
export const execRequest = (command: string, seconds: number): InsideRequest => ({
  word: 'exec',
  seconds,
  mostBytes: INSIDE_LIMITS.outputBytes,
  arguments: [command],
})

export const listRequest = (folder: string): InsideRequest => ({
  word: 'list',
  seconds: 30,
  mostBytes: INSIDE_LIMITS.listingBytes,
  arguments: [folder],
})

/** Says the file's length as a line, then the file. */
export const getRequest = (path: string): InsideRequest => ({
  word: 'get',
  seconds: INSIDE_LIMITS.fileSeconds,
  mostBytes: INSIDE_LIMITS.fileBytes + 64,
  arguments: [path, String(INSIDE_LIMITS.fileBytes)],
})

/** Takes exactly so many bytes, or leaves nothing behind. */
export const putRequest = (path: string, bytes: number, overwrites: boolean): InsideRequest => ({
  word: 'put',
  seconds: INSIDE_LIMITS.fileSeconds,
  mostBytes: 64 * 1024,
  arguments: [path, String(bytes), overwrites ? 'overwrite' : 'keep'],
})

/** Exit codes of the programs behind `list`, `get` and `put` (apps/agent/entry/inside-words.ts). */
export const INSIDE_EXIT = {
  noSuch: 11,
  otherKind: 12,
  thereAlready: 13,
  notKept: 14,
  noRoom: 15,
  brokenOff: 16,
} as const
