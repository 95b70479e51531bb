// Which secrets does an installation have? Made once, readable by the service user alone, never printed.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Instance, secretsFolder } from './instance'

export interface Secrets {
  /** Shared by portal and controller. */
  secret: string
  /** The controller's key to substrate nodes; its public half is beside, with ".pub". */
  sshKeyFile: string
  sshPublicKey: string
}

async function own(instance: Instance, path: string) {
  if (instance.user) await chown(path, instance.user.uid, instance.user.gid)
}

export async function ensureSecrets(instance: Instance): Promise<Secrets> {
  const folder = secretsFolder(instance)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  await own(instance, folder)
  const secretFile = join(folder, 'secret')
  if (!existsSync(secretFile)) await writeFile(secretFile, randomBytes(48).toString('base64url'), { mode: 0o600 })
  const sshKeyFile = join(folder, 'ssh_ed25519')
  if (!existsSync(sshKeyFile))
    await promisify(execFile)('ssh-keygen', [
      '-q',
      '-t',
      'ed25519',
      '-N',
      '',
      '-C',
      'myvini-controller',
      '-f',
      sshKeyFile,
    ])
  for (const path of [secretFile, sshKeyFile, `${sshKeyFile}.pub`]) await own(instance, path)
  return {
    secret: (await readFile(secretFile, 'utf8')).trim(),
    sshKeyFile,
    sshPublicKey: (await readFile(`${sshKeyFile}.pub`, 'utf8')).trim(),
  }
}
