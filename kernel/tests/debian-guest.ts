// A machine with Debian's own kernel, for what this machine's kernel may lack: booted by qemu without hardware help, its
// console spoken to line by line. `./myvini test` fetches the kernel; qemu and busybox are packages of the tests.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { modulesInOrder } from './guest-modules'
import { initramfs, withLibraries } from './initramfs'
import { kernelFolder, type LabNode, trellisBinary } from './lab'

const QEMU = '/usr/bin/qemu-system-x86_64'
const BUSYBOX = '/bin/busybox'
const BOOT_MS = 120_000

/** Debian's own series and the newer one it offers beside it: the kernels most nodes will have. */
export const SERIES = ['6.1', '6.12'] as const
export type Series = (typeof SERIES)[number]
const folderOf = (series: Series) =>
  path.resolve(kernelFolder, `../.tools/debian-kernel${series === '6.1' ? '' : `-${series}`}`)

const MODULES = [
  ...['virtio_pci', 'virtio_net', 'virtio_blk', 'veth', 'ip_gre', 'ip6_gre', 'sch_ingress', 'cls_bpf', 'bridge'],
  ...['sch_netem', 'sch_htb', 'act_mirred', 'cls_matchall', 'sch_tbf', 'netkit', 'tun'],
]

const init = (modules: readonly string[]) => `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/usr/sbin:/bin HOME=/ PS1= PS2=
# Nothing can pivot away from an initramfs (pivot_root(2)); who enters a virtual host does.
if [ -e /own-root ]; then
  mkdir /new; mount -t tmpfs root /new
  for f in bin init lib lib64 modules objects sbin usr; do [ ! -e /$f ] || cp -a /$f /new; done
  mkdir /new/proc /new/sys /new/dev /new/run /new/tmp; exec switch_root /new /init
fi
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev; mount -t tmpfs tmpfs /run
mkdir -p /sys/fs/bpf; mount -t bpf bpf /sys/fs/bpf
for m in ${modules.join(' ')}; do insmod /modules/$m.ko || echo "no $m"; done
ip link set lo up
stty -echo -F /dev/console 2>/dev/null
# For whichever shell comes: busybox prefers its own ip, which knows no gretap.
echo 'ip() { /usr/sbin/ip "$@"; }' > /shell; export ENV=/shell
dmesg -n 1 # the kernel says what it has to say in its log, not in the middle of an answer
echo "guest is up"
while :; do sh; done`

/** Why there can be no guest here; null when there can. */
export function guestObstacle(series: Series = '6.1'): string | null {
  if (!existsSync(QEMU)) return `${QEMU} is missing (package qemu-system-x86)`
  if (!existsSync(BUSYBOX)) return `${BUSYBOX} is missing (package busybox-static)`
  return kernelImage(series) ? null : `${folderOf(series)} has no kernel (./myvini test fetches Debian's)`
}

function kernelImage(series: Series): string | undefined {
  const boot = path.join(folderOf(series), 'boot')
  return existsSync(boot) ? readdirSync(boot).find((name) => name.startsWith('vmlinuz-')) : undefined
}

/** The node's end of the wire to its guest. */
export const TAP = 'tap0'

/** What a guest has beside what every guest has. */
export interface GuestParts {
  /** Of both ends of the wire. */
  mtuBytes?: number
  /** Pairs on the wire, with prefix lengths: the node's, and its guest's on eth0. */
  addresses?: readonly (readonly [node: string, guest: string])[]
  /** It has moved from the archive it booted from to a root that can be left (pivot_root(2)), as whoever enters a host does. */
  ownRoot?: boolean
  /** An empty disk, /dev/vda. */
  diskMib?: number
}

/** Boots one with a wire of its own to `node`; where they have addresses, each has heard the other. */
export async function guestOn(node: LabNode, series: Series, parts: GuestParts = {}): Promise<DebianGuest> {
  const { mtuBytes = 1500, addresses = [] } = parts
  node.run('ip', 'tuntap', 'add', TAP, 'mode', 'tap', 'vnet_hdr')
  node.run('ip', 'link', 'set', TAP, 'up', 'mtu', `${mtuBytes}`)
  for (const [ours] of addresses) node.run('ip', 'address', 'add', ours, 'dev', TAP, 'nodad')
  const guest = await DebianGuest.boot(node, series, parts)
  try {
    await guest.must(`echo 0 > /proc/sys/net/ipv6/conf/eth0/accept_dad; ip link set eth0 mtu ${mtuBytes} up`)
    for (const [ours, theirs] of addresses) {
      await guest.must(`ip address add ${theirs} dev eth0${theirs.includes(':') ? ' nodad' : ''}`)
      await guest.must(`until ping -c1 -W1 ${ours.split('/')[0]}; do :; done`, 60_000)
    }
    return guest
  } catch (error) {
    await guest.end()
    throw error
  }
}

function rootFiles(series: Series, ownRoot: boolean): Buffer {
  const release = (kernelImage(series) ?? '').replace('vmlinuz-', '')
  const lib =
    ['lib/modules', 'usr/lib/modules'].find((l) => existsSync(path.join(folderOf(series), l))) ?? 'lib/modules'
  const modules = modulesInOrder(path.join(folderOf(series), lib, release, 'kernel'), MODULES)
  return initramfs(
    new Map([
      ['init', Buffer.from(init(modules.map(([name]) => name)))],
      ['bin/busybox', readFileSync(BUSYBOX)],
      ['bin/trellis', readFileSync(trellisBinary)],
      ['objects/egre.bpf.o', readFileSync(path.join(kernelFolder, 'build/egre.bpf.o'))],
      ['objects/fast.bpf.o', readFileSync(path.join(kernelFolder, 'build/fast.bpf.o'))],
      ...['/usr/sbin/ip', '/usr/sbin/tc'].flatMap((program) => withLibraries(program)),
      ...modules.map(([name, content]) => [`modules/${name}.ko`, content] as const),
      ...(ownRoot ? [['own-root', Buffer.from('')] as const] : []),
    ]),
  )
}

export class DebianGuest {
  #said = ''
  #commands = 0

  private constructor(
    private readonly qemu: ChildProcess,
    private readonly folder: string,
  ) {
    qemu.stdout?.setEncoding('latin1').on('data', (text: string) => (this.#said += text))
  }

  /** Boots with its eth0 on that node's TAP; see `guestOn`. */
  static async boot(node: LabNode, series: Series, { ownRoot = false, diskMib = 0 }: GuestParts): Promise<DebianGuest> {
    const folder = mkdtempSync(path.join(tmpdir(), 'myvini-guest-'))
    writeFileSync(path.join(folder, 'root.cpio'), rootFiles(series, ownRoot))
    const disk = path.join(folder, 'disk')
    writeFileSync(disk, '')
    truncateSync(disk, diskMib * 1024 * 1024)
    const [file, argv] = node.inside([
      ...[QEMU, '-accel', 'tcg', '-cpu', 'max', '-m', '512', '-nodefaults', '-no-reboot', '-display', 'none'],
      ...[
        '-kernel',
        path.join(folderOf(series), 'boot', kernelImage(series) ?? ''),
        '-initrd',
        path.join(folder, 'root.cpio'),
      ],
      ...[
        '-append',
        'console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on no_timer_check',
        '-serial',
        'stdio',
      ],
      ...['-netdev', `tap,id=n,ifname=${TAP},script=no,downscript=no`, '-device', 'virtio-net-pci,netdev=n,romfile='],
      ...(diskMib > 0 ? ['-drive', `file=${disk},if=virtio,format=raw,cache=unsafe`] : []),
    ])
    const guest = new DebianGuest(spawn(file, argv, { stdio: ['pipe', 'pipe', 'inherit'] }), folder)
    await guest.#sees('guest is up', BOOT_MS)
    return guest
  }

  async #sees(text: string | RegExp, withinMs: number): Promise<void> {
    for (const until = Date.now() + withinMs; !this.#said.match(text); ) {
      if (this.qemu.exitCode !== null || Date.now() > until)
        throw new Error(`the guest did not say ${text}; it said: ${this.#said.slice(-2000)}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** One line of shell; what it printed and its exit code. */
  async run(line: string, withinMs = 30_000): Promise<{ code: number; out: string }> {
    const end = `end-of-${++this.#commands}`
    this.#said = ''
    this.qemu.stdin?.write(`{ ${line}; } 2>&1; echo "${end.slice(0, 3)}""${end.slice(3)}=$?="\n`)
    // To the end of the line: what is left of it would begin the next answer.
    await this.#sees(new RegExp(`${end}=\\d+=\\r?\\n`), withinMs)
    const [out = '', code = ''] = this.#said.split(`${end}=`)
    return { code: Number.parseInt(code, 10), out: out.replaceAll('\r', '') }
  }

  /** ... that must succeed. */
  async must(line: string, withinMs?: number): Promise<string> {
    const { code, out } = await this.run(line, withinMs)
    if (code !== 0) throw new Error(`in the guest, "${line}" ended with ${code}: ${out}`)
    return out
  }

  async end(): Promise<void> {
    if (this.qemu.exitCode === null) {
      const ended = once(this.qemu, 'exit')
      this.qemu.kill('SIGKILL')
      await ended
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}
