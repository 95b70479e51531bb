// `./myvini bench NAME [--json FILE] [--quick] …`: runs one benchmark, prints its table and writes its figures.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type Figure, formatTable } from './figure'

export interface BenchOptions {
  /** A minute's run: fewer rounds, same method. */
  quick: boolean
  /** Arguments after the known ones, for the benchmark itself. */
  rest: readonly string[]
  log: (line: string) => void
}

/** Each benchmark is loaded only when asked for, so that one that needs root does not stand in the way of others. */
const BENCHES: Record<string, () => Promise<{ bench: (options: BenchOptions) => Promise<Figure[]> }>> = {
  main: () => import('./journey/journey'),
  embedding: () => import('./embedding/bench'),
  hosts: () => import('./hosts/bench'),
  chaos: () => import('./chaos/bench'),
  datapath: () => import('./datapath/bench'),
  admission: () => import('./admission/bench'),
}

const { values, positionals, tokens } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  strict: false,
  tokens: true,
  options: { json: { type: 'string' }, quick: { type: 'boolean', default: false } },
})

const name = positionals[0]
const load = name === undefined ? undefined : BENCHES[name]
if (!load) {
  process.stderr.write(
    `${name === undefined ? 'Name a benchmark' : `There is no benchmark "${name}"`}: ${Object.keys(BENCHES).join(', ')}.\n`,
  )
  process.exit(2)
}

const known = new Set(['json', 'quick'])
const rest = tokens.flatMap((t) => {
  if (t.kind === 'option' && !known.has(t.name)) return t.value === undefined ? [t.rawName] : [t.rawName, t.value]
  return t.kind === 'positional' && t.value !== name ? [t.value] : []
})
const { bench } = await load()
const figures = await bench({
  quick: values.quick === true,
  rest,
  log: (line) => void process.stderr.write(`${line}\n`),
})
process.stdout.write(`${formatTable(figures)}\n`)
if (typeof values.json === 'string') await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`)
