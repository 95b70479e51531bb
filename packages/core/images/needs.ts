// What does a virtual host need so that it starts from its image, and has this one as much?
import { z } from 'zod'
import type { Problem } from '../result'

/**
 * Of any image: init, a shell, and the runtime that starts them; the ext4 that a disk of that size is made with. Seen to be
 * enough in apps/agent/least.root.test.ts.
 */
export const LEAST = { memoryMib: 16, diskMib: 16, processes: 16 } as const

/** MiB: the largest disk that one host is given. */
export const MOST_DISK_MIB = 65_536

/** Whoever makes an image says what is in it for; left out, it needs what any does. */
export const ImageNeeds = z.object({
  memoryMib: z.number().int().min(LEAST.memoryMib).max(1_048_576).default(LEAST.memoryMib),
  diskMib: z.number().int().min(LEAST.diskMib).max(MOST_DISK_MIB).default(LEAST.diskMib),
  processes: z.number().int().min(LEAST.processes).max(16_384).default(LEAST.processes),
})
export type ImageNeeds = z.infer<typeof ImageNeeds>

const WORDS = {
  memoryMib: { code: 'image.memory', of: 'MiB of memory' },
  diskMib: { code: 'image.disk', of: 'MiB of disk' },
  processes: { code: 'image.processes', of: 'processes' },
} as const
const FIELDS = ['memoryMib', 'diskMib', 'processes'] as const

interface Had extends Record<(typeof FIELDS)[number], number> {
  id: string
  name: string
}

/** The first of its limits that is below what the image needs. `image` as people call it. */
export function checkNeeds(host: Had, image: string, needs: ImageNeeds): Problem | null {
  const field = FIELDS.find((f) => host[f] < needs[f])
  if (!field) return null
  const { code, of } = WORDS[field]
  return {
    code,
    message: `${host.name}, field ${field}: it has ${host[field]} ${of}, and the image ${image} needs ${needs[field]}.`,
    hint: `Give it at least ${needs[field]} ${of}, or choose another image.`,
    subject: { kind: 'host', id: host.id },
  }
}

/** In words, where it is more than any image needs; null where it is not. */
export function needsInWords(needs: ImageNeeds): string | null {
  const more = FIELDS.filter((f) => needs[f] > LEAST[f]).map((f) => `${needs[f]} ${WORDS[f].of}`)
  return more.length === 0 ? null : `Needs ${more.join(', ')}.`
}
