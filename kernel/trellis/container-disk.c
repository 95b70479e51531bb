// SPDX-License-Identifier: GPL-2.0-only
/*
 * The disk of a virtual host: a file of that size with a file system in it, mounted by a loop device in the mount namespace
 * that only the container keeps, so that both are let go when it ends. A quota of the node's own file system would need it
 * mounted with project quotas, which few are; a file of one's own cannot be outgrown on any.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "containers.h"

#define ATTEMPTS 64 /* others take loop devices at the same time */
#define MIB 1048576ull
#define FREE_ATTEMPTS 300
#define FREE_PAUSE_US 20000 /* six seconds in all: longer than anybody who reads a start's results takes */
#define STATE_OFFSET (1024 + 58) /* s_state of ext4's superblock: bit 0 says that it was unmounted in order */

static int run(const char *program, const char *const *arguments)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		for (int i = 0; i < 3; i++)
			dup2(null, i);
		execve(program, (char *const *)arguments, (char *const[]){ "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL });
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	if (pid < 0)
		return errno;
	return WIFEXITED(status) && WEXITSTATUS(status) < 4 ? 0 : EIO; /* e2fsck: 1 and 2 are "mended" (e2fsck(8)) */
}

/* Made once for each size and copied: making a file system takes ten times as long. */
static int make_pattern(const char *pattern, unsigned mib)
{
	char next[PATH_SIZE + 64];
	struct stat file;
	int fd, error;

	if (!stat(pattern, &file))
		return 0;
	snprintf(next, sizeof(next), "%s.%d", pattern, getpid());
	fd = open(next, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	error = ftruncate(fd, mib * MIB) ? errno : 0;
	close(fd);
	if (!error)
		error = run("/sbin/mkfs.ext4",
			    (const char *const[]){ "mkfs.ext4", "-q", "-F", "-m", "0", "-i", "16384", "-O", "^has_journal,^resize_inode",
						   "-E", "lazy_itable_init=1,nodiscard,root_owner=0:0", next, NULL });
	if (!error && rename(next, pattern))
		error = errno;
	if (error)
		unlink(next);
	return error;
}

/* Only what is written: the rest of both is one hole. */
static int copy_sparse(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out = in < 0 ? -1 : open(to, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	off_t at = 0, hole, size = in < 0 ? 0 : lseek(in, 0, SEEK_END);
	int error = out < 0 || ftruncate(out, size) ? errno : 0;

	while (!error && (at = lseek(in, at, SEEK_DATA)) >= 0 && at < size) {
		off_t target = at;

		hole = lseek(in, at, SEEK_HOLE);
		while (!error && at < hole) {
			ssize_t n = copy_file_range(in, &at, out, &target, hole - at, 0);

			if (n <= 0)
				error = n ? errno : EIO;
		}
	}
	if (out >= 0)
		close(out);
	if (in >= 0)
		close(in);
	return error;
}

static int make_disk(const char *disks, const char *path, unsigned mib)
{
	char pattern[PATH_SIZE + 48], next[PATH_SIZE + 48];
	int error;

	if (mkdir(disks, 0700) && errno != EEXIST)
		return errno;
	snprintf(pattern, sizeof(pattern), "%s/%u.ext4", disks, mib);
	snprintf(next, sizeof(next), "%s.new", path);
	error = make_pattern(pattern, mib);
	if (!error)
		error = copy_sparse(pattern, next);
	if (!error && rename(next, path))
		error = errno;
	return error;
}

/* After a power cut it is checked; where its host was given more since, it grows. It never shrinks. */
static int mend_disk(const char *path, unsigned mib)
{
	struct stat file;
	uint16_t state = 0;
	int fd = open(path, O_RDWR | O_CLOEXEC), error = 0;
	bool grows;

	if (fd < 0 || fstat(fd, &file) || pread(fd, &state, 2, STATE_OFFSET) != 2)
		error = errno ? errno : EIO;
	grows = !error && (uint64_t)file.st_size < mib * MIB;
	if (grows && ftruncate(fd, mib * MIB))
		error = errno;
	if (fd >= 0)
		close(fd);
	if (!error && (grows || !(state & 1)))
		error = run("/sbin/e2fsck", (const char *const[]){ "e2fsck", "-f", "-p", path, NULL });
	if (!error && grows)
		error = run("/sbin/resize2fs", (const char *const[]){ "resize2fs", path, NULL });
	return error;
}

/*
 * The first free device is the same for all who ask at once: one after the other, or each of them waits for what another has
 * opened, fails to have it, and asks again. The lock is on the one door of the machine, so nodes of a box share it.
 */
static int open_loop(const char *path, char *device, size_t size)
{
	struct loop_config config = { .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), file = open(path, O_RDWR | O_CLOEXEC), loop = -1, number;

	config.fd = file;
	while (control >= 0 && flock(control, LOCK_EX) && errno == EINTR)
		;
	for (int attempt = 0; control >= 0 && file >= 0 && attempt < ATTEMPTS; attempt++) {
		number = ioctl(control, LOOP_CTL_GET_FREE);
		if (number < 0)
			break;
		snprintf(device, size, "/dev/loop%d", number);
		loop = open(device, O_RDWR | O_CLOEXEC);
		if (loop < 0)
			break;
		if (!ioctl(loop, LOOP_CONFIGURE, &config))
			break;
		close(loop);
		loop = -1;
		if (errno != EBUSY)
			break;
	}
	number = errno;
	if (control >= 0)
		close(control);
	if (file >= 0)
		close(file);
	errno = number;
	return loop;
}

/* Whether a loop device still has the file: by its inode, as paths differ from one mount namespace to another. */
static bool has_loop(const struct stat *disk)
{
	struct loop_info64 info;
	struct dirent *entry;
	DIR *devices = opendir("/dev");
	bool found = false;

	while (devices && !found && (entry = readdir(devices))) {
		int number, loop;
		char rest;

		if (sscanf(entry->d_name, "loop%d%c", &number, &rest) != 1)
			continue;
		loop = openat(dirfd(devices), entry->d_name, O_RDONLY | O_CLOEXEC);
		if (loop < 0)
			continue;
		found = !ioctl(loop, LOOP_GET_STATUS64, &info) && info.lo_inode == disk->st_ino && info.lo_device == disk->st_dev;
		close(loop);
	}
	if (devices)
		closedir(devices);
	return found;
}

/*
 * The container before may have ended an instant ago, and its file system be on its way to the disk; somebody who was
 * entering it then holds its mounts a little longer. To mend or mount what is mounted elsewhere would destroy it.
 */
static int wait_until_free(const char *path)
{
	struct stat disk;

	for (int attempt = 0; attempt < FREE_ATTEMPTS; attempt++) {
		if (stat(path, &disk))
			return errno;
		if (!has_loop(&disk))
			return 0;
		usleep(FREE_PAUSE_US);
	}
	return EBUSY;
}

int container_disk(const char *disks, const char *state, unsigned mib, const char *target)
{
	char path[PATH_SIZE + 16], device[32];
	struct stat file;
	int loop, error = 0;

	snprintf(path, sizeof(path), "%s/disk.ext4", state);
	if (stat(path, &file))
		error = make_disk(disks, path, mib);
	else if (!(error = wait_until_free(path)))
		error = mend_disk(path, mib);
	if (error)
		return error;
	loop = open_loop(path, device, sizeof(device));
	if (loop < 0)
		return errno;
	/*
	 * Errors of the file the disk is in, such as a full node, are the host's to see, and nobody else's. Inode tables need not
	 * be written before they are used: a hole reads as zeros, and a hundred hosts would write theirs behind everybody's back.
	 */
	if (mount(device, target, "ext4", MS_NODEV | MS_NOSUID | MS_NOATIME, "errors=continue,noinit_itable"))
		error = errno;
	close(loop);
	return error;
}
