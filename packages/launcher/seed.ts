// What is in the database of a fresh box? Templates everywhere; with the box also one login for each role, a project to
// work in, and its servers as substrate nodes. Idempotent: what people changed since is left as they left it.
import { randomUUID } from 'node:crypto'
import type { RunningNode } from '@myvini/box/box'
import type { BoxLayout } from '@myvini/box/layout'
import { TEMPLATES } from '@myvini/core/topology/templates'
import type { Database } from '@myvini/store/database'
import type { Role } from '@myvini/store/generated/enums'
import { hashPassword } from 'better-auth/crypto'

export interface SeedLogin {
  role: Role
  name: string
  email: string
  password: string
}

/** Known to everyone who reads this: they exist only with the box, which listens on this machine alone. */
export const LOGINS: readonly SeedLogin[] = [
  { role: 'researcher', name: 'Rita Researcher', email: 'researcher@myvini.test', password: 'researcher-demo' },
  { role: 'admin', name: 'Ada Admin', email: 'admin@myvini.test', password: 'admin-demo' },
  { role: 'instructor', name: 'Ivan Instructor', email: 'instructor@myvini.test', password: 'instructor-demo' },
]

export async function seedTemplates(db: Database): Promise<void> {
  for (const [position, { slug, name, description, topology }] of TEMPLATES.entries()) {
    const data = { name, description, document: topology, position }
    await db.template.upsert({ where: { slug }, create: { slug, ...data }, update: data })
  }
}

async function seedLogin(db: Database, login: SeedLogin): Promise<string> {
  const known = await db.user.findUnique({ where: { email: login.email } })
  if (known) return known.id
  const id = randomUUID()
  const account = {
    id: randomUUID(),
    accountId: id,
    providerId: 'credential',
    password: await hashPassword(login.password),
  }
  await db.user.create({
    data: {
      id,
      name: login.name,
      email: login.email,
      emailVerified: true,
      role: login.role,
      accounts: { create: account },
    },
  })
  return id
}

export async function seedPeople(db: Database): Promise<void> {
  const ids = new Map<Role, string>()
  for (const login of LOGINS) ids.set(login.role, await seedLogin(db, login))
  const researcher = ids.get('researcher')
  if (researcher === undefined || (await db.project.findUnique({ where: { slug: 'demo' } }))) return
  await db.project.create({
    data: {
      slug: 'demo',
      name: 'Demo project',
      description: 'A place to try things.',
      memberships: { create: { userId: researcher, role: 'lead' } },
    },
  })
}

/** What a boxed server offers. All of them share this machine, so the sums are a demonstration's, not a promise. */
const BOXED = { cpuMilli: 2000, memoryMib: 2048, diskMib: 16_384, hostSlots: 400 } as const

export async function seedSubstrate(db: Database, layout: BoxLayout, nodes: readonly RunningNode[]): Promise<void> {
  const ids = new Map<string, string>()
  for (const node of nodes) {
    const place = { site: node.site, latitude: node.latitude, longitude: node.longitude }
    const reach = { sshHost: node.address, hostKey: node.hostKey }
    const row = await db.substrateNode.upsert({
      where: { name: node.name },
      create: { name: node.name, ...place, ...reach, ...BOXED },
      update: reach,
    })
    ids.set(node.name, row.id)
  }
  for (const link of layout.links) {
    const [aId, bId] = [ids.get(link.a), ids.get(link.b)]
    if (aId === undefined || bId === undefined) continue
    const { aAddress, bAddress, capacityMbps, delayMs, mtuBytes } = link
    const key = { aId, bId, aAddress, bAddress }
    const data = { capacityMbps, delayMs, mtuBytes, delayEmulated: true } // between namespaces there is no distance
    await db.substrateLink.upsert({
      where: { aId_bId_aAddress_bAddress: key },
      create: { ...key, ...data },
      update: data,
    })
  }
}

/** The same nodes without servers behind them, for `up --simulate`. */
export const simulatedNodes = (layout: BoxLayout): RunningNode[] =>
  layout.nodes.map((node) => ({ ...node, hostKey: 'ssh-ed25519 simulated' }))
