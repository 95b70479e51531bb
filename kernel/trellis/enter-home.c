// SPDX-License-Identifier: GPL-2.0-only
/*
 * The home of a virtual host of class netns is all it has of the node's disk, so it is a disk of its own size: mounted once
 * for all who enter, beside the folder that --home names, until limits.delete lets it go with its host.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "containers.h"
#include "enter.h"

#define HOME_MIB 64

static bool is_mounted(const char *folder, const char *disk)
{
	struct stat above, inside;

	return !stat(folder, &above) && !stat(disk, &inside) && above.st_dev != inside.st_dev;
}

void enter_home(struct entry *entry)
{
	char folder[PATH_SIZE], disk[PATH_SIZE + 8], disks[PATH_SIZE + 16], *home, *slash;
	int lock, error = 0;

	if (!entry->home || snprintf(folder, sizeof(folder), "%s", entry->home) >= PATH_SIZE)
		return;
	slash = strrchr(folder, '/');
	if (!slash || slash == folder)
		return;
	*slash = 0;
	snprintf(disk, sizeof(disk), "%s/disk", folder);
	snprintf(disks, sizeof(disks), "%s/../../disks", folder);
	lock = run_lock(entry->run);
	if (!is_mounted(folder, disk)) {
		if (mkdir(disk, 0711) && errno != EEXIST)
			error = errno;
		else
			error = container_disk(disks, folder, HOME_MIB, disk);
	}
	/* Without loop devices it is a folder of the node's, as it was before; the probe says so ("disk-limit"). */
	if (!error && asprintf(&home, "%s/home", disk) > 0) {
		if (mkdir(home, 0700) && errno != EEXIST)
			error = errno;
		else
			entry->home = home;
	}
	if (lock >= 0)
		close(lock);
	if (error && error != ENOENT && error != ENXIO && error != EPERM && error != EACCES)
		enter_fail("--home: %s", strerror(error));
}
