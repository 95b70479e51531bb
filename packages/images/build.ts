// How does a list of packages become a root file system? mmdebstrap installs them from this machine's Debian archive; what
// differs from one installation to the next by chance is taken out.
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Recipe } from '@myvini/core/images/image'
import { fail, ok, type Result } from '@myvini/core/result'
import { RootTree } from './root-tree'
import { run } from './run'
import { indexTar } from './tar/index'

export interface Package {
  name: string
  version: string
}

/** What keeps no virtual host from anything: half of a small system's bytes. */
const LEFT_OUT = [
  '/usr/share/doc/*',
  '/usr/share/man/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/lintian/*',
]

/**
 * What an installation makes by chance or out of the time of day: host keys above all, which every host of an image
 * would share; caches that are made again; logs.
 */
const BY_CHANCE = [
  ...['etc/machine-id', 'var/lib/dbus/machine-id', 'var/cache/ldconfig/aux-cache', 'var/lib/systemd/random-seed'],
  ...['var/cache/apt', 'var/lib/apt/lists', 'var/log', 'tmp', 'var/tmp', 'run', 'dev', 'proc', 'sys'],
]
const isByChance = (path: string): boolean =>
  BY_CHANCE.some((p) => path.startsWith(`${p}/`)) ||
  ['etc/machine-id', 'var/lib/dbus/machine-id'].includes(path) ||
  /^etc\/ssh\/ssh_host_/.test(path) ||
  /(^|\/)__pycache__(\/|$)/.test(path) ||
  /-old$|^etc\/\.pwd\.lock$/.test(path)

/** Debian's own entries of apt's configuration; other archives of this machine are none of an image's business. */
async function debianSources(): Promise<string[]> {
  const folder = '/etc/apt/sources.list.d'
  const names = existsSync(folder) ? (await readdir(folder)).toSorted() : []
  const files = ['/etc/apt/sources.list', ...names.map((name) => join(folder, name))].filter(
    (path) => /\.(list|sources)$/.test(path) && existsSync(path),
  )
  const debian: string[] = []
  for (const path of files)
    if (/debian-archive-keyring|deb\.debian\.org|\bftp\..*debian/.test(await readFile(path, 'utf8'))) debian.push(path)
  return debian
}

/** The newest date that the archive's release files bear: with one state of the archive, one time for all we build. */
async function archiveDate(): Promise<{ epochSeconds: number; suite: string }> {
  const folder = '/var/lib/apt/lists'
  const names = (await readdir(folder)).filter((n) => n.endsWith('_InRelease') && n.includes('debian'))
  let newest = 0
  let suite = 'stable'
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8')
    const date = Date.parse(/^Date: (.*)$/m.exec(text)?.[1] ?? '')
    if (Number.isFinite(date)) newest = Math.max(newest, Math.floor(date / 1000))
    const codename = /^Codename: ([a-z]+)$/m.exec(text)?.[1]
    if (codename !== undefined) suite = codename
  }
  return { epochSeconds: newest, suite }
}

/** Days since 1970 of the last change of a password: of the archive's date, not of today (shadow(5), third field). */
const HOOK = `#!/bin/sh
set -eu
chroot "$1" dpkg-query -W -f '\${Package} \${Version}\\n' > "$MYVINI_PACKAGES"
awk -F: -v OFS=: -v day=$((SOURCE_DATE_EPOCH / 86400)) '$3 != "" { $3 = day } { print }' "$1/etc/shadow" > "$1/etc/shadow.new"
cat "$1/etc/shadow.new" > "$1/etc/shadow"
rm "$1/etc/shadow.new"
`

const unbuildable = (why: string) =>
  fail({
    code: 'image.build-failed',
    message: `The image could not be built: ${why}`,
    hint: 'Check the names of its packages, and that this machine reaches its Debian archive (apt-get update).',
  })

export interface Built {
  tree: RootTree
  packages: Package[]
}

/**
 * Leaves the archive in `work` and gives what is to be in the image. The same recipe with the same state of the archive
 * gives the same tree. Needs root.
 */
export async function buildRoot(
  recipe: Recipe,
  work: string,
  onProgress: (text: string) => void,
): Promise<Result<Built>> {
  const sources = await debianSources()
  if (sources.length === 0) return unbuildable('this machine has no Debian archive in /etc/apt.')
  const { epochSeconds, suite } = await archiveDate()
  const [archive, list, hook] = ['root.tar', 'packages', 'hook'].map((name) => join(work, name)) as [
    string,
    string,
    string,
  ] // as many as there are names
  await writeFile(hook, HOOK, { mode: 0o755 })
  const options = [
    ...['--mode=root', '--variant=apt', '--format=tar', `--include=${recipe.packages.toSorted().join(',')}`],
    ...['--aptopt=Acquire::Languages "none"', '--aptopt=APT::Install-Recommends "false"', '--skip=output/dev'],
    ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
    `--customize-hook=${hook}`,
  ]
  const env = { SOURCE_DATE_EPOCH: String(epochSeconds), DEBIAN_FRONTEND: 'noninteractive', MYVINI_PACKAGES: list }
  try {
    const onLine = (line: string) => {
      const step = /^I: (.{3,100})/.exec(line)?.[1]
      if (step !== undefined) onProgress(step.replace(/\s*\.\.\.$/, ''))
    }
    await run(['nice', '-n', '5', 'mmdebstrap', ...options, suite, archive, ...sources], { env, onLine })
  } catch (error) {
    return unbuildable(error instanceof Error ? error.message : String(error))
  }
  const tree = new RootTree()
  const nothing = new Set<string>()
  const read = await indexTar(archive, (entry) => {
    const path = entry.path.replace(/^\.\//, '').replace(/\/$/, '')
    if (isByChance(path)) return ok(null)
    return tree.add({ ...entry, mtimeSeconds: Math.min(entry.mtimeSeconds, epochSeconds) }, archive, nothing)
  })
  if (!read.ok) return read
  const packages = (await readFile(list, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ name: line.split(' ')[0] ?? '', version: line.split(' ')[1] ?? '' }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return ok({ tree, packages })
}
