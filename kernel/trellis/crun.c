// SPDX-License-Identifier: GPL-2.0-only
/*
 * crun copies itself into a sealed file in memory and runs that, each time, so that no container can write to the program of
 * the node (CVE-2019-5736). One that is run from such a file does not: the copy is made here, once for all of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include "containers.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3; without it a node may be set to make files that cannot be run */
#endif
/* All four, or crun takes it for one that somebody may still change. */
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static bool copy_sealed(int from, off_t size, int to)
{
	for (off_t at = 0; at < size;) {
		ssize_t n = sendfile(to, from, &at, size - at);

		if (!n || (n < 0 && errno != EINTR))
			return false;
	}
	return !fcntl(to, F_ADD_SEALS, SEALS);
}

int crun_sealed(void)
{
	static int sealed = -1;
	static struct stat of;
	struct stat now;
	int from = open(CRUN, O_RDONLY | O_CLOEXEC);

	if (from < 0 || fstat(from, &now)) {
		if (from >= 0)
			close(from);
		return -1;
	}
	if (sealed >= 0 && now.st_dev == of.st_dev && now.st_ino == of.st_ino && now.st_size == of.st_size &&
	    now.st_mtim.tv_sec == of.st_mtim.tv_sec && now.st_mtim.tv_nsec == of.st_mtim.tv_nsec) {
		close(from);
		return sealed;
	}
	if (sealed >= 0)
		close(sealed); /* of a package that was replaced meanwhile */
	sealed = memfd_create("crun", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
	if (sealed < 0 && errno == EINVAL)
		sealed = memfd_create("crun", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (sealed >= 0 && !copy_sealed(from, now.st_size, sealed)) {
		close(sealed);
		sealed = -1;
	}
	of = now;
	close(from);
	return sealed;
}
