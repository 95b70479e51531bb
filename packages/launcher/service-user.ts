// Whom do portal, controller and Postgres run as? A user of their own that may nothing else (decision 13).
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { CHECKOUT } from './instance'

const run = promisify(execFile)

export interface ServiceUser {
  name: string
  uid: number
  gid: number
}

const NAME = 'myvini'

async function find(): Promise<ServiceUser | null> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((l) => l.startsWith(`${NAME}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid === undefined || gid === undefined ? null : { name: NAME, uid: Number(uid), gid: Number(gid) }
}

export async function ensureServiceUser(): Promise<ServiceUser> {
  const known = await find()
  if (known) return known
  await run('useradd', ['--system', '--user-group', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', NAME])
  const made = await find()
  if (!made) throw new Error(`useradd made no user "${NAME}"`)
  return made
}

const drop = (user: ServiceUser): string[] => [
  ...[
    'setpriv',
    '--reuid',
    String(user.uid),
    '--regid',
    String(user.gid),
    '--init-groups',
    '--no-new-privs',
    '--inh-caps=-all',
    '--',
  ],
]

/** Where a checkout that the user could not reach, such as one under /root, is seen by it. */
const SEEN_AT = '/run/myvini-checkout'

export interface Launch {
  argv: string[]
  /** The checkout as the started process sees it. */
  checkout: string
}

async function canReach(user: ServiceUser, path: string): Promise<boolean> {
  const [program = '', ...args] = [...drop(user), 'test', '-r', path]
  return run(program, args).then(
    () => true,
    () => false,
  )
}

/** How to start `argv` as `user` (as ourselves when null); argv may name the checkout by `@`, which is put in its place. */
export async function launchAs(user: ServiceUser | null, argv: readonly string[]): Promise<Launch> {
  const at = (checkout: string) => argv.map((arg) => arg.replace(/^@/, checkout))
  if (user === null) return { argv: at(CHECKOUT), checkout: CHECKOUT }
  if (await canReach(user, `${CHECKOUT}/package.json`))
    return { argv: [...drop(user), ...at(CHECKOUT)], checkout: CHECKOUT }
  // In a mount namespace of its own the checkout is bound to a place that everyone may enter. Arguments stay arguments.
  const script = 'mount --make-rprivate / && mkdir -p "$1" && mount --bind "$2" "$1" && shift 2 && cd "$0" && exec "$@"'
  const inner = [...drop(user), ...at(SEEN_AT)]
  return { argv: ['unshare', '--mount', 'sh', '-c', script, SEEN_AT, SEEN_AT, CHECKOUT, ...inner], checkout: SEEN_AT }
}
