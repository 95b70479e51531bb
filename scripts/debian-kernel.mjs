// Where do the Debian machines of the tests get their kernels from? Debian's packages, unpacked beside our tools and never
// installed: this machine's own kernel is not ours to touch.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { hasApt, paths } from './machine.mjs'

const run = promisify(execFile)
/** By folder: the package that always depends on the newest one of its series. */
const KERNELS = { 'debian-kernel': 'linux-image-cloud-amd64', 'debian-kernel-6.12': 'linux-image-6.12-cloud-amd64' }

const nameOf = async (newest) => {
  const { stdout } = await run('apt-cache', ['depends', newest]).catch(() => ({ stdout: '' }))
  return stdout.match(/Depends: (linux-image-\S+)/)?.[1]
}

async function fetch(name, place) {
  const folder = mkdtempSync(`${paths.tools}/debian-kernel-`)
  try {
    await run('apt-get', ['download', '-qq', name], { cwd: folder })
    const [file] = readdirSync(folder)
    await run('dpkg-deb', ['-x', `${folder}/${file}`, `${folder}/unpacked`])
    rmSync(place, { recursive: true, force: true })
    renameSync(`${folder}/unpacked`, place)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function fetchOne(folder, newest) {
  const place = `${paths.tools}/${folder}`
  if (existsSync(`${place}/boot`)) return 'there'
  mkdirSync(paths.tools, { recursive: true })
  try {
    let name = await nameOf(newest)
    if (!name) {
      await run('apt-get', ['update', '-qq'])
      name = await nameOf(newest)
    }
    if (!name) return `this system has no package ${newest}`
    await fetch(name, place)
    return name
  } catch (error) {
    return `not to be had (${String(error.message).split('\n')[0]})`
  }
}

/** Never fails: without them some tests say that they were left out, and why. */
export async function fetchDebianKernel() {
  if (!hasApt() || process.arch !== 'x64') return 'not for this machine'
  const told = []
  for (const [folder, newest] of Object.entries(KERNELS)) told.push(await fetchOne(folder, newest))
  return told.join(', ')
}
