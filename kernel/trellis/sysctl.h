/* SPDX-License-Identifier: GPL-2.0-only */
/* Settings below /proc/sys/net, which are those of the network namespace the caller is in. */
#ifndef TRELLIS_SYSCTL_H
#define TRELLIS_SYSCTL_H

#include <stddef.h>

struct sysctl {
	const char *path, *value;
};

/* To be called before so many writes, by whoever may mount: else each takes longer the more namespaces there are. */
void sysctl_ready(size_t writes);
int sysctl_write(const char *path, const char *value); /* 0 or an errno; ENOENT when the kernel lacks it */
int sysctl_write_all(const struct sysctl *list);       /* up to an entry without path; what is not there is no failure */

#endif
