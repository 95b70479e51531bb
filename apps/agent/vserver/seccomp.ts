// Which system calls has nobody in a virtual host a need for? The list of trellis' own filter (kernel/trellis/seccomp.c),
// as crun wants it: most of the kernel's attack surface lies behind these (seccomp(2)).

/** What a virtual host's daemons and tools do not need, and what reaches beyond it. */
export const REFUSED = [
  // Namespaces and mounts.
  ...['unshare', 'setns', 'mount', 'umount', 'umount2', 'pivot_root', 'open_tree', 'move_mount', 'fsopen', 'fsconfig'],
  ...['fsmount', 'fspick', 'mount_setattr', 'statmount', 'listmount', 'open_tree_attr'],
  // Programs in the kernel, and other doors into it.
  ...['bpf', 'perf_event_open', 'userfaultfd', 'io_uring_setup', 'io_uring_enter', 'io_uring_register', 'init_module'],
  ...[
    'finit_module',
    'delete_module',
    'create_module',
    'kexec_load',
    'kexec_file_load',
    'modify_ldt',
    'vm86',
    'vm86old',
  ],
  // Keys are kept per user, not per namespace.
  ...['keyctl', 'add_key', 'request_key'],
  // Files by handle, past the root file system.
  ...['open_by_handle_at', 'name_to_handle_at', 'lookup_dcookie', 'fanotify_init'],
  // The machine as a whole.
  ...['reboot', 'swapon', 'swapoff', 'settimeofday', 'stime', 'clock_settime', 'clock_settime64', 'clock_adjtime'],
  ...['clock_adjtime64', 'adjtimex', 'iopl', 'ioperm', 'acct', 'quotactl', 'quotactl_fd', 'syslog', 'vhangup'],
  ...['nfsservctl'],
  // Other processes' memory, and where memory lies.
  ...['process_vm_readv', 'process_vm_writev', 'kcmp', 'move_pages', 'mbind', 'set_mempolicy', 'migrate_pages'],
  // Relics.
  ...['uselib', 'ustat', 'sysfs', '_sysctl'],
] as const

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET (clone(2)); argument 0 on every architecture we run on. */
const NEW_NAMESPACES = [
  0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000,
] as const

const EPERM = 1
const ENOSYS = 38
const EAFNOSUPPORT = 97
/** Types into a terminal as if its user had; the console's own controls. */
const TIOCSTI = 0x5412
const TIOCLINUX = 0x541c
/** Reaches the machine's hypervisor, past every network namespace. */
const AF_VSOCK = 40

const errno = (errnoRet: number) => ({ action: 'SCMP_ACT_ERRNO', errnoRet })
const is = (index: number, value: number) => [{ index, value, op: 'SCMP_CMP_EQ' }]

/** runtime-spec, config-linux.md, "seccomp". */
export function seccompProfile() {
  return {
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
    syscalls: [
      { names: [...REFUSED], ...errno(EPERM) },
      // Its flags lie in memory, out of sight; with ENOSYS libc falls back to clone.
      { names: ['clone3'], ...errno(ENOSYS) },
      ...NEW_NAMESPACES.map((flag) => ({
        names: ['clone'],
        ...errno(EPERM),
        args: [{ index: 0, value: flag, valueTwo: flag, op: 'SCMP_CMP_MASKED_EQ' }],
      })),
      { names: ['ioctl'], ...errno(EPERM), args: is(1, TIOCSTI) },
      { names: ['ioctl'], ...errno(EPERM), args: is(1, TIOCLINUX) },
      { names: ['socket'], ...errno(EAFNOSUPPORT), args: is(0, AF_VSOCK) },
    ],
  }
}
