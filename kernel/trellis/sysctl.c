// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names below /proc/sys/net are there once for each network namespace, and the kernel keeps all that were ever opened in one
 * chain for each name (proc_sys_compare in fs/proc/proc_sysctl.c): the thousandth namespace passes by those of all others. So
 * they are opened through a proc of our own, which is thrown away, with the names in it, after some hundred of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "sysctl.h"

#define WRITES 600

static int view = -1;
static size_t written = WRITES;

void sysctl_ready(size_t writes)
{
	int fs;

	written += writes;
	if (written < WRITES)
		return;
	written = 0;
	if (view >= 0)
		close(view);
	view = -1;
	fs = syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
	if (fs < 0)
		return; /* the one that is mounted will do */
	if (!syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		view = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	close(fs);
}

int sysctl_write(const char *path, const char *value)
{
	char whole[128];
	int fd, error = 0;

	snprintf(whole, sizeof(whole), "%ssys/net/%s", view < 0 ? "/proc/" : "", path);
	fd = openat(view < 0 ? AT_FDCWD : view, whole, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (write(fd, value, strlen(value)) < 0)
		error = errno;
	close(fd);
	return error;
}

int sysctl_write_all(const struct sysctl *list)
{
	for (; list->path; list++) {
		int error = sysctl_write(list->path, list->value);

		if (error && error != ENOENT)
			return error;
	}
	return 0;
}
