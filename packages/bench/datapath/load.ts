// What do busy neighbours do while something else is measured? They forward packets at a steady pace, through the same node.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { smallest } from './baselines'
import { benchBinary, CPU } from './forward'
import { IN, type Line, OUT } from './line'

/** Begins; what it returns ends it. */
export type Load = () => () => Promise<void>

/** Packets a second of each neighbour: 60 of them make 30,000, a twentieth of what one CPU forwards. */
const PACKETS_PER_SECOND = 500

function load(line: Line, packets: readonly string[]): Load {
  return () => {
    const started = begin(line, packets)
    return async () => {
      const { child, folder } = await started
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true })
    }
  }
}

async function begin(line: Line, packets: readonly string[]) {
  const folder = await mkdtemp(path.join(tmpdir(), 'myvini-bench-'))
  const file = path.join(folder, 'packets')
  await writeFile(file, `${packets.join('\n')}\n`)
  const netns = `/proc/${line.source.pid}/ns/net`
  const every = 1_000_000 / PACKETS_PER_SECOND // each neighbour sends one packet in each interval, in µs
  const argv = [netns, 'u-m', file, String(every), String(CPU)]
  return { folder, child: spawn(benchBinary('pace'), argv, { stdio: ['ignore', 'ignore', 'inherit'] }) }
}

export const busy = {
  /** As many flows of the same packets, forwarded by the middle node's own kernel. */
  native: (line: Line, flows: number): Load =>
    load(
      line,
      Array.from({ length: flows }, (_, i) =>
        smallest(line.mac.middle, line.mac.source, `${IN}.${i + 100}`, `${OUT}.2`),
      ),
    ),
  slices: (line: Line, packets: readonly string[]): Load => load(line, packets),
}
