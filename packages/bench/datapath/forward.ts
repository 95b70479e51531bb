// How many packets a CPU-second does a way of forwarding bring through the middle of a line?
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { kernelFolder } from '../../../kernel/tests/lab'
import type { Line } from './line'

export const benchBinary = (name: string) => path.join(kernelFolder, 'build/bench', name)

/** A way of forwarding, set up and ready: what to send, and where it must arrive. */
export interface Subject {
  line: Line
  /** Frames in hexadecimal, sent in turn; all of one length. */
  packets: string[]
  /** What arrives is counted as frames where it came by XDP, and as packets otherwise. */
  sink: 'xdp' | 'tc'
  /** Processes whose time counts as well. */
  processes?: number[]
  end(): Promise<void>
}

const Ran = z.object({ sent: z.number(), received: z.number(), cpuNs: z.number(), wallNs: z.number() })
const run = promisify(execFile)
/** The last one: others' work, which starts on the first, disturbs a little less there. */
export const CPU = availableParallelism() - 1

export interface Burst {
  bursts: number
  packets: number
}

/** Packets a CPU-second. Throws when packets are lost that nobody was made to drop. */
export async function measure(subject: Subject, { bursts, packets }: Burst): Promise<number> {
  const { source, sink } = subject.line
  const file = path.join(tmpdir(), `myvini-bench-${process.pid}.hex`)
  await writeFile(file, `${subject.packets.join('\n')}\n`)
  const netns = (pid: number) => `/proc/${pid}/ns/net`
  const { stdout } = await run(benchBinary('forward'), [
    benchBinary('generate.bpf.o'),
    ...[netns(source.pid), 'u-m', netns(sink.pid), 'u-m', subject.sink, file],
    ...[`${bursts}x${packets}`, String(CPU), ...(subject.processes ?? []).map(String)],
  ])
  const { sent, received, cpuNs } = Ran.parse(JSON.parse(stdout))
  if (received < sent * 0.5) throw new Error(`only ${received} of ${sent} packets arrived`)
  return received / (cpuNs / 1e9)
}
