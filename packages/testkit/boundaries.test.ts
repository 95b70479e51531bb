import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Rule {
  folder: string
  /** Imports that must not be there. */
  never: RegExp
  because: string
}

const RULES: Rule[] = [
  {
    folder: 'packages/core',
    never: /^(node:|fs$|path$|crypto$)/,
    because: 'core is pure: it also runs in the browser',
  },
  { folder: 'packages/core', never: /^@myvini\//, because: 'core is what everything else stands on' },
  {
    folder: 'packages/core',
    never: /^(?!\.{1,2}\/|zod$|fast-check$|vitest$)/,
    because: 'core needs zod and nothing else',
  },
  {
    folder: 'packages/store',
    never: /^@myvini\/(transport|box|controller|portal|agent|launcher)/,
    because: 'rows do not know how nodes are reached',
  },
  {
    folder: 'packages/transport',
    never: /^(@myvini\/(store|box|testkit|controller|portal|agent)|pg|@prisma)/,
    because: 'the way to a node needs no database',
  },
  {
    folder: 'packages/box',
    never: /^@myvini\//,
    because: 'the box stands in for servers, which know nothing of MyVINI',
  },
  {
    folder: 'apps/portal',
    never: /^(@myvini\/(transport|box|testkit|controller|agent|launcher)|ssh2)/,
    because: 'the portal never reaches a node itself',
  },
  {
    folder: 'apps/agent',
    never: /^(@myvini\/(store|transport|box|testkit)|pg|ssh2|@prisma)/,
    because: 'the agent knows only its spec',
  },
  {
    folder: 'apps/controller',
    never: /^(@myvini\/(portal|agent|box|launcher)|next|react)/,
    because: 'the controller is no user interface',
  },
]

const SKIPPED = new Set(['node_modules', 'generated', 'dist', '.next', 'build'])

function sourcesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : sourcesOf(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

function importsOf(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8')
  return [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)[^'"\n]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g,
    ),
  ].map((m) => m[1] ?? m[2] ?? m[3] ?? '')
}

/** Tests may use what they test against: the testkit, and real parts. */
const isTest = (path: string) => /\.test\.tsx?$|\/testing\//.test(path)

describe('forbidden imports', () => {
  test.each(RULES)('$folder: $because ($never)', ({ folder, never }) => {
    const sources = sourcesOf(folder).filter((path) => !isTest(path))
    expect(sources.length).toBeGreaterThan(0)
    const found = sources.flatMap((path) =>
      importsOf(path)
        .filter((name) => never.test(name))
        .map((name) => `${path} imports ${name}`),
    )
    expect(found).toEqual([])
  })

  test('core uses neither clock nor chance of its own', () => {
    const found = sourcesOf('packages/core')
      .filter((path) => !isTest(path))
      .flatMap((path) =>
        [
          ...readFileSync(join(root, path), 'utf8').matchAll(
            /\b(Math\.random|Date\.now|new Date\(\)|performance\.now|process\.|setTimeout|crypto\.)/g,
          ),
        ].map((m) => `${path}: ${m[1]}`),
      )
    expect(found).toEqual([])
  })

  test('the environment is read in one file of each app', () => {
    const found = ['apps/controller', 'apps/agent', 'apps/portal']
      .flatMap(sourcesOf)
      .filter((path) => !isTest(path) && !/\/(env|main|next\.config|server-env)\.ts$/.test(path))
      .filter((path) => /process\.env/.test(readFileSync(join(root, path), 'utf8')))
    expect(found).toEqual([])
  })
})
