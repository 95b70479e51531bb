// `bench main`: how long does the main job take on one machine? Abilene up and down, and a second `./myvini up`.

import { startInstance } from '@myvini/launcher/own-instance'
import { z } from 'zod'
import { type Figure, median } from '../figure'
import type { BenchOptions } from '../main'
import { PortalClient } from '../portal-client'
import { runSlice } from './slice-run'

/** The seeded login of the box; packages/launcher/seed.ts. */
const RESEARCHER = { email: 'researcher@myvini.test', password: 'researcher-demo' }

export async function bench({ quick, log }: BenchOptions): Promise<Figure[]> {
  const rounds = quick ? 5 : 15
  log('starting an installation of its own …')
  const instance = await startInstance('bench')
  try {
    const portal = await PortalClient.signIn(instance.url, RESEARCHER)
    const projects = z.array(z.object({ id: z.string() })).parse(await portal.query('projects.mine'))
    const projectId = projects[0]?.id ?? ''
    await runSlice(portal, projectId, { template: 'abilene' }) // the first one also compiles what runs it
    const runs = []
    const seconds = []
    for (let round = 1; round <= rounds; round++) {
      const run = await runSlice(portal, projectId, { template: 'abilene' })
      runs.push(run)
      log(`round ${round} of ${rounds}: up ${(run.upMs / 1000).toFixed(2)} s, down ${(run.downMs / 1000).toFixed(2)} s`)
      if (round > (quick ? 3 : 5)) continue
      const before = performance.now()
      await instance.myvini('up')
      seconds.push((performance.now() - before) / 1000)
    }
    const method = 'Abilene template, 11 routers and 14 links over 4 boxed nodes, by the portal’s API; median'
    const figure = (id: string, values: number[], goal: string, how: string): Figure => ({
      id,
      value: median(values),
      unit: 's',
      baseline: null,
      goal,
      n: values.length,
      method: how,
    })
    return [
      figure(
        'abilene_up_s',
        runs.map((r) => r.upMs / 1000),
        '≤ 2',
        method,
      ),
      figure(
        'abilene_down_s',
        runs.map((r) => r.downMs / 1000),
        '≤ 1',
        method,
      ),
      figure('second_up_s', seconds, '≤ 15', './myvini up again while all runs; median'),
    ]
  } finally {
    await instance.end()
  }
}
