// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "run-folder.h"

bool run_path(char path[PATH_SIZE], const char *run, const char *folder, const char *name)
{
	int n = snprintf(path, PATH_SIZE, "%s/%s%s%s", run, folder, *name ? "/" : "", name);

	return n > 0 && n < PATH_SIZE;
}

static int make_folders(const char *path)
{
	char part[PATH_SIZE];
	size_t n = strlen(path);

	if (n >= sizeof(part))
		return ENAMETOOLONG;
	for (size_t i = 1; i <= n; i++) {
		if (path[i] && path[i] != '/')
			continue;
		memcpy(part, path, i);
		part[i] = 0;
		if (mkdir(part, 0700) && errno != EEXIST)
			return errno;
	}
	return 0;
}

/*
 * The folder is a private mount: on a machine whose mounts are shared (systemd makes them so) each namespace held here
 * would otherwise be copied into every other mount namespace, and let go there as slowly.
 */
int run_prepare(const char *run)
{
	static const char *const folders[] = { "netns",	   "userns", "owners", "sessions", "going",
					       "containers", "crun",   "limits", "traces" };
	char path[PATH_SIZE];
	int error = make_folders(run);

	if (error)
		return error;
	if (mount(NULL, run, NULL, MS_PRIVATE, NULL) &&
	    (errno != EINVAL || mount(run, run, NULL, MS_BIND, NULL) || mount(NULL, run, NULL, MS_PRIVATE, NULL)))
		return errno;
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		if (!run_path(path, run, folders[i], ""))
			return ENAMETOOLONG;
		if (mkdir(path, 0700) && errno != EEXIST)
			return errno;
	}
	return 0;
}

int run_lock(const char *run)
{
	char path[PATH_SIZE];
	int fd;

	if (!run_path(path, run, "lock", ""))
		return -1;
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A file left by a process that died before it had mounted anything there does not count. */
int run_open(const char *run, const char *folder, const char *name)
{
	char path[PATH_SIZE];
	struct statfs fs;
	int fd;

	if (!run_path(path, run, folder, name)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && (fstatfs(fd, &fs) || fs.f_type != NSFS_MAGIC)) {
		close(fd);
		errno = ENOENT;
		return -1;
	}
	return fd;
}

int run_hold(const char *run, const char *folder, const char *name, const char *source)
{
	char path[PATH_SIZE];
	int fd;

	if (!run_path(path, run, folder, name))
		return ENAMETOOLONG;
	fd = open(path, O_CREAT | O_RDONLY | O_CLOEXEC, 0400);
	if (fd < 0)
		return errno;
	close(fd);
	return mount(source, path, NULL, MS_BIND, NULL) ? errno : 0;
}

/*
 * Each umount waits for an RCU grace period, so thousands take seconds. Moving a mount does not wait: all are moved
 * below one folder, and that is unmounted with all that is in it, once.
 */
int run_release(const char *run, const char *folder, const char *const *names, size_t count)
{
	char going[PATH_SIZE], from[PATH_SIZE], to[PATH_SIZE];
	int error = 0;

	if (!count)
		return 0;
	if (!run_path(going, run, "going", ""))
		return ENAMETOOLONG;
	while (!umount2(going, MNT_DETACH))
		; /* what a process that died here had left */
	if (mount(going, going, NULL, MS_BIND, NULL))
		return errno;
	for (size_t i = 0; i < count; i++) {
		int fd;

		if (!run_path(from, run, folder, names[i]) || !run_path(to, run, "going", names[i]))
			continue;
		fd = open(to, O_CREAT | O_RDONLY | O_CLOEXEC, 0400);
		if (fd >= 0)
			close(fd);
		if (mount(from, to, NULL, MS_MOVE, NULL) && errno != EINVAL && errno != ENOENT)
			error = errno;
		if (unlink(from) && errno != ENOENT && !error)
			error = errno;
	}
	if (umount2(going, MNT_DETACH) && !error)
		error = errno;
	for (size_t i = 0; i < count; i++)
		if (run_path(to, run, "going", names[i]))
			unlink(to);
	return error;
}

void run_list(const char *run, const char *folder, run_entry *entry, void *context)
{
	char path[PATH_SIZE];
	struct dirent *item;
	DIR *dir;

	if (!run_path(path, run, folder, "") || !(dir = opendir(path)))
		return;
	while ((item = readdir(dir)))
		if (item->d_name[0] != '.')
			entry(item->d_name, context);
	closedir(dir);
}
