// How do ways of forwarding compare? One line of three nodes for each; every round measures each of them once.
import { type Figure, median } from '../figure'
import { native, userspace, vxlanBridge, xdpForward } from './baselines'
import { relay, tc, tcUncached, xdp, xdpUncached } from './egre'
import { type Burst, measure, type Subject } from './forward'
import { beside, type Context, type Part } from './part'

const SUBJECTS: Record<string, { make: () => Promise<Subject>; burst?: Burst }> = {
  native: { make: native },
  tc: { make: tc },
  tc_uncached: { make: tcUncached },
  xdp: { make: xdp },
  xdp_uncached: { make: xdpUncached },
  relay: { make: relay },
  xdp_forward: { make: xdpForward },
  vxlan_bridge: { make: vxlanBridge },
  // Queues of a process overflow when packets come faster than it reads them: bursts that fit, one after the other.
  userspace: { make: userspace, burst: { bursts: 400, packets: 256 } },
}

interface Ratio {
  id: string
  of: string
  to: string
  goal: string
}

const RATIOS: readonly Ratio[] = [
  { id: 'xdp_vs_native', of: 'xdp', to: 'native', goal: '≥ 1.5, aim 3.5' },
  { id: 'xdp_uncached_vs_native', of: 'xdp_uncached', to: 'native', goal: '' },
  { id: 'xdp_vs_vxlan_bridge', of: 'xdp', to: 'vxlan_bridge', goal: '≥ 5, aim 12' },
  { id: 'xdp_vs_userspace', of: 'xdp', to: 'userspace', goal: '≥ 18, aim 40' },
  { id: 'relay_vs_xdp', of: 'relay', to: 'xdp_forward', goal: 'aim 0.9' },
  { id: 'tc_vs_native', of: 'tc', to: 'native', goal: '≥ 0.6, aim 0.75' },
  { id: 'tc_uncached_vs_native', of: 'tc_uncached', to: 'native', goal: '' },
  { id: 'tc_vs_vxlan_bridge', of: 'tc', to: 'vxlan_bridge', goal: '≥ 2' },
  { id: 'tc_vs_userspace', of: 'tc', to: 'userspace', goal: '≥ 6' },
]

async function rates(names: readonly string[], { rounds, quick, log }: Context): Promise<Record<string, number[]>> {
  const subjects: Record<string, Subject> = {}
  const found: Record<string, number[]> = {}
  try {
    for (const name of names) subjects[name] = await (SUBJECTS[name] ?? unknown(name)).make()
    for (let round = 0; round < rounds; round++)
      for (const [name, subject] of Object.entries(subjects)) {
        const burst = SUBJECTS[name]?.burst ?? { bursts: 1, packets: quick ? 1 << 17 : 1 << 18 }
        const rate = await measure(subject, burst)
        found[name] = [...(found[name] ?? []), rate / 1000]
        log(`round ${round + 1}/${rounds} ${name} ${(rate / 1000).toFixed(0)} kpps per CPU-second`)
      }
  } finally {
    for (const subject of Object.values(subjects)) await subject.end()
  }
  return found
}

function unknown(name: string): never {
  throw new Error(`there is no way of forwarding called ${name}`)
}

export const forwarding: Part = {
  ids: RATIOS.map((ratio) => ratio.id),
  async measure(wanted, context) {
    const ratios = RATIOS.filter((ratio) => wanted.has(ratio.id))
    const names = Object.keys(SUBJECTS).filter((name) => ratios.some((r) => r.of === name || r.to === name))
    const found = await rates(names, context)
    const rate = (name: string) => median(found[name] ?? [])
    return [
      ...ratios.map(({ id, of, to, goal }): Figure => {
        // Round by round, so that what slows the machine for a while slows both.
        const each = (found[of] ?? []).map((value, i) => value / (found[to]?.[i] ?? Number.NaN))
        const method = beside('kpps per CPU-second', [of, rate(of)], [to, rate(to)])
        return { id, value: median(each), unit: '×', baseline: 1, goal, n: each.length, method }
      }),
      ...names.map(
        (name): Figure => ({
          ...{
            id: `${name}_kpps`,
            value: rate(name),
            unit: 'kpps/CPU-s',
            baseline: found.native ? rate('native') : null,
          },
          ...{ goal: '', n: found[name]?.length ?? 0, method: 'smallest frames, live-frames generator' },
        }),
      ),
    ]
  },
}
