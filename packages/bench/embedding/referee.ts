// What is there to compare with? The best published rows, and what the referee measured on the given workloads, where the
// files are at hand.
import { access, readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { Setting } from './shapes'
import { readTrace, type Trace } from './trace'

/** The best rows of Table 3 of the Virne benchmark (arXiv 2507.19234): one run, seed 0, learned on a GPU server. */
export const PUBLISHED = {
  wx100: { solver: 'PPO-DualGAT', rac: 0.781, lrc: 0.74 },
  geant: { solver: 'PPO-DualGCN', rac: 0.604, lrc: 0.75 },
  brain: { solver: 'PPO-DualGAT', rac: 0.589, lrc: 0.75 },
} as const satisfies Record<Setting['id'], { solver: string; rac: number; lrc: number }>

const Results = z.object({
  results: z.array(
    z.object({ topology: z.string(), seed: z.number(), solver: z.string(), rac: z.number(), lrc: z.number() }),
  ),
})

export interface Given {
  seed: number
  trace: Trace
  referee: readonly { solver: string; rac: number; lrc: number }[]
}

const GIVEN_SEEDS = [0, 1111]

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  )

/** The given workloads of a setting; none where the folder does not have them. */
export async function givenTraces(folder: string, { id }: Setting): Promise<Given[]> {
  const resultsFile = path.join(folder, 'results.json')
  const rows = (await exists(resultsFile)) ? Results.parse(JSON.parse(await readFile(resultsFile, 'utf8'))).results : []
  const given: Given[] = []
  for (const seed of GIVEN_SEEDS) {
    const file = path.join(folder, `${id}-seed${seed}.json.gz`)
    if (!(await exists(file))) continue
    const referee = rows.filter((row) => row.topology === id.toUpperCase() && row.seed === seed)
    given.push({ seed, trace: await readTrace(file), referee })
  }
  return given
}
