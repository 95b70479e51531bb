// The image that needs no download: the node's own /usr, read-only, and around it what a system needs to run from it.
import { existsSync } from 'node:fs'
import { cp, lstat, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export const HOST_USR = 'host-usr'

/** A new number here makes the image anew on every node. */
const VERSION = '1'

/**
 * Of the node's /etc, by name: what programs in /usr look for. Never its keys, passwords, users or services; accounts are
 * those that its packages made, none of a person.
 */
const COPIED = [
  ...['alternatives', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'nsswitch.conf', 'protocols', 'services', 'rpc'],
  ...['ethertypes', 'iproute2', 'bash.bashrc', 'profile', 'profile.d', 'inputrc', 'terminfo', 'ca-certificates.conf'],
  ...['debian_version', 'os-release', 'localtime', 'login.defs', 'gai.conf', 'host.conf', 'mime.types', 'python3'],
  ...['python3.11', 'skel', 'vim', 'nanorc', 'wgetrc', 'ssl/certs', 'ssl/openssl.cnf', 'ssh/ssh_config', 'ssh/moduli'],
  ...['frr/daemons', 'bird', 'security', 'pam.conf', 'pam.d'],
]

/** Folders in the root of every system (FHS 3.0); those that hold programs are links into /usr. */
const FOLDERS = ['etc', 'proc', 'sys', 'dev', 'run', 'tmp', 'root', 'home', 'mnt', 'media', 'srv', 'opt', 'usr', 'var']
const IN_VAR = ['lib', 'log', 'cache', 'tmp', 'spool', 'mail', 'opt', 'local']
const LINKS = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']

/** System users only (login.defs: below 1000, and nobody): names of people who can log in to a node are nobody's business. */
const systemAccounts = (text: string): string =>
  text
    .split('\n')
    .filter((line) => {
      const id = Number(line.split(':')[2])
      return line !== '' && (id < 1000 || id === 65_534)
    })
    .map((line) => `${line}\n`)
    .join('')

async function copyEtc(etc: string) {
  for (const name of COPIED) {
    const from = join('/etc', name)
    if (!existsSync(from)) continue
    await mkdir(join(etc, name, '..'), { recursive: true })
    await cp(from, join(etc, name), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  }
  const users = systemAccounts(await readFile('/etc/passwd', 'utf8')).replace(/^(root:.*:)[^:\n]*$/m, '$1/bin/bash')
  await writeFile(join(etc, 'passwd'), users)
  await writeFile(join(etc, 'group'), systemAccounts(await readFile('/etc/group', 'utf8')))
  // "*": no password will do, yet accounts are not locked (shadow(5)).
  const shadow = users.replace(/^([^:\n]*):.*$/gm, '$1:*:19000:0:99999:7:::')
  await writeFile(join(etc, 'shadow'), shadow, { mode: 0o640 })
  // Bound over when a host starts; they have to be there.
  for (const name of ['hosts', 'hostname', 'resolv.conf']) await writeFile(join(etc, name), '')
}

async function make(root: string) {
  for (const name of FOLDERS) await mkdir(join(root, name), { recursive: true, mode: name === 'root' ? 0o700 : 0o755 })
  for (const name of IN_VAR) await mkdir(join(root, 'var', name), { recursive: true })
  await symlink('/run', join(root, 'var/run'))
  await symlink('/run/lock', join(root, 'var/lock'))
  for (const name of LINKS)
    if (
      await lstat(`/${name}`).then(
        () => true,
        () => false,
      )
    )
      await symlink(`usr/${name}`, join(root, name))
  await copyEtc(join(root, 'etc'))
}

/** Lays the image out under `images` unless it is there; safe to be killed at any line. */
export async function ensureHostUsr(images: string): Promise<void> {
  const folder = join(images, HOST_USR)
  const stamp = join(images, `${HOST_USR}.version`)
  // Packages that the node gets later bring accounts and files that their programs do not run without.
  const version = `${VERSION} ${(await stat('/etc/passwd')).mtimeMs}`
  if ((await readFile(stamp, 'utf8').catch(() => '')) === version && existsSync(folder)) return
  const beside = join(images, `.${HOST_USR}.new`)
  await rm(beside, { recursive: true, force: true })
  await mkdir(beside, { recursive: true, mode: 0o755 })
  await make(beside)
  await rm(folder, { recursive: true, force: true })
  await rename(beside, folder)
  await writeFile(stamp, version)
}
