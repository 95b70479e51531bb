// SPDX-License-Identifier: GPL-2.0-only
/* Is the delay line there? It outlives every trellis that serves; each looks after it while it is asked things. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "line-daemon.h"
#include "links.h"
#include "run-folder.h"
#include "sysctl.h"
#include "tc.h"

#define READY_MS 3000
#define RING 8192 /* packets that wait for the delay line to take them */

int line_lock(const char *run)
{
	char path[PATH_SIZE], number[16];
	int fd, n;

	if (!run_path(path, run, "line.lock", ""))
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		close(fd);
		return -1;
	}
	n = snprintf(number, sizeof(number), "%d\n", getpid());
	if (ftruncate(fd, 0) || pwrite(fd, number, n, 0) != n)
		fprintf(stderr, "trellis: %s: %s\n", path, strerror(errno));
	return fd;
}

int line_lock_again(const char *run, int lock)
{
	struct stat mine, there;
	char path[PATH_SIZE];
	int fd;

	if (!run_path(path, run, "line.lock", "") || fstat(lock, &mine) ||
	    (!stat(path, &there) && there.st_dev == mine.st_dev && there.st_ino == mine.st_ino))
		return lock;
	fd = line_lock(run);
	if (fd < 0) /* somebody who cannot have the devices either, and ends; the folder is not there: next time */
		return lock;
	close(lock);
	return fd;
}

/* 0: none runs */
static pid_t running(const char *run)
{
	char path[PATH_SIZE], text[16] = "";
	pid_t pid = 0;
	int fd;

	if (!run_path(path, run, "line.lock", ""))
		return 0;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (flock(fd, LOCK_SH | LOCK_NB) && pread(fd, text, sizeof(text) - 1, 0) > 0)
		pid = atoi(text);
	close(fd);
	return pid;
}

/* A newer trellis brings a newer delay line. */
static bool is_of_this_file(pid_t pid)
{
	char path[64];
	struct stat mine, theirs;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return !stat("/proc/self/exe", &mine) && !stat(path, &theirs) && mine.st_dev == theirs.st_dev &&
	       mine.st_ino == theirs.st_ino;
}

static void end_running(const char *run)
{
	pid_t pid = running(run);

	if (pid > 1)
		kill(pid, SIGTERM);
	for (int i = 0; i < 200 && running(run); i++)
		usleep(5000);
}

static void become(const struct trellis *t, int ready)
{
	char path[PATH_SIZE];
	int null = open("/dev/null", O_RDWR), log = -1;

	if (run_path(path, t->run, "line.log", ""))
		log = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(ready, STDOUT_FILENO);
	dup2(null, STDIN_FILENO);
	dup2(log < 0 ? null : log, STDERR_FILENO);
	syscall(SYS_close_range, 3, ~0U, 0);
	execl("/proc/self/exe", "trellis", "line", "--run", t->run, "--bpf", t->bpf, "--objects", t->objects, NULL);
	_exit(127);
}

/* Twice forked and in a session of its own: it is nobody's child, and ends with nobody. */
static int start(const struct trellis *t)
{
	struct pollfd ready;
	int ends[2], error = ETIMEDOUT;
	char byte;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return errno;
	child = fork();
	if (!child) {
		setsid();
		if (!fork())
			become(t, ends[1]);
		_exit(0);
	}
	close(ends[1]);
	if (child > 0)
		waitpid(child, NULL, 0);
	ready = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	if (poll(&ready, 1, READY_MS) == 1)
		error = read(ends[0], &byte, 1) == 1 ? 0 : ECHILD; /* RUN/line.log says why */
	close(ends[0]);
	return error;
}

static int make_tap(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC), error = 0;

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	/* It stays when nobody holds it: its number is in the maps, the program is attached to it. */
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) || ioctl(fd, TUNSETPERSIST, 1))
		error = errno;
	if (fd >= 0)
		close(fd);
	return error;
}

static uint32_t make_device(struct trellis *t, struct op *op, const char *name)
{
	uint32_t index = device_index(t, name);
	char path[64];
	struct batch b;
	int error;

	if (index && (index == t->maps.line_devices->whole || index == t->maps.line_devices->split))
		return index;
	error = index ? 0 : make_tap(name);
	if (error) {
		op_fail(op, error, "making the delay line's device %s: %s", name, strerror(error));
		return 0;
	}
	snprintf(path, sizeof(path), "ipv6/conf/%s/disable_ipv6", name);
	sysctl_write(path, "1");
	index = device_index(t, name);
	batch_open(&b, &t->nl);
	tc_add_clsact(&b, op, index);
	tc_attach(&b, op, index, t->maps.from_line);
	link_change(&b, op, "bringing the delay line's device up", index, IFF_UP, IFF_UP);
	put_u32(&b, IFLA_TXQLEN, RING);
	batch_send(&b);
	return op->failed ? 0 : index;
}

void line_ensure(struct trellis *t, struct op *op)
{
	struct egre_line_devices made;
	pid_t pid = running(t->run);
	int error;

	made.whole = make_device(t, op, LINE_WHOLE);
	made.split = op->failed ? 0 : make_device(t, op, LINE_SPLIT);
	if (op->failed)
		return;
	if (pid && !is_of_this_file(pid)) {
		end_running(t->run);
		pid = 0;
	}
	error = pid ? 0 : start(t);
	if (error)
		op_fail(op, error, "starting the delay line: %s", strerror(error));
	else
		*t->maps.line_devices = made;
}

static bool needed(const struct maps *m)
{
	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++)
		if (m->lines[slot].flags & LINE_ON && m->ends[slot].kind == EGRE_DEVICE)
			return true;
	return false;
}

void line_keep(struct trellis *t)
{
	struct op op = { 0 };

	if (!t->maps.object || !t->maps.line_devices->whole)
		return;
	if (device_index(t, LINE_WHOLE) == t->maps.line_devices->whole &&
	    device_index(t, LINE_SPLIT) == t->maps.line_devices->split && running(t->run))
		return;
	if (needed(&t->maps))
		line_ensure(t, &op);
	else /* it ended because nobody needed it */
		line_remove(t);
	if (op.failed)
		fprintf(stderr, "trellis: %s\n", op.message);
}

void line_remove(struct trellis *t)
{
	const char *const names[] = { LINE_WHOLE, LINE_SPLIT };
	const struct egre_line_devices devices = *t->maps.line_devices;
	struct op ignored = { 0 };
	struct batch b;

	if (!devices.whole)
		return;
	*t->maps.line_devices = (struct egre_line_devices){ 0 };
	end_running(t->run);
	batch_open(&b, &t->nl);
	for (size_t i = 0; i < 2; i++) {
		uint32_t index = device_index(t, names[i]);
		struct ifinfomsg info = { .ifi_index = index };

		if (index == devices.whole || index == devices.split)
			batch_begin(&b, &ignored, "removing the delay line's device", ENODEV, RTM_DELLINK, 0, &info,
				    sizeof(info));
	}
	batch_send(&b);
}
