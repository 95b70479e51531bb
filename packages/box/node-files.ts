// What is on the disk of a boxed server before anyone has logged in? Its host key, its sshd's settings, and root's
// authorized_keys with the controller's key, as the admin of a real server would put them there.
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BoxNode } from './layout'
import { run } from './run'

const sshdConfig = (node: BoxNode) => `Port 22
ListenAddress ${node.address}
HostKey /run/ssh/ssh_host_ed25519_key
AuthorizedKeysFile /root/.ssh/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PidFile none
LogLevel ERROR
MaxStartups 100
Subsystem sftp internal-sftp
`

/** A login shell of /bin/sh: bash under sshd reads ~/.bashrc, which can cost 400 ms a command. */
async function writePasswd(folder: string) {
  const passwd = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .map((line) => (line.startsWith('root:') ? 'root:x:0:0:root:/root:/bin/sh' : line))
  await writeFile(join(folder, 'etc/passwd'), passwd.join('\n'))
  // "*": no password will ever do, yet the account is not locked, which sshd without PAM would take for "no entry".
  await writeFile(join(folder, 'etc/shadow'), 'root:*:19000:0:99999:7:::\nsshd:!:19000::::::\n', { mode: 0o600 })
}

/** Idempotent: keys made once stay. Returns the node's public host key, as in known_hosts. */
export async function writeNodeFiles(folder: string, node: BoxNode, controllerKey: string): Promise<string> {
  for (const sub of ['etc', 'root/.ssh', 'state']) await mkdir(join(folder, sub), { recursive: true })
  await chmod(join(folder, 'root'), 0o700)
  await chmod(join(folder, 'root/.ssh'), 0o700)
  const hostKey = join(folder, 'etc/ssh_host_ed25519_key')
  if (!existsSync(hostKey)) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', node.name, '-f', hostKey])
  await writeFile(join(folder, 'etc/sshd_config'), sshdConfig(node))
  await writeFile(join(folder, 'etc/hostname'), `${node.name}\n`)
  await writePasswd(folder)
  const authorized = join(folder, 'root/.ssh/authorized_keys')
  const have = await readFile(authorized, 'utf8').catch(() => '')
  const [, blob = ''] = controllerKey.split(/\s+/)
  // Once enrolled, the key stands there bound to the agent; it must not be let loose again.
  if (!have.includes(blob)) await writeFile(authorized, `${have}${controllerKey.trim()}\n`, { mode: 0o600 })
  const [type, key] = (await readFile(`${hostKey}.pub`, 'utf8')).split(/\s+/)
  return `${type} ${key}`
}
