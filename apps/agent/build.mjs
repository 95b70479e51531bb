// Builds the agent as one file: code, then the programs it brings, behind a marker in a comment (install.ts).
import { readFile, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

const { version } = JSON.parse(await readFile(new URL('./package.json', import.meta.url), 'utf8'))
const built = (name) => new URL(`../../kernel/build/${name}`, import.meta.url)
const PROGRAMS = ['trellis', 'egre.bpf.o', 'fast.bpf.o']

const { outputFiles } = await build({
  entryPoints: ['main.ts'],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  write: false,
  legalComments: 'none',
  define: { AGENT_VERSION: JSON.stringify(version) },
})
const payload = {}
for (const name of PROGRAMS) payload[name] = (await readFile(built(name))).toString('base64')
const code = outputFiles[0].text
await (await import('node:fs/promises')).mkdir(new URL('./dist', import.meta.url), { recursive: true })
await writeFile(new URL('./dist/agent.mjs', import.meta.url), `${code}//#myvini-payload ${JSON.stringify(payload)}`, {
  flag: 'w',
})
