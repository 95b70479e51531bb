// What is admitted in the benchmark? A substrate of sixty nodes and approved bookings of small networks over two days, close
// enough to its capacity that some of them no longer fit.
import { randomSubstrate } from '@myvini/core/embedding/random-substrate'
import { seededRandom } from '@myvini/core/random'
import { randomTopology } from '@myvini/core/topology/random-topology'
import type { Database } from '@myvini/store/database'
import { addApproved } from '@myvini/testkit/bookings'

export const NODES = 60
/** Starts are on the hour within so many. */
const HOURS = 48
const LONGEST_HOURS = 6
const HOUR_MS = 3_600_000
const FROM_MS = Date.UTC(2031, 0, 1)

export async function addSubstrate(db: Database): Promise<void> {
  const { nodes, links } = randomSubstrate(NODES, 5)
  await db.substrateNode.createMany({
    data: nodes.map(({ id, name, site }) => ({
      id,
      name,
      site,
      sshHost: '127.0.0.1',
      hostKey: 'ssh-ed25519 none',
      cpuMilli: 4000,
      memoryMib: 8192,
      hostSlots: 200,
      capabilities: ['netns', 'egre-bpf', 'userns'],
      health: 'healthy' as const,
    })),
  })
  await db.substrateLink.createMany({
    data: links.map(({ id, a, b, capacityMbps, delayMs }, i) => ({
      id,
      aId: a,
      bId: b,
      aAddress: `10.${i >> 8}.${i & 255}.1`,
      bAddress: `10.${i >> 8}.${i & 255}.2`,
      capacityMbps,
      delayMs,
    })),
  })
}

/** Ids of reservations that are approved and nothing more: three to ten hosts, at 10 Mbit/s a link. */
export async function addBookings(db: Database, count: number): Promise<string[]> {
  const random = seededRandom(17)
  const below = (n: number) => Math.floor(random() * n)
  const { bookings } = await addApproved(db, count, (seed) => {
    const shape = { seed, routers: 1 + below(4), hosts: 2 + below(5), lans: below(2), extraLinks: below(3) }
    const startsAt = new Date(FROM_MS + below(HOURS) * HOUR_MS)
    const endsAt = new Date(startsAt.getTime() + (1 + below(LONGEST_HOURS)) * HOUR_MS)
    return { topology: randomTopology(shape), startsAt, endsAt }
  })
  return bookings.map(({ id }) => id)
}
