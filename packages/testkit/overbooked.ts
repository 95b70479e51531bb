// Is more promised than there is, at any instant? Looked at plainly and on its own: it shares nothing with the code that
// admits, nor with the database's own guards.
import { UNSAID_DISK_MIB } from '@myvini/core/substrate/substrate'
import type { Database } from '@myvini/store/database'

interface Interval {
  startsAt: Date
  endsAt: Date
}

/** The largest sum at any instant; what ends at an instant no longer counts there. */
export function peakOfClaims<T extends Interval>(claims: readonly T[], amount: (claim: T) => number): number {
  const changes = claims
    .flatMap((c) => [
      { at: c.startsAt.getTime(), by: amount(c) },
      { at: c.endsAt.getTime(), by: -amount(c) },
    ])
    .toSorted((a, b) => a.at - b.at || a.by - b.by)
  let sum = 0
  return changes.reduce((peak, { by }) => Math.max(peak, (sum += by)), 0)
}

/** Names of nodes and links of which more is promised than they have; one snapshot of the whole. */
export async function findOverbooked(db: Database): Promise<string[]> {
  const [nodes, links] = await db.$transaction(
    async (tx) => [
      await tx.substrateNode.findMany({ include: { claims: true } }),
      await tx.substrateLink.findMany({ include: { claims: true } }),
    ],
    { isolationLevel: 'RepeatableRead', timeout: 30_000, maxWait: 30_000 },
  )
  return [
    ...nodes.flatMap((n) =>
      (['cpuMilli', 'memoryMib', 'diskMib', 'hostSlots'] as const)
        .filter((what) => peakOfClaims(n.claims, (c) => c[what]) > (n[what] ?? UNSAID_DISK_MIB))
        .map((what) => `${n.name}: ${what}`),
    ),
    // Sums of decimals are off by a hair.
    ...links.filter((l) => peakOfClaims(l.claims, (c) => c.mbps) > l.capacityMbps + 0.001).map((l) => l.id),
  ]
}

/** What was overbooked at each of the many looks that were taken while the work went on, and at one after it. */
export async function overbookedWhile(db: Database, work: () => Promise<unknown>): Promise<string[][]> {
  let working = true
  const looks: string[][] = []
  const watch = async () => {
    while (working) looks.push(await findOverbooked(db))
  }
  const watching = watch()
  await work().finally(() => {
    working = false
  })
  await watching
  looks.push(await findOverbooked(db))
  return looks
}
