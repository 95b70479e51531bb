// Where does the delay line find the traces that links follow? In RUN/traces, as the steps it reads in place.
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeSpec } from '@myvini/core/desired/node-spec'

const NUMBERS = 3

/** `struct trace_step` of kernel/trellis/line.h: rate, delay, loss, for each 10 ms, as this machine writes numbers. */
function bytesOf(steps: NonNullable<NodeSpec['traces']>[number]['steps']): Uint8Array {
  const count = steps.reduce((sum, [, , , times]) => sum + times, 0)
  const numbers = new Uint32Array(count * NUMBERS)
  let at = 0
  for (const [kbps, delayUs, loss, times] of steps)
    for (let i = 0; i < times; i++, at += NUMBERS) numbers.set([kbps, delayUs, loss], at)
  return new Uint8Array(numbers.buffer)
}

/** Named by their content, they never change; those that no link follows any more go. */
export async function prepareTraces(run: string, spec: NodeSpec): Promise<void> {
  const folder = join(run, 'traces')
  const wanted = new Map((spec.traces ?? []).map((t) => [t.id as string, t.steps]))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const there = new Set(await readdir(folder))
  for (const [id, steps] of wanted) {
    if (there.has(id)) continue
    await writeFile(join(folder, `${id}.new`), bytesOf(steps), { mode: 0o600 })
    await rename(join(folder, `${id}.new`), join(folder, id))
  }
  for (const name of there) if (!wanted.has(name)) await rm(join(folder, name), { force: true })
}
