// What is an image? A root file system that virtual hosts of class vserver start from, named for people and hashed for
// machines.
import { z } from 'zod'
import { ImageNeeds } from './needs'

/** What people choose: `router`. */
export const ImageName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'Lower-case letters, digits and hyphens, at most 40')

/** The image that needs none: the node's own /usr, read-only. */
export const HOST_USR = 'host-usr'

/** SHA-256 of the unpacked archive (the tar itself, before it is compressed), in hex: the image's folder on a node. */
export const ImageHash = z.string().regex(/^[0-9a-f]{64}$/)
export type ImageHash = z.infer<typeof ImageHash>

/** A Debian package (Debian Policy §5.6.1). */
export const PackageName = z.string().regex(/^[a-z0-9][a-z0-9+.-]{1,99}$/, 'A name of a Debian package')

/** What an image is made of. Data only: nothing in it is ever part of a command line other than as one argument. */
export const Recipe = z.object({
  name: ImageName,
  description: z.string().max(300),
  packages: z.array(PackageName).min(1).max(200),
  needs: ImageNeeds.optional(),
})
export type Recipe = z.infer<typeof Recipe>

export const IMAGE_LIMITS = {
  /** Unpacked. */
  bytes: 8 * 1024 ** 3,
  entries: 500_000,
  /** Of an upload. */
  archiveBytes: 4 * 1024 ** 3,
  /** Of a path inside (PATH_MAX). */
  pathBytes: 4096,
} as const

/** `router.3`, as topologies name it; a bare name means the newest version there is when it is booked. */
export const imageLabel = (name: string, version: number): string => `${name}.${version}`

/** The name and version of a reference; version null: the newest. */
export function parseImageReference(text: string): { name: string; version: number | null } | null {
  const match = /^([a-z][a-z0-9-]{0,39})(?:\.([1-9]\d{0,5}))?$/.exec(text)
  if (!match?.[1]) return null
  return { name: match[1], version: match[2] === undefined ? null : Number(match[2]) }
}
