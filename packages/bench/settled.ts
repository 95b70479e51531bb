// Has the kernel put away what was deleted? It does so behind whoever deleted it, and that is not to be in the next one's time.
import { readFileSync } from 'node:fs'

const SETTLED_S = 6
const MOST_S = 90

/** What the kernel has taken for itself: neither free, nor of processes, nor cached files or names. */
export function kernelMiB(): number {
  const kib = Object.fromEntries(
    [...readFileSync('/proc/meminfo', 'utf8').matchAll(/^(\w+):\s+(\d+)/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]),
  )
  const of = (name: string) => kib[name] ?? 0
  const others = ['MemFree', 'Buffers', 'Cached', 'SwapCached', 'AnonPages', 'SReclaimable', 'PageTables']
  return others.reduce((left, name) => left - of(name), of('MemTotal')) / 1024
}

/** Until what went before has been put away: the kernel lets go of thousands of namespaces for half a minute. */
export async function settled(): Promise<void> {
  let least = kernelMiB()
  for (let tries = 0, still = 0; still < SETTLED_S && tries < MOST_S; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const now = kernelMiB()
    still = now < least - 1 ? 0 : still + 1
    least = Math.min(least, now)
  }
}
