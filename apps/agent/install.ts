// How does the agent come onto a node? It is one file: code first, then, behind a marker in a comment, the programs it
// brings. `unpack` lays them out under a folder named by the file's hash and makes that version the current one.
import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { insideWords } from './entry/inside-words'

/** Kept in two pieces here, so that this very line is not taken for the marker. */
export const PAYLOAD_MARKER = '//#myvini' + '-payload '

const Payload = z.record(z.string().regex(/^[a-z0-9.-]+$/), z.string())

export interface Bundle {
  hash: string
  code: string
  files: Map<string, Buffer>
}

export function readBundle(text: string): Bundle {
  const at = text.lastIndexOf(PAYLOAD_MARKER)
  if (at < 0) throw new Error('this agent brings no programs: it was built without a payload')
  const payload = Payload.parse(JSON.parse(text.slice(at + PAYLOAD_MARKER.length)))
  return {
    hash: createHash('sha256').update(text).digest('hex'),
    code: text.slice(0, at),
    files: new Map(Object.entries(payload).map(([name, base64]) => [name, Buffer.from(base64, 'base64')])),
  }
}

/**
 * The forced command: the only thing the controller's key can start (sshd(8), AUTHORIZED_KEYS FILE FORMAT). Terminals are
 * opened here rather than by the agent's own program: a shell script starts in a millisecond and takes no memory while
 * somebody sits there all day. What comes over SSH is matched as a whole, never evaluated.
 */
const entryScript = (node: string, { state, run, bpf }: Places) => `#!/bin/sh
state=${state}
agent=$state/agent/current
say() { printf '%s\\n' "$1" >&2; exit "$2"; }

terminal() {
  case $1 in '' | *[!A-Za-z0-9_-]*) say 'That is not the key of a virtual host.' 2 ;; esac
  case $2 in '' | [.-]* | *[!A-Za-z0-9._-]*) say 'A session is named by letters, digits, dots, hyphens and underscores.' 2 ;; esac
  [ \${#2} -le 20 ] || say 'The name of a session has at most 20 letters, digits, dots, hyphens and underscores.' 2
  enter=${run}/hosts/$1/enter
  [ -r "$enter" ] || say 'This virtual host is not on this node, or not any more. Reload the slice.' 3
  # A home is made for who comes first, rather than a thousand of them for whoever may come. trellis gives it to its owner.
  [ -e "$state/hosts/$1" ] || mkdir -p -m 700 "$state/hosts/$1/home"
  set -- "$1.$2"
  session=$1
  set --
  while IFS= read -r argument; do set -- "$@" "$argument"; done < "$enter"
  exec $agent/trellis attach --run ${run} --session "$session" --scrollback-kib ${SCROLLBACK_KIB} -- $agent/trellis enter "$@"
}

capture() {
  [ $# -eq 7 ] || say 'capture DEVICE SNAP LEAST MOST EVERY SECONDS PACKETS' 2
  case $1 in mv*[!0-9a-f]*[!ab] | *[!a-z0-9]* | '') say 'That is not a virtual interface.' 2 ;; esac
  case $2$3$4$5$6$7 in *[!0-9]*) say 'The limits of a capture are numbers.' 2 ;; esac
  where="--run ${run} --bpf ${bpf} --objects $agent"
  exec $agent/trellis capture $where --device "$1" --snap "$2" --least "$3" --most "$4" --every "$5" --seconds "$6" --packets "$7"
}

# What the kernel forwards by, as it is: looked at from outside, so the host itself has nothing to do with it. Each look is
# one line a family; whoever stops listening ends it.
routes() {
  case $1 in '' | *[!A-Za-z0-9_-]*) say 'That is not the key of a virtual host.' 2 ;; esac
  net=${run}/netns/$1
  while [ -e "$net" ]; do
    for family in -4 -6; do nsenter --net="$net" ip -j $family route show 2> /dev/null | head -c ${MOST_ROUTE_BYTES}; echo; done
    sleep 2
  done
  say 'This virtual host is not on this node, or not any more. Reload the slice.' 3
}

# What a container has on its disk, read by its own tar inside it: nothing of it is a path of the node.
save() {
  case $1 in '' | *[!A-Za-z0-9_-]*) say 'That is not the key of a virtual host.' 2 ;; esac
  enter=${run}/hosts/$1/enter
  [ -r "$enter" ] && [ -e "\${enter%/enter}/config.json" ] || say 'This virtual host is not on this node, or not any more. Reload the slice.' 3
  set --
  while IFS= read -r argument && [ "$argument" != -- ]; do set -- "$@" "$argument"; done < "$enter"
  exec $agent/trellis enter "$@" -- /bin/sh -c '${SAVE_FILES}'
}
${insideWords(run)}
case \${SSH_ORIGINAL_COMMAND-} in
  'terminal '*' '*' '*) say 'terminal HOST SESSION' 2 ;;
  'terminal '*' '*) rest=\${SSH_ORIGINAL_COMMAND#terminal }; terminal "\${rest%% *}" "\${rest#* }" ;;
  'image '*)
    hash=\${SSH_ORIGINAL_COMMAND#image }
    case $hash in *[!0-9a-f]*) say 'An image is named by 64 hexadecimal digits.' 2 ;; esac
    [ \${#hash} -eq 64 ] || say 'An image is named by 64 hexadecimal digits.' 2
    exec ${node} $agent/agent.mjs image "$hash" ;;
  'save '*) save "\${SSH_ORIGINAL_COMMAND#save }" ;;
  'routes '*) routes "\${SSH_ORIGINAL_COMMAND#routes }" ;;
  'exec '* | 'list '* | 'get '* | 'put '*) set -f; inside \${SSH_ORIGINAL_COMMAND} ;;
  'capture '*) set -f; capture \${SSH_ORIGINAL_COMMAND#capture } ;;
  serve | upload) exec ${node} $agent/agent.mjs "$SSH_ORIGINAL_COMMAND" ;;
  *) say 'That is not something this agent does over SSH.' 2 ;;
esac
`

/**
 * Mounted things are left out, the node's /usr where the host has that one; xattrs are, as tar takes none unless told to.
 * Its exit code 1 says that a file changed while it was read (tar(1)): what runs goes on.
 */
const SAVE_FILES = `cd / || exit; command -v tar > /dev/null || { echo "there is no tar in it" >&2; exit 9; }; usr=./nothing
while read -r _ _ _ _ at _; do [ "$at" = /usr ] && usr="./usr/*"; done < /proc/self/mountinfo
tar --create --file=- --numeric-owner --sort=name --anchored --exclude="$usr" --exclude="./dev/*" --exclude="./proc/*" --exclude="./sys/*" --exclude="./run/*" --exclude="./tmp/*" --exclude=./etc/hosts --exclude=./etc/hostname --exclude=./etc/resolv.conf .
code=$?; [ $code -le 1 ] || exit $code`

/** Of one look at one family; a table of the whole Internet is none for a page. */
const MOST_ROUTE_BYTES = 500_000

/** Starts the agent when the machine starts, before any controller is there. */
const bootScript = (node: string, root: string) => `#!/bin/sh
exec ${node} ${root}/current/agent.mjs daemon
`

const unitFile = (root: string) => `[Unit]
Description=MyVINI agent
After=network.target

[Service]
ExecStart=${root}/boot
Restart=always
RestartSec=1
# What it hosts must not die with it.
KillMode=process
Delegate=yes

[Install]
WantedBy=multi-user.target
`

export interface Places {
  /** The agent's state and run folders, and its bpffs. */
  state: string
  run: string
  bpf: string
}

const SCROLLBACK_KIB = 256

/** Keeps the one before, so that an upgrade can be taken back by hand. */
const VERSIONS_KEPT = 2

/**
 * What starts the agent, and what SSH starts. An upgrade is laid out by the version before it, which knows no newer words:
 * so each version writes them again when it begins to serve.
 */
export async function writeScripts(places: Places, node: string): Promise<void> {
  const root = join(places.state, 'agent')
  for (const [name, content] of [
    ['entry', entryScript(node, places)],
    ['boot', bootScript(node, root)],
    ['myvini-agent.service', unitFile(root)],
  ] as const) {
    await writeFile(join(root, `${name}.new`), content)
    await chmod(join(root, `${name}.new`), name.endsWith('.service') ? 0o644 : 0o755)
    await rename(join(root, `${name}.new`), join(root, name))
  }
}

/** Idempotent; a version half laid out by a crash is laid out anew. */
export async function unpack(
  bundlePath: string,
  places: Places,
  node: string,
): Promise<{ hash: string; changed: boolean }> {
  const root = join(places.state, 'agent')
  const { hash, code, files } = readBundle(await readFile(bundlePath, 'utf8'))
  const version = join(root, 'versions', hash)
  await mkdir(version, { recursive: true, mode: 0o755 })
  await writeFile(join(version, 'agent.mjs'), code, { mode: 0o644 })
  for (const [name, content] of files) await writeFile(join(version, name), content, { mode: 0o755 })
  await writeFile(join(version, 'bundle.sha256'), hash)
  await writeScripts(places, node)
  const current = join(root, 'current')
  const before = await readlink(current).catch(() => null)
  await rm(`${current}.new`, { force: true })
  await symlink(join('versions', hash), `${current}.new`)
  await rename(`${current}.new`, current)
  await removeOld(join(root, 'versions'), [hash, before?.split('/').at(-1)])
  return { hash, changed: before !== join('versions', hash) }
}

async function removeOld(folder: string, keep: readonly (string | undefined)[]) {
  const old = (await readdir(folder)).filter((name) => !keep.includes(name))
  if (old.length < VERSIONS_KEPT) return
  for (const name of old) await rm(join(folder, name), { recursive: true, force: true })
}

/** Leaves every other line of authorized_keys as it is; the controller's own is from now on only good for the agent. */
export function restrictKey(authorizedKeys: string, publicKey: string, entry: string): string {
  const [type, blob] = publicKey.trim().split(/\s+/)
  if (type === undefined || blob === undefined || !/^[A-Za-z0-9+/=]+$/.test(blob))
    throw new Error('that is not a public key')
  const others = authorizedKeys.split('\n').filter((line) => line.trim() !== '' && !line.includes(blob))
  return [...others, `restrict,pty,command="${entry}" ${type} ${blob} myvini-controller`, ''].join('\n')
}
