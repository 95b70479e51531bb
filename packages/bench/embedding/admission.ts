// Should a request that fits be taken? In the product always. In the benchmark a policy may refuse what takes too much for
// what it brings, which leaves room for others (the idea of Even, Medina, Schaffrath and Schmid, 2013): off by default,
// and reported beside the figures without it.
import { costOf, revenueOf } from './ledger'
import type { Admission } from './simulate'

/** Refuses what would take more than `most` times its own size, because its links are long. */
export const stretchUpTo = (most: number): Admission => ({
  name: `stretch ≤ ${most}`,
  admits: (request, placed) => costOf(request, placed) <= most * revenueOf(request),
})
