// People, projects, nodes and slices as rows, in one line each; for tests, the seed and benchmarks.
import { randomUUID } from 'node:crypto'
import type { RunningNode } from '@myvini/box/box'
import type { BoxLayout } from '@myvini/box/layout'
import type { Topology } from '@myvini/core/topology/topology'
import type { Person } from '@myvini/store/access'
import type { Database } from '@myvini/store/database'
import type { MembershipRole, Role } from '@myvini/store/generated/enums'
import { createSlice } from '@myvini/store/slices'

let serial = 0
const next = () => ++serial

export async function addPerson(db: Database, role: Role = 'researcher'): Promise<Person> {
  const id = randomUUID()
  const name = `${role}-${next()}`
  return db.user.create({ data: { id, name, email: `${name}@example.test`, role } })
}

export async function addProject(db: Database, members: readonly { person: Person; role: MembershipRole }[] = []) {
  const slug = `project-${next()}`
  return db.project.create({
    data: { slug, name: slug, memberships: { create: members.map((m) => ({ userId: m.person.id, role: m.role })) } },
  })
}

export interface RingOptions {
  nodes: number
  cpuMilli?: number
  memoryMib?: number
  diskMib?: number
  hostSlots?: number
  capacityMbps?: number
  healthy?: boolean
}

/** A ring of substrate nodes, as the box has it, ready to be placed on. */
export async function addRing(db: Database, options: RingOptions) {
  const {
    nodes: count,
    cpuMilli = 4000,
    memoryMib = 4096,
    diskMib = 262_144,
    hostSlots = 100,
    capacityMbps = 1000,
    healthy = true,
  } = options
  const nodes = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      db.substrateNode.create({
        data: {
          name: `node-${next()}`,
          site: `site-${i}`,
          sshHost: '127.0.0.1',
          hostKey: 'ssh-ed25519 test',
          cpuMilli,
          memoryMib,
          diskMib,
          hostSlots,
          capabilities: ['netns', 'egre-bpf', 'userns'],
          health: healthy ? 'healthy' : 'enrolling',
        },
      }),
    ),
  )
  const pairs = nodes.flatMap((a, i) => {
    const b = nodes[(i + 1) % nodes.length]
    return b && b !== a && !(count === 2 && i === 1) ? [{ a, b, i }] : []
  })
  const links = await Promise.all(
    pairs.map(({ a, b, i }) =>
      db.substrateLink.create({
        data: {
          aId: a.id,
          bId: b.id,
          aAddress: `192.168.${i}.1`,
          bAddress: `192.168.${i}.2`,
          capacityMbps,
          delayMs: 5,
          mtuBytes: 1600,
        },
      }),
    ),
  )
  return { nodes, links }
}

export async function addSlice(db: Database, projectId: string, owner: Person, topology: Topology): Promise<string> {
  const result = await createSlice(db, { projectId, ownerId: owner.id, name: `slice-${next()}`, topology })
  if (!result.ok) throw new Error(result.problem.message)
  return result.value.id
}

/** The nodes of a box as rows: what an admin would enter, before any of them has been reached and said how much disk it has. */
export async function addBoxed(db: Database, layout: BoxLayout, nodes: readonly RunningNode[]) {
  const ids = new Map<string, string>()
  for (const node of nodes) {
    const { name, site, address: sshHost, hostKey } = node
    const row = await db.substrateNode.create({
      data: { name, site, sshHost, hostKey, cpuMilli: 10_000, memoryMib: 10_000, hostSlots: 1000 },
    })
    ids.set(name, row.id)
  }
  for (const { a, b, aAddress, bAddress, capacityMbps, delayMs, mtuBytes } of layout.links) {
    const [aId, bId] = [ids.get(a), ids.get(b)]
    if (aId === undefined || bId === undefined) throw new Error(`the link ${a}–${b} has an end that is not in the box`)
    await db.substrateLink.create({ data: { aId, bId, aAddress, bAddress, capacityMbps, delayMs, mtuBytes } })
  }
  return ids
}
