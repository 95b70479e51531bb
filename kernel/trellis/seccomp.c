// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which system calls has nobody in a virtual host a need for? They are refused even to its root: most of the kernel's
 * attack surface lies behind them (seccomp(2)). A list of what is refused, as routing daemons and tools vary too much
 * for a list of what is allowed.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include "enter.h"

#define X32_BIT 0x40000000u /* the x32 calls have numbers of their own and would slip through */

/* Newer than the headers we build with; the numbers are common to all architectures since Linux 5.1. */
enum { STATMOUNT = 457, LISTMOUNT = 458, OPEN_TREE_ATTR = 467 };

static const uint32_t refused[] = {
	/* namespaces and mounts */
	SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_open_tree, SYS_move_mount, SYS_fsopen,
	SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_mount_setattr, STATMOUNT, LISTMOUNT, OPEN_TREE_ATTR,
	/* programs in the kernel, and other doors into it */
	SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
	SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_kexec_file_load, SYS_modify_ldt,
	/* keys are kept per user, not per namespace */
	SYS_keyctl, SYS_add_key, SYS_request_key,
	/* files by handle, past the root file system */
	SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_lookup_dcookie, SYS_fanotify_init,
	/* the machine as a whole */
	SYS_reboot, SYS_swapon, SYS_swapoff, SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex,
	SYS_iopl, SYS_ioperm, SYS_acct, SYS_quotactl, SYS_quotactl_fd, SYS_syslog, SYS_vhangup, SYS_nfsservctl,
	/* other processes' memory, and where memory lies */
	SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_move_pages, SYS_mbind, SYS_set_mempolicy,
	SYS_migrate_pages,
	/* relics */
	SYS_uselib, SYS_ustat, SYS_sysfs, SYS__sysctl,
};

#define REFUSED_COUNT (sizeof(refused) / sizeof(*refused))
#define NEW_NAMESPACES                                                                                        \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)
#define ALLOW RETURN(SECCOMP_RET_ALLOW)
#define REFUSE(error) RETURN(SECCOMP_RET_ERRNO | (error))
#define IF_EQUAL(value, skip_else) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip_else)
#define IF_ANY_BIT(value, skip_else) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, value, 0, skip_else)

static const struct sock_filter head[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
	REFUSE(ENOSYS),
	LOAD(nr),
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1),
	REFUSE(ENOSYS),
};

/*
 * Each call has its own block, which ends in a verdict; the number behind IF_EQUAL is the block's length. The low half
 * of an argument is what the kernel looks at in each of these (x86-64 is little-endian).
 */
static const struct sock_filter tail[] = {
	IF_EQUAL(SYS_clone3, 1), /* its flags lie in memory, out of sight; with ENOSYS libc falls back to clone */
	REFUSE(ENOSYS),

	IF_EQUAL(SYS_clone, 4),
	LOAD(args[0]),
	IF_ANY_BIT(NEW_NAMESPACES, 1),
	REFUSE(EPERM),
	ALLOW,

	IF_EQUAL(SYS_ioctl, 6),
	LOAD(args[1]),
	IF_EQUAL(TIOCSTI, 1), /* types into the terminal as if its user had */
	REFUSE(EPERM),
	IF_EQUAL(TIOCLINUX, 1),
	REFUSE(EPERM),
	ALLOW,

	IF_EQUAL(SYS_socket, 4),
	LOAD(args[0]),
	IF_EQUAL(AF_VSOCK, 1), /* reaches the machine's hypervisor, past every network namespace */
	REFUSE(EAFNOSUPPORT),
	ALLOW,

	ALLOW,
};

#define HEAD_COUNT (sizeof(head) / sizeof(*head))
#define TAIL_COUNT (sizeof(tail) / sizeof(*tail))

int seccomp_install(void)
{
	struct sock_filter filter[HEAD_COUNT + 2 * REFUSED_COUNT + TAIL_COUNT];
	struct sock_fprog program = { .len = sizeof(filter) / sizeof(*filter), .filter = filter };
	size_t n = 0;

	for (size_t i = 0; i < HEAD_COUNT; i++)
		filter[n++] = head[i];
	for (size_t i = 0; i < REFUSED_COUNT; i++) {
		filter[n++] = (struct sock_filter)IF_EQUAL(refused[i], 1);
		filter[n++] = (struct sock_filter)REFUSE(EPERM);
	}
	for (size_t i = 0; i < TAIL_COUNT; i++)
		filter[n++] = tail[i];
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) ? errno : 0;
}
