// The same questions in Chromium: the solver is bundled as the portal bundles it, into a page that asks while it loads.
import { execFile } from 'node:child_process'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { z } from 'zod'
import type { Timing } from './timed'

const run = promisify(execFile)
const PAGE = fileURLToPath(new URL('./fit-page.ts', import.meta.url))
const CHROMIUM = '/usr/bin/chromium'
const PATIENCE_MS = 240_000

const Rounds = z.array(
  z.object({
    firstMs: z.number(),
    totalMs: z.number(),
    gapMs: z.number(),
    fits: z.boolean(),
    reason: z.string(),
    hops: z.number().nullable(),
  }),
)

/** Null where there is no Chromium. */
export async function fitInBrowser(quick: boolean): Promise<Timing[] | null> {
  const isThere = await access(CHROMIUM).then(
    () => true,
    () => false,
  )
  if (!isThere) return null
  const folder = await mkdtemp(join(tmpdir(), 'myvini-fit-'))
  try {
    const { outputFiles } = await build({
      entryPoints: [PAGE],
      bundle: true,
      minify: true,
      format: 'iife',
      platform: 'browser',
      write: false,
    })
    const file = join(folder, 'fit.html')
    const script = outputFiles[0]?.text.replaceAll('</script', '<\\/script') ?? ''
    await writeFile(file, `<!doctype html><meta charset="utf-8"><body><script>${script}</script></body>`)
    const args = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      `--user-data-dir=${join(folder, 'profile')}`,
      '--dump-dom',
    ]
    const { stdout } = await run(CHROMIUM, [...args, `file://${file}${quick ? '#quick' : ''}`], {
      timeout: PATIENCE_MS,
      maxBuffer: 64 * 1024 * 1024,
    })
    const text = /<body>(.*)<\/body>/s.exec(stdout)?.[1] ?? ''
    // JSON has no way to say that nothing was carried.
    return Rounds.parse(JSON.parse(text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'))).map(
      (round) => ({ ...round, hops: round.hops ?? Number.NaN }),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
