// Streams through virtual links, and what arrives of them: measured at the receiving interface, in bytes of whole frames.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { End } from './link-behaviour'

const flooder = path.join(import.meta.dirname, 'flood.mjs')

/** Sends UDP from one host to the other, so many packets or until stopped; `mbps` 0 is as fast as it goes. */
export async function flood(from: End, to: End, mbps: number, bytes = 1472, packets = Infinity) {
  const [file, argv] = from.node.insideHost(from.host, [
    ...[process.execPath, flooder, `10.0.0.${to.n}`, `${mbps}`, `${bytes}`, `${packets}`],
  ])
  const child = spawn(file, argv, { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data') // it sends
  return child
}

/** Waits for one that was given a number of packets. */
export async function done(f: ChildProcess): Promise<void> {
  if (f.exitCode === null) await once(f, 'exit')
}

export async function stop(...floods: ChildProcess[]): Promise<void> {
  await Promise.all(
    floods.map(async (f) => {
      if (f.exitCode !== null) return
      const gone = once(f, 'exit')
      f.kill('SIGKILL')
      await gone
    }),
  )
}

interface Counted {
  bytes: number
  packets: number
  atMs: number
}

export function counted(end: End, direction: 'rx' | 'tx' = 'rx'): Counted {
  const folder = '/sys/class/net/eth0/statistics'
  // /sys shows the namespace it was mounted in, /proc/net that of the reader
  const line = end.node
    .host(end.host, 'cat', '/proc/net/dev')
    .stdout.split('\n')
    .find((l) => l.includes('eth0:'))
  const atMs = performance.now()
  const [rxBytes, rxPackets, , , , , , , txBytes, txPackets] = (line?.split(':')[1] ?? '')
    .trim()
    .split(/\s+/)
    .map(Number)
  const [bytes, packets] = direction === 'rx' ? [rxBytes, rxPackets] : [txBytes, txPackets]
  if (bytes === undefined || packets === undefined) throw new Error(`no counters in ${folder}`)
  return { bytes, packets, atMs }
}

/** Mbit/s of frames that arrive during `ms`; the interface's counter leaves nothing of a frame out but its check sum. */
export async function arriving(at: readonly End[], ms: number): Promise<number[]> {
  const before = at.map((end) => counted(end))
  await sleep(ms)
  return at.map((end, i) => {
    const after = counted(end)
    const first = before[i]
    if (!first) throw new Error('not counted')
    return ((after.bytes - first.bytes) * 8) / ((after.atMs - first.atMs) * 1000)
  })
}
