// How exactly is a reserved share of a processor kept when somebody else wants all of it? Two virtual hosts on one processor,
// one with 20 % and one with 80 %: what each was given is read from the kernel's own accounts. What others on this machine
// take of that processor makes both smaller alike, so the share is that of what the two had together.
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Lab, type LabNode, trellisBinary } from '../../../kernel/tests/lab'
import { Trellis } from '../../../kernel/tests/trellis'
import { type Figure, median } from '../figure'

const BASE = 'myvini-bench'
const RESERVED = { small: 200, large: 800 } as const
type Name = keyof typeof RESERVED

/** A node of a test has no cgroups: those of this machine, in the form they have there. */
const MOUNT = `
mount -t tmpfs -o mode=755 cg /sys/fs/cgroup
for c in cpu cpuacct memory pids cpuset blkio; do
  mkdir /sys/fs/cgroup/$c; mount -t cgroup -o $c cg /sys/fs/cgroup/$c 2>/dev/null || rmdir /sys/fs/cgroup/$c
done
[ -d /sys/fs/cgroup/cpu ] || { umount /sys/fs/cgroup; mount -t cgroup2 cg /sys/fs/cgroup; }`

const USED = (name: Name) =>
  `cat /sys/fs/cgroup/cpuacct/${BASE}/${name}/cpuacct.usage 2>/dev/null ||
   awk '/usage_usec/ { print $2 * 1000 }' /sys/fs/cgroup/${BASE}/${name}/cpu.stat`

const usedNs = (node: LabNode, name: Name): number => Number(node.run('sh', '-c', USED(name)))

/** Percent of what both had that the small one had, while it runs `loops` loops and the large one a single loop. */
async function shareOfSmall(node: LabNode, loops: number, seconds: number): Promise<number> {
  const spin = (name: Name, count: number) => {
    const script = `for i in $(seq ${count}); do timeout ${seconds + 3} sh -c 'while :; do :; done' & done; wait`
    const [file, argv] = node.inside(node.enterArgv(name, [], ['sh', '-c', script]))
    return spawn(file, argv, { stdio: 'ignore' })
  }
  const running = [spin('small', loops), spin('large', 1)]
  await sleep(1500) // until all of them are there
  const before = { small: usedNs(node, 'small'), large: usedNs(node, 'large') }
  await sleep(seconds * 1000)
  const small = usedNs(node, 'small') - before.small
  const large = usedNs(node, 'large') - before.large
  for (const child of running) child.kill('SIGTERM')
  await Promise.all(running.map((child) => new Promise((resolve) => child.once('exit', resolve))))
  return (100 * small) / (small + large)
}

export async function measureCpuShare(quick: boolean, log: (line: string) => void): Promise<Figure[]> {
  const lab = new Lab()
  try {
    const node = await lab.node('shares')
    node.run('sh', '-c', MOUNT)
    const trellis = new Trellis(...node.inside([trellisBinary, 'serve', ...node.folders(), '--cgroup', BASE]))
    const names = Object.keys(RESERVED) as Name[] // the keys of the record above
    await trellis.do({ op: 'owner.create', owner: 'slice', uidBase: 100_000, uidCount: 65_536 })
    for (const name of names) {
      const limits = {
        cpuMilli: RESERVED[name],
        cpuCapped: false,
        cpus: '0',
        memoryMib: 256,
        processes: 256,
        diskMibps: 0,
      }
      await trellis.do(
        { op: 'namespace.create', namespace: name, owner: 'slice' },
        { op: 'limits.set', namespace: name, fingerprint: 'bench', ...limits },
      )
    }
    const rounds = quick ? 3 : 5
    const [alone, bomb]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      alone.push(await shareOfSmall(node, 1, 5))
      bomb.push(await shareOfSmall(node, 40, 5))
      log(`round ${round + 1}: ${alone.at(-1)?.toFixed(2)} % of one loop, ${bomb.at(-1)?.toFixed(2)} % of forty`)
    }
    await trellis.do(...names.map((name) => ({ op: 'namespace.delete', namespace: name })))
    await trellis.do(...names.map((name) => ({ op: 'limits.delete', namespace: name })))
    await trellis.end()
    return [
      {
        id: 'cpu_share_error_pts',
        value: Math.abs(median(alone) - 20),
        unit: 'points',
        baseline: null,
        goal: '≤ 1, aim 0.5',
        n: rounds,
        method: 'hosts of 20 % and 80 % on one processor, a loop in each; 5 s of the kernel’s accounts',
      },
      {
        id: 'neighbour_share_pct',
        value: (100 * (100 - median(bomb))) / 80,
        unit: '%',
        baseline: null,
        goal: '≥ 95',
        n: rounds,
        method: 'of its reserved 80 %, what the neighbour of forty loops has',
      },
    ]
  } finally {
    await lab.end()
  }
}
