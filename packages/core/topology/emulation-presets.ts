// What do links people know behave like? Places to begin from, for both directions at once.
import { type Emulation, type Impairment, UNIMPAIRED } from './emulation'

export interface Preset {
  key: string
  name: string
  /** From the link's first end to its second, which is the side of the network, and back. */
  emulation: Emulation | null
}

const like = (there: Partial<Impairment>, back: Partial<Impairment> = there): Emulation => [
  { ...UNIMPAIRED, ...there },
  { ...UNIMPAIRED, ...back },
]

export const PRESETS: readonly Preset[] = [
  { key: 'none', name: 'None', emulation: null },
  { key: 'lan', name: 'LAN', emulation: like({ delayMs: 0.2, jitterMs: 0.02 }) },
  {
    key: 'dsl',
    name: 'DSL',
    emulation: like({ rateMbps: 2, delayMs: 10, jitterMs: 1 }, { rateMbps: 16, delayMs: 10, jitterMs: 1 }),
  },
  {
    key: 'lte',
    name: 'LTE',
    emulation: like(
      { rateMbps: 10, delayMs: 25, jitterMs: 6, lossPercent: 0.1 },
      { rateMbps: 40, delayMs: 20, jitterMs: 4, lossPercent: 0.1 },
    ),
  },
  {
    key: 'satellite',
    name: 'Satellite, geostationary',
    emulation: like(
      { rateMbps: 5, delayMs: 270, jitterMs: 5, lossPercent: 0.1 },
      { rateMbps: 25, delayMs: 270, jitterMs: 5, lossPercent: 0.1 },
    ),
  },
  {
    key: 'wifi',
    name: 'Lossy Wi-Fi',
    emulation: like({ rateMbps: 25, delayMs: 3, jitterMs: 2, lossPercent: 3, lossCorrelationPercent: 40 }),
  },
]

/** The preset whose settings these are, if it is one. */
export const presetOf = (emulation: Emulation | null): Preset | undefined => {
  const text = JSON.stringify(emulation)
  return PRESETS.find((p) => JSON.stringify(p.emulation) === text)
}
