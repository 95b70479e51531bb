// What does a node do to frames on their way into a virtual interface? From the drawing's settings, in the kernel's units.
import { type Emulation, type Impairment, UNIMPAIRED } from '../topology/emulation'
import type { LineSpec } from './node-spec'

const millionths = (percent: number): number => Math.round(percent * 10_000)
const micros = (ms: number): number => Math.min(10_000_000, Math.round(ms * 1000))

const inKernelUnits = (i: Impairment, substrateDelayMs: number) => ({
  rateKbps: i.rateMbps === null ? 0 : Math.max(1, Math.round(i.rateMbps * 1000)),
  delayUs: micros(i.delayMs + substrateDelayMs),
  jitterUs: micros(i.jitterMs),
  uniform: i.jitterShape === 'uniform',
  loss: millionths(i.lossPercent),
  lossCorrelation: millionths(i.lossCorrelationPercent),
  duplicate: millionths(i.duplicatePercent),
  reorder: millionths(i.reorderPercent),
  corrupt: millionths(i.corruptPercent),
  trace: i.trace?.id ?? null,
  loop: i.trace?.loop ?? false,
})

/**
 * One end of a link: what is done to frames on their way there, and whether those from there are let in at all. Null when
 * frames are to pass as they are. `substrateDelayMs`: what the path would take were it not a box on one machine.
 */
export function lineOf(
  device: string,
  end: 0 | 1,
  emulation: Emulation | null,
  substrateDelayMs: number,
): LineSpec | null {
  const [there, back] = emulation ?? [UNIMPAIRED, UNIMPAIRED]
  const [into, from] = end === 1 ? [there, back] : [back, there]
  const line = { device, down: from.down, ...inKernelUnits(into, substrateDelayMs) }
  const { rateKbps, delayUs, jitterUs, loss, duplicate, reorder, corrupt } = line
  const does = rateKbps + delayUs + jitterUs + loss + duplicate + reorder + corrupt > 0
  return does || line.down || line.trace !== null ? line : null
}
