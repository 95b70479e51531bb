// SPDX-License-Identifier: GPL-2.0-only
/* Root of the virtual host, nobody on the node (decision 7). */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "enter.h"

/*
 * What configuring a network stack and running its daemons takes (capabilities(7)). All of it counts only for what
 * belongs to the owner's user namespace: its network namespaces and its own files. The mount namespace does not, it
 * stays the node's; and without SYS_ADMIN and SYS_PTRACE there is no other way to it.
 */
static const uint64_t kept = 1ull << CAP_CHOWN | 1ull << CAP_DAC_OVERRIDE | 1ull << CAP_FOWNER | 1ull << CAP_FSETID |
			     1ull << CAP_KILL | 1ull << CAP_SETGID | 1ull << CAP_SETUID | 1ull << CAP_SETPCAP |
			     1ull << CAP_NET_BIND_SERVICE | 1ull << CAP_NET_BROADCAST | 1ull << CAP_NET_ADMIN |
			     1ull << CAP_NET_RAW | 1ull << CAP_SYS_CHROOT;

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = (uint32_t)kept, .permitted = (uint32_t)kept },
		{ .effective = kept >> 32, .permitted = kept >> 32 },
	};

	/* The bounding set is what root gets again by exec; the kernel says EINVAL beyond the last capability it knows. */
	for (int capability = 0; capability < 64; capability++)
		if (!(kept >> capability & 1) && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) && errno != EINVAL)
			enter_fail("dropping capability %d: %s", capability, strerror(errno));
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capset, &header, data))
		enter_fail("dropping capabilities: %s", strerror(errno));
}

void enter_drop(const struct entry *entry)
{
	int error;

	if (setns(entry->user, CLONE_NEWUSER))
		enter_fail("entering the user namespace: %s", strerror(errno));
	if (setgroups(0, NULL) || setresgid(0, 0, 0) || setresuid(0, 0, 0))
		enter_fail("becoming its root: %s", strerror(errno));
	drop_capabilities();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		enter_fail("no_new_privs: %s", strerror(errno));
	error = seccomp_install();
	if (error)
		enter_fail("seccomp: %s", strerror(error));
}
