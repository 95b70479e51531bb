// SPDX-License-Identifier: GPL-2.0-only
/*
 * The root file system of a virtual host: an image shared by all, read-only and with its owners shifted into the host's
 * id range (mount_setattr(2), Linux 5.12; under overlayfs 5.19), and over it what the host itself wrote. Put together in
 * a mount namespace that only the container keeps: it goes when the container ends, whoever ended it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "containers.h"

#ifndef CGROUP2_SUPER_MAGIC
#define CGROUP2_SUPER_MAGIC 0x63677270
#endif

int container_view(void)
{
	struct statfs fs;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return errno;
	if (!statfs("/sys/fs/cgroup/unified", &fs) && fs.f_type == CGROUP2_SUPER_MAGIC &&
	    umount2("/sys/fs/cgroup/unified", MNT_DETACH))
		return errno;
	return 0;
}

/* A read-only copy of the mount at `from`, owners shifted, put onto what `to` is open on or, at -1, onto `path`. */
static int put_shifted(const char *from, int user, uint64_t attributes, int to, const char *path)
{
	struct mount_attr change = { .attr_set = MOUNT_ATTR_IDMAP | MOUNT_ATTR_RDONLY | attributes, .userns_fd = user };
	int tree = syscall(SYS_open_tree, AT_FDCWD, from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), error = 0;
	unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | (to < 0 ? 0 : MOVE_MOUNT_T_EMPTY_PATH);

	if (tree < 0)
		return errno;
	if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &change, sizeof(change)) ||
	    syscall(SYS_move_mount, tree, "", to < 0 ? AT_FDCWD : to, to < 0 ? path : "", flags))
		error = errno;
	close(tree);
	return error;
}

static int make_folder(const char *path, mode_t mode, unsigned owner)
{
	if (mkdir(path, mode) && errno != EEXIST)
		return errno;
	return owner && chown(path, owner, owner) ? errno : 0;
}

static int make_folders(const struct root_source *s, const char *state)
{
	static const char *const below[] = { "lower", "root", "disk" };
	char path[PATH_SIZE];
	int error = make_folder(s->folder, 0711, 0);

	for (size_t i = 0; !error && i < sizeof(below) / sizeof(*below); i++)
		error = run_path(path, s->bundle, below[i], "") ? make_folder(path, 0711, 0) : ENAMETOOLONG;
	if (!error)
		error = run_path(path, s->folder, "state", "") ? make_folder(path, 0711, 0) : ENAMETOOLONG;
	return error ? error : make_folder(state, 0711, 0);
}

/* `over`: where what the host itself writes is. */
static int put_overlay(const struct root_source *s, const char *root, const char *over)
{
	char upper[PATH_SIZE], work[PATH_SIZE], lower[PATH_SIZE], options[4 * PATH_SIZE];
	int error;

	if (!run_path(upper, over, "upper", "") || !run_path(work, over, "work", "") || !run_path(lower, s->bundle, "lower", ""))
		return ENAMETOOLONG;
	/* Plain folders owned by the host's root: an upper layer with shifted owners gives EOVERFLOW. */
	error = make_folder(upper, 0755, s->base);
	if (!error)
		error = make_folder(work, 0700, s->base);
	if (!error)
		error = put_shifted(s->image, s->user, MOUNT_ATTR_NODEV, -1, lower);
	if (error)
		return error;
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s", lower, upper, work);
	return mount("overlay", root, "overlay", MS_NODEV, options) ? errno : 0;
}

/* The guest may have made a link of its own /usr: nothing is followed out of its root (openat2(2)). */
static int put_usr(const struct root_source *s, const char *root)
{
	struct {
		uint64_t flags, mode, resolve;
	} how = { .flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, .resolve = 0x10 | 0x04 /* IN_ROOT, NO_SYMLINKS */ };
	int top = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), usr, error;

	if (top < 0)
		return errno;
	usr = syscall(SYS_openat2, top, "usr", &how, sizeof(how));
	error = usr < 0 ? errno : put_shifted("/usr", s->user, MOUNT_ATTR_NODEV, usr, "");
	if (usr >= 0)
		close(usr);
	close(top);
	return error;
}

int container_root(const struct root_source *source, const char **doing)
{
	char root[PATH_SIZE], disk[PATH_SIZE], state[PATH_SIZE];
	bool limited = false;
	int error;

	*doing = "making its folders";
	error = ENAMETOOLONG;
	if (run_path(root, source->bundle, "root", "") && run_path(disk, source->bundle, "disk", "") &&
	    run_path(state, source->folder, "state", source->state))
		error = make_folders(source, state);
	if (error)
		return error;
	if (source->disk_mib) {
		*doing = "mounting its disk";
		error = container_disk(source->disks, state, source->disk_mib, disk);
		/* Not every node has loop devices: there, what a host writes is the node's to bear, and the probe says so. */
		if (error && error != ENOENT && error != ENXIO && error != EPERM && error != EACCES)
			return error;
		limited = !error;
	}
	*doing = "mounting its root file system";
	error = put_overlay(source, root, limited ? disk : state);
	if (!error && source->usr) {
		*doing = "bringing the node's /usr";
		error = put_usr(source, root);
	}
	return error;
}
