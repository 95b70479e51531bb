// How long to wait before the next try? Longer each time, up to a bound, and never in step with others.

export interface BackoffOptions {
  firstMs: number
  lastMs: number
}

/** Full jitter between half and the whole of `first * 2^failures`. */
export function backoffMs({ firstMs, lastMs }: BackoffOptions, failures: number, random: number): number {
  const whole = Math.min(lastMs, firstMs * 2 ** Math.max(0, failures - 1))
  return whole / 2 + (whole / 2) * random
}
