// The substrate, as admins see and change it.
import { canonicalAddress } from '@myvini/core/addressing/cidr'
import { listNodeDrift } from '@myvini/store/drift'
import { addNode, editNode, listNodes, listSlivers, removeNode, setAccepting } from '@myvini/store/nodes'
import {
  addSubstrateLink,
  editSubstrateLink,
  listSubstrateLinks,
  removeSubstrateLink,
} from '@myvini/store/substrate-links'
import { z } from 'zod'
import { readHostKey } from '../../host-key'
import { orRefuse } from '../problems'
import { admin, router } from '../trpc'

const Id = z.string().min(1).max(40)
const label = (what: string) =>
  z
    .string()
    .trim()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, `${what}: lower-case letters, digits and hyphens, at most 63`)

const Node = z.object({
  name: label('A name'),
  site: label('A site'),
  latitude: z.number().min(-90, 'From -90 to 90').max(90, 'From -90 to 90'),
  longitude: z.number().min(-180, 'From -180 to 180').max(180, 'From -180 to 180'),
  sshHost: z
    .string()
    .trim()
    .min(1, 'Give an address or a name')
    .max(253)
    .regex(/^[A-Za-z0-9.:_-]+$/, 'An address or a DNS name, without spaces'),
  sshPort: z.number().int().min(1, 'From 1 to 65535').max(65_535, 'From 1 to 65535'),
  sshUser: z
    .string()
    .trim()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'A user name on the server, such as root'),
  cpuMilli: z.number().int().min(100, 'At least 0.1 cores').max(4_096_000),
  memoryMib: z.number().int().min(64, 'At least 64 MiB').max(134_217_728),
  /** Null: all that the node says it has. */
  diskMib: z.number().int().min(0, 'Not below 0').max(2_147_483_647).nullable(),
  hostSlots: z.number().int().min(1, 'At least 1').max(100_000),
})

const HostKey = z
  .string()
  .max(20_000)
  .transform((text, context) => {
    const key = readHostKey(text)
    if (key !== null) return key
    context.addIssue({
      code: 'custom',
      message: 'No host key is in this. Paste a line such as "ssh-ed25519 AAAA…", or what ssh-keyscan prints',
    })
    return z.NEVER
  })

const Address = z
  .union([z.ipv4(), z.ipv6()], { error: 'An IPv4 or IPv6 address, without a length' })
  // RFC 4291 §2.5.6: without an interface it does not say where.
  .refine((text) => !/^fe[89ab]/i.test(text), { error: 'Not a link-local address: give the server another one there' })
  .transform(canonicalAddress)
const LinkFigures = z.object({
  capacityMbps: z.number().int('A whole number').min(1, 'At least 1 Mbit/s').max(1_000_000),
  delayMs: z.number().min(0, 'Not below 0').max(10_000),
  mtuBytes: z.number().int('A whole number').min(1280, 'At least 1,280 bytes').max(65_535),
})

export const nodesRouter = router({
  list: admin.query(({ ctx }) => listNodes(ctx.db, ctx.now())),
  links: admin.query(({ ctx }) => listSubstrateLinks(ctx.db, ctx.now())),
  slivers: admin.input(z.object({ nodeId: Id })).query(({ ctx, input }) => listSlivers(ctx.db, input.nodeId)),

  /** What it found wrong, and put right. */
  drift: admin.input(z.object({ nodeId: Id })).query(({ ctx, input }) => listNodeDrift(ctx.db, input.nodeId, 200)),

  /** The controller's public key, to be put on a server before it is added; null where the portal does not know it. */
  controllerKey: admin.query(({ ctx }) => ctx.sshPublicKey),

  add: admin
    .input(z.object({ node: Node, hostKey: HostKey }))
    .mutation(async ({ ctx, input }) =>
      orRefuse(await addNode(ctx.db, ctx.person.id, { ...input.node, hostKey: input.hostKey })),
    ),

  edit: admin
    .input(z.object({ nodeId: Id, node: Node, hostKey: HostKey.nullable() }))
    .mutation(async ({ ctx, input }) => {
      orRefuse(await editNode(ctx.db, { ...input, actorId: ctx.person.id, now: ctx.now() }))
    }),

  setAccepting: admin.input(z.object({ nodeId: Id, accepting: z.boolean() })).mutation(async ({ ctx, input }) => {
    orRefuse(await setAccepting(ctx.db, { ...input, actorId: ctx.person.id }))
  }),

  remove: admin.input(z.object({ nodeId: Id })).mutation(async ({ ctx, input }) => {
    orRefuse(await removeNode(ctx.db, { ...input, actorId: ctx.person.id }))
  }),

  addLink: admin
    .input(LinkFigures.extend({ aId: Id, bId: Id, aAddress: Address, bAddress: Address }))
    .mutation(async ({ ctx, input }) => orRefuse(await addSubstrateLink(ctx.db, ctx.person.id, input))),

  editLink: admin.input(z.object({ linkId: Id, link: LinkFigures })).mutation(async ({ ctx, input }) => {
    orRefuse(await editSubstrateLink(ctx.db, { ...input, actorId: ctx.person.id, now: ctx.now() }))
  }),

  removeLink: admin.input(z.object({ linkId: Id })).mutation(async ({ ctx, input }) => {
    orRefuse(await removeSubstrateLink(ctx.db, { ...input, actorId: ctx.person.id }))
  }),
})
