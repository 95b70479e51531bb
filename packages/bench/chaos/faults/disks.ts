// Disks without room: a tmpfs is made as small as what it holds, and large again after a while.
import { setTimeout as sleep } from 'node:timers/promises'
import { DISK_MIB } from '../world'
import { type Fault, onNode, pick } from './fault'

/** What is written meanwhile makes the first try too small; what room is left then is taken by a file. */
const fill = (folder: string) =>
  `used=$(df -k --output=used ${folder} | tail -n 1); for more in 0 64 512 4096 32768; do mount -o remount,size=$((used + more))k ${folder} 2>/dev/null && break; done; cat /dev/zero > ${folder}/ballast 2>/dev/null; df -k --output=avail ${folder} | tail -n 1`
const empty = (folder: string, mib: number) => `mount -o remount,size=${mib}m ${folder} && rm -f ${folder}/ballast`
/** Of a boxed node; half of the machine's memory otherwise. */
const RUN_MIB = 1024

const fillOnNode =
  (folder: string, mib: number): Fault =>
  async ({ world, random }) => {
    const node = pick(random, world.ring)
    const told = await onNode(world, node, fill(folder))
    await sleep(1000 + random() * 2500)
    await onNode(world, node, empty(folder, mib))
    return `${folder} of ${told} KiB left`
  }

export const disks = {
  /** What was accepted before stays; what comes cannot be kept and is refused. */
  'node disk full': fillOnNode('/var/lib/myvini', DISK_MIB),
  'run folder full': fillOnNode('/run', RUN_MIB),
  /** By somebody who tidies up: what is mounted there cannot be deleted, all else is. */
  'run folder emptied': ({ world, random }) =>
    onNode(world, pick(random, world.ring), 'rm -rf /run/myvini/* 2>/dev/null; ls /run/myvini | tr "\\n" " "'),
  'database disk full': async ({ world, random }) => {
    const { postgresDisk: folder } = world
    await world.view.run(['sh', '-c', fill(folder)])
    await sleep(1000 + random() * 2000)
    await world.view.run(['sh', '-c', empty(folder, DISK_MIB)])
    return 'for one to three seconds'
  },
} satisfies Record<string, Fault>
