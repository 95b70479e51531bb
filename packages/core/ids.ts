// Which kinds of names exist, so that one kind is never passed where another is meant.
import { z } from 'zod'

// Ids are opaque to everyone but their maker. The alphabet keeps them safe in file names, altnames and addresses.
const opaqueId = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[A-Za-z0-9_-]+$/, 'an id holds only letters, digits, "-" and "_"')

/** Ids inside a topology are short: with a reservation's id before them they name things in the kernel, in 63 bytes. */
const partId = opaqueId.max(24)

export const HostId = partId.brand<'HostId'>()
export type HostId = z.infer<typeof HostId>
export const LanId = partId.brand<'LanId'>()
export type LanId = z.infer<typeof LanId>
export const InterfaceId = partId.brand<'InterfaceId'>()
export type InterfaceId = z.infer<typeof InterfaceId>
export const LinkId = partId.brand<'LinkId'>()
export type LinkId = z.infer<typeof LinkId>

export const SubstrateNodeId = opaqueId.brand<'SubstrateNodeId'>()
export type SubstrateNodeId = z.infer<typeof SubstrateNodeId>
export const SubstrateLinkId = opaqueId.brand<'SubstrateLinkId'>()
export type SubstrateLinkId = z.infer<typeof SubstrateLinkId>

export const SliceId = opaqueId.brand<'SliceId'>()
export type SliceId = z.infer<typeof SliceId>
export const ReservationId = opaqueId.brand<'ReservationId'>()
export type ReservationId = z.infer<typeof ReservationId>
