// SPDX-License-Identifier: GPL-2.0-only
/* Network namespaces: made inside their owner's user namespace, so that its root may configure them and nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "run-folder.h"
#include "sysctl.h"
#include "trellis.h"

#define AT_ONCE 512 /* each is an open descriptor until it is mounted */

/* Inherited from the node (IPv4) or the kernel's own (IPv6) defaults, none of which a virtual host wants. */
static const struct sysctl defaults[] = {
	{ "ipv4/conf/all/rp_filter", "0" },
	{ "ipv4/conf/default/rp_filter", "0" },
	{ "ipv6/conf/default/accept_dad", "0" }, /* addresses are planned: usable at once */
	{ "ipv6/conf/default/autoconf", "0" },
	{ "ipv6/conf/default/accept_ra", "0" },
	{ NULL, NULL },
};

struct made {
	int fd, error;
};

static int bring_loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), error = 0;

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request))
		error = errno;
	close(fd);
	return error;
}

static void make_one(struct made *made)
{
	made->fd = -1;
	if (unshare(CLONE_NEWNET)) {
		made->error = errno;
		return;
	}
	made->error = sysctl_write_all(defaults);
	if (!made->error)
		made->error = bring_loopback_up();
	made->fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (made->fd < 0 && !made->error)
		made->error = errno;
}

/* A child joins the user namespace, as there is no way back out of it; descriptors are shared, so the parent has them. */
static int make_network_namespaces(int owner, struct made *made, size_t count)
{
	pid_t pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, 0);
	int status;

	if (!pid) {
		if (setns(owner, CLONE_NEWUSER))
			_exit(errno);
		for (size_t i = 0; i < count; i++)
			make_one(&made[i]);
		_exit(0);
	}
	if (pid < 0)
		return errno;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

static void hold(struct trellis *t, struct op *op, struct made *made, const char *name)
{
	char source[64];

	if (!made->error) {
		snprintf(source, sizeof(source), "/proc/self/fd/%d", made->fd);
		made->error = run_hold(t->run, "netns", name, source);
	}
	if (made->error)
		op_fail(op, made->error, "making the network namespace: %s", strerror(made->error));
	if (made->fd >= 0)
		close(made->fd);
}

static void create_for(struct trellis *t, const char *owner, struct op **ops, const char **names, size_t count)
{
	size_t size = count * sizeof(struct made);
	struct made *made = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int fd = run_open(t->run, "userns", owner), error = fd < 0 ? errno : 0;

	if (made == MAP_FAILED)
		error = errno;
	for (size_t i = 0; !error && i < count; i++)
		made[i] = (struct made){ -1, EIO };
	sysctl_ready(count * sizeof(defaults) / sizeof(*defaults)); /* here, where we may mount */
	if (!error)
		error = make_network_namespaces(fd, made, count);
	for (size_t i = 0; i < count; i++) {
		if (error)
			op_fail(ops[i], error, "owner: %s: %s", owner, strerror(error));
		else
			hold(t, ops[i], &made[i], names[i]);
	}
	if (made != MAP_FAILED)
		munmap(made, size);
	if (fd >= 0)
		close(fd);
}

void namespace_create(struct trellis *t, struct op *ops, size_t count)
{
	struct op *group[AT_ONCE];
	const char *names[AT_ONCE], *owner = NULL, *name, *next;
	size_t n = 0;
	int fd;

	for (size_t i = 0; i < count; i++) {
		if (!take_name(&ops[i], "namespace", &name) || !take_name(&ops[i], "owner", &next))
			continue;
		fd = run_open(t->run, "netns", name);
		if (fd >= 0) {
			close(fd);
			continue;
		}
		if (n == AT_ONCE || (n && strcmp(next, owner))) {
			create_for(t, owner, group, names, n);
			n = 0;
		}
		owner = next;
		names[n] = name;
		group[n++] = &ops[i];
	}
	if (n)
		create_for(t, owner, group, names, n);
}
