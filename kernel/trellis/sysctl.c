// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "sysctl.h"

int sysctl_write(const char *path, const char *value)
{
	char whole[128];
	int fd, error = 0;

	snprintf(whole, sizeof(whole), "/proc/sys/net/%s", path);
	fd = open(whole, O_WRONLY | O_CLOEXEC);
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
