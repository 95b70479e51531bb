// What is on a node, seen from outside and not through its agent's eyes? Its file system, its cgroups, its processes, and
// the datapath's maps as another `trellis` reads them.
import { z } from 'zod'
import type { World } from './world'

const SCRIPT = `
list() { echo "#$1"; shift; ls "$@" 2>/dev/null || true; }
list namespaces /run/myvini/netns
list devices /sys/class/net
list containers /run/myvini/crun
list owners /run/myvini/userns
list folders /run/myvini/hosts
list disks /var/lib/myvini/hosts
list trash /var/lib/myvini/trash
echo '#cgroups'; for d in /sys/fs/cgroup/$MYVINI_CGROUP/*/ /sys/fs/cgroup/*/$MYVINI_CGROUP/*/; do [ -d "$d" ] && basename "$d"; done | sort -u
echo '#processes'
for p in /proc/[0-9]*; do
  set -- $(tr '\\0' ' ' < $p/cmdline 2>/dev/null)
  case "$(basename "\${2:-}") \${3:-}" in 'agent.mjs daemon') echo agent;; esac
  case "$(basename "\${1:-}") \${2:-}" in 'trellis serve') echo trellis;; esac
done
echo '#datapath'
agent=$(cat /run/myvini/agent.pid)
for child in $(cat /proc/$agent/task/$agent/children); do
  [ "$(cat /proc/$child/comm)" = trellis ] || continue
  # Into a file: what trellis may have to start, such as the delay line, stays, and would hold a pipe open.
  echo '{"id":1,"ops":[{"op":"observe"}]}' | xargs -0 -a /proc/$child/cmdline sh -c 'exec "$@"' sh > /tmp/observed 2> /dev/null
  cat /tmp/observed
  break
done
`

const Observe = z.object({
  results: z.tuple([
    z.looseObject({
      virtual: z.array(z.looseObject({ device: z.string().nullable(), link: z.string() })),
      tunnels: z.array(z.looseObject({ key: z.number(), link: z.string() })),
      lines: z.array(z.looseObject({ device: z.string() })),
    }),
  ]),
})

export const LISTS = [
  'namespaces',
  'devices',
  'containers',
  'owners',
  'folders',
  'disks',
  'trash',
  'cgroups',
  'processes',
] as const

export type Inspection = Record<(typeof LISTS)[number], string[]> & {
  /** Of the maps: devices frames are taken from, EGRE keys frames are taken by, devices with a delay line. */
  virtual: string[]
  keys: number[]
  lines: string[]
}

export async function inspectNode(world: World, node: string): Promise<Inspection> {
  const text = await world.inNode(node, [
    'sh',
    '-c',
    `export $(tr '\\0' '\\n' < /proc/1/environ | grep MYVINI_CGROUP)\n${SCRIPT}`,
  ])
  const sections = new Map<string, string[]>()
  let lines: string[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) sections.set(line.slice(1), (lines = []))
    else if (line !== '') lines.push(line)
  }
  const [document] = sections.get('datapath') ?? []
  if (document === undefined) throw new Error(`the datapath of ${node} could not be looked at`)
  const [observed] = Observe.parse(JSON.parse(document)).results
  const lists = Object.fromEntries(LISTS.map((name) => [name, sections.get(name) ?? []] as const)) as Record<
    (typeof LISTS)[number],
    string[]
  >
  return {
    ...lists,
    virtual: observed.virtual.flatMap((v) => v.device ?? []),
    keys: observed.tunnels.map((t) => t.key),
    lines: observed.lines.map((l) => l.device),
  }
}
