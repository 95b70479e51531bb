// Where does the Debian machine of the interop test get its kernel from? Debian's package, unpacked beside our tools and
// never installed: this machine's own kernel is not ours to touch.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { hasApt, paths } from './machine.mjs'

const run = promisify(execFile)
const FOLDER = `${paths.tools}/debian-kernel`
/** Always depends on the newest one. */
const NEWEST = 'linux-image-cloud-amd64'

const nameOf = async () => {
  const { stdout } = await run('apt-cache', ['depends', NEWEST]).catch(() => ({ stdout: '' }))
  return stdout.match(/Depends: (linux-image-\S+)/)?.[1]
}

async function fetch(name) {
  const folder = mkdtempSync(`${paths.tools}/debian-kernel-`)
  try {
    await run('apt-get', ['download', '-qq', name], { cwd: folder })
    const [file] = readdirSync(folder)
    await run('dpkg-deb', ['-x', `${folder}/${file}`, `${folder}/unpacked`])
    rmSync(FOLDER, { recursive: true, force: true })
    renameSync(`${folder}/unpacked`, FOLDER)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Never fails: without it one test says that it was left out, and why. */
export async function fetchDebianKernel() {
  if (!hasApt() || process.arch !== 'x64') return 'not for this machine'
  if (existsSync(`${FOLDER}/boot`)) return 'there'
  mkdirSync(paths.tools, { recursive: true })
  try {
    let name = await nameOf()
    if (!name) {
      await run('apt-get', ['update', '-qq'])
      name = await nameOf()
    }
    if (!name) return `this system has no package ${NEWEST}`
    await fetch(name)
    return name
  } catch (error) {
    return `not to be had (${String(error.message).split('\n')[0]})`
  }
}
