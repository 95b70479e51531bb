// What is a virtual host of class vserver to the container runtime? Its OCI configuration (runtime-spec 1.0, config.md and
// config-linux.md): all namespaces, few privileges, and nothing of the node but what is named here.
import { seccompProfile } from './seccomp'
import { START_INSIDE } from './start-up'

export interface ContainerPlaces {
  /** Namespaces held by trellis: the container is put into them, so that they outlive it. */
  network: string
  user: string
  /** Put together by trellis before the runtime looks at it. */
  root: string
  /** /etc/hosts, /etc/hostname and /etc/resolv.conf are bound in from here. */
  names: string
  /** What it does when it starts. */
  start: string
  /** Reaps orphans and passes signals on. */
  init: string
  /** What the init keeps alive. */
  trellis: string
  hasTun: boolean
}

const UID_COUNT = 65_536

/**
 * Docker's usual set, and what networks need. All of it counts only for what the host's own user namespace owns: its network
 * stack, its files, its processes. SYS_ADMIN is there because FRR does not start without it; what it would open, mounts and
 * namespaces above all, the filter of system calls keeps shut.
 */
export const CAPABILITIES = [
  ...['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FSETID', 'CAP_FOWNER', 'CAP_MKNOD', 'CAP_NET_RAW', 'CAP_SETGID'],
  ...['CAP_SETUID', 'CAP_SETFCAP', 'CAP_SETPCAP', 'CAP_NET_BIND_SERVICE', 'CAP_SYS_CHROOT', 'CAP_KILL'],
  ...['CAP_AUDIT_WRITE', 'CAP_NET_ADMIN', 'CAP_NET_BROADCAST', 'CAP_SYS_ADMIN'],
]

/** What the kernel shows of the whole machine. */
const MASKED = [
  ...['/proc/acpi', '/proc/asound', '/proc/kcore', '/proc/keys', '/proc/key-users', '/proc/kallsyms'],
  ...['/proc/latency_stats', '/proc/timer_list', '/proc/timer_stats', '/proc/sched_debug', '/proc/scsi'],
  ...['/proc/sysrq-trigger', '/proc/kmsg', '/proc/kpagecount', '/proc/kpageflags', '/proc/modules', '/proc/config.gz'],
  ...['/sys/firmware', '/sys/kernel', '/sys/module', '/sys/power', '/sys/devices/virtual/dmi', '/sys/class/dmi'],
]
const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/driver']

const mount = (destination: string, type: string, options: string[], source = type) => ({
  destination,
  type,
  source,
  options,
})

/** One file of the node, as it is, at another place. */
const bind = (source: string, destination: string, ...options: string[]) =>
  mount(destination, 'bind', ['bind', 'nosuid', ...options], source)

export function ociConfig(host: { name: string; uidBase: number }, places: ContainerPlaces) {
  const ids = [{ containerID: 0, hostID: host.uidBase, size: UID_COUNT }]
  const small = ['nosuid', 'nodev', 'size=16m']
  return {
    ociVersion: '1.0.0',
    hostname: host.name,
    root: { path: places.root, readonly: false },
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      cwd: '/',
      args: ['/dev/init', '--', '/bin/sh', `${START_INSIDE}/run`],
      env: [
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        ...['HOME=/root', 'USER=root', 'LOGNAME=root', 'SHELL=/bin/bash', 'LANG=C.UTF-8'],
      ],
      capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
      noNewPrivileges: true,
    },
    mounts: [
      mount('/proc', 'proc', ['nosuid', 'noexec', 'nodev']),
      mount('/dev', 'tmpfs', ['nosuid', 'strictatime', 'mode=755', 'size=64k']),
      mount('/dev/pts', 'devpts', ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5']),
      mount('/dev/shm', 'tmpfs', [...small, 'noexec', 'mode=1777']),
      mount('/run', 'tmpfs', [...small, 'mode=755']),
      mount('/sys', 'sysfs', ['nosuid', 'noexec', 'nodev', 'ro']),
      bind(places.init, '/dev/init', 'ro'),
      bind(places.trellis, '/dev/trellis', 'ro'),
      bind(places.start, START_INSIDE, 'ro'),
      ...(places.hasTun ? [bind('/dev/net/tun', '/dev/net/tun', 'rw')] : []),
      ...['hosts', 'hostname', 'resolv.conf'].map((file) => bind(`${places.names}/${file}`, `/etc/${file}`, 'ro')),
    ],
    linux: {
      namespaces: [
        ...['pid', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
        { type: 'network', path: places.network },
        { type: 'user', path: places.user },
      ],
      uidMappings: ids,
      gidMappings: ids,
      maskedPaths: MASKED,
      readonlyPaths: READ_ONLY,
      seccomp: seccompProfile(),
    },
  }
}
