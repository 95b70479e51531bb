// What kind of machine is this, and where is what?
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
export const paths = { root, tools: `${root}/.tools` }

/** Node's own numbers, as package.json's "engines" says. */
const LEAST_NODE = [20, 19]

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])
  if (!enough)
    process.stderr.write(
      `myvini: this is Node.js ${process.versions.node}; ${LEAST_NODE.join('.')} or newer is needed (https://nodejs.org).\n`,
    )
  return enough
}

export const isRoot = () => process.getuid?.() === 0
export const isLinux = () => process.platform === 'linux'
export const hasApt = () => isLinux() && existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg-query')

/** Packages by what they are for. The datapath names its own build needs beside its sources. */
const GROUPS = {
  run: [
    'ca-certificates',
    'iproute2',
    'iputils-ping',
    'openssh-client',
    'openssh-server',
    'procps',
    'util-linux',
    'passwd',
    'bash',
    // Routing software for virtual hosts that use this machine's programs (root file system "host-usr").
    'bird2',
    'frr',
    // What people expect to find in a virtual host of that kind; the guide tries the ways with them.
    'curl',
    'iperf3',
    'mtr-tiny',
    'tcpdump',
    'traceroute',
    // Gateways of virtual networks to the outside.
    'nftables',
    // Building images of virtual hosts, when somebody asks for one.
    'mmdebstrap',
    // The runtime and the init of virtual hosts of class vserver.
    'crun',
    'tini',
    'e2fsprogs',
  ],
  test: ['chromium', 'git', 'qemu-system-x86', 'busybox-static'],
  bench: ['mininet'],
}

export function packagesOf(groups) {
  const build = readFileSync(`${root}/kernel/apt-packages.txt`, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter(Boolean)
  const all = groups.flatMap((group) => (group === 'build' ? build : GROUPS[group]))
  return [...new Set(all)].sort()
}

export function missingPackages(groups) {
  const wanted = packagesOf(groups)
  if (wanted.length === 0) return []
  let listed = ''
  try {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
    listed = execFileSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...wanted], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString()
  } catch (error) {
    listed = error.stdout?.toString() ?? '' // it exits with 1 when it does not know one of them, and lists the others
  }
  const there = new Set(
    listed
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return wanted.filter((name) => !there.has(name))
}

/** What stands in the way of real virtual hosts on this machine; empty when nothing does. */
export function kernelObstacles() {
  const found = []
  if (!isLinux()) return ['this is not Linux']
  if (!isRoot()) found.push('you are not root, which namespaces and eBPF need')
  if (!existsSync('/sys/kernel/btf/vmlinux'))
    found.push('the kernel has no BTF (CONFIG_DEBUG_INFO_BTF), so eBPF programs cannot be loaded')
  if (!existsSync('/proc/self/ns/user')) found.push('the kernel has no user namespaces (CONFIG_USER_NS)')
  if (!existsSync('/proc/self/ns/net')) found.push('the kernel has no network namespaces (CONFIG_NET_NS)')
  return found
}
