// The end of a log, for people who look for a reason.
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { boxFolder, logsFolder, openInstance, postgresFolder } from './instance'

const LINES = 60

export async function logs([name]: readonly string[]): Promise<number> {
  const instance = await openInstance(process.env)
  const nodes = join(boxFolder(instance), 'nodes')
  const boxed = existsSync(nodes) ? await readdir(nodes) : []
  const files = new Map<string, string>([
    ...['controller', 'portal', 'images', 'supervisor'].map(
      (n) => [n, join(logsFolder(instance), `${n}.log`)] as const,
    ),
    ['postgres', join(postgresFolder(instance), 'log')],
    ...boxed.map((n) => [n, join(nodes, n, 'state', 'agent.log')] as const),
  ])
  const path = name === undefined ? undefined : files.get(name)
  if (path === undefined || !existsSync(path)) {
    const there = [...files].filter(([, file]) => existsSync(file)).map(([n]) => n)
    process.stdout.write(
      there.length > 0 ? `./myvini logs NAME, where NAME is one of ${there.join(', ')}\n` : 'There are no logs yet.\n',
    )
    return name === undefined ? 0 : 2
  }
  process.stdout.write(`${(await readFile(path, 'utf8')).trimEnd().split('\n').slice(-LINES).join('\n')}\n`)
  return 0
}
