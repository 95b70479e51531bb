// `./myvini bench datapath`: how fast do virtual networks forward, beside what they could be built from otherwise?
import { execFileSync } from 'node:child_process'
import { kernelFolder } from '../../../kernel/tests/lab'
import { type Figure, median } from '../figure'
import type { BenchOptions } from '../main'
import { native } from './baselines'
import { tc } from './egre'
import { measure, type Subject } from './forward'

const WAYS: Record<string, () => Promise<Subject>> = { native, tc }

export async function bench({ quick, rest, log }: BenchOptions): Promise<Figure[]> {
  execFileSync('make', ['-s', '-C', kernelFolder, 'bench'], { stdio: 'inherit' })
  const names = rest.length > 0 ? rest : Object.keys(WAYS)
  const subjects: Record<string, Subject> = {}
  for (const name of names) {
    const make = WAYS[name]
    if (!make) throw new Error(`there is no way of forwarding called ${name}`)
    subjects[name] = await make()
  }
  const rates: Record<string, number[]> = {}
  for (let round = 0; round < (quick ? 3 : 5); round++)
    for (const [name, subject] of Object.entries(subjects)) {
      const rate = await measure(subject, 1, 1 << 18)
      rates[name] = [...(rates[name] ?? []), rate]
      log(`${name} ${(rate / 1000).toFixed(0)}`)
    }
  for (const subject of Object.values(subjects)) await subject.end()
  return Object.entries(rates).map(([id, values]) => ({
    ...{ id, value: median(values) / 1000, unit: 'kpps/CPU-s', baseline: null, goal: '', n: values.length, method: '' },
  }))
}
