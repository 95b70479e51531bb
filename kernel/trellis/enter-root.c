// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does a command inside a virtual host see of files? A new root with the node's programs in it, read-only, and
 * nothing else of the node: what is not put in here by name is not there. Made while still privileged, in a mount
 * namespace that belongs to the node, so that no root inside can change it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "enter.h"

#define SCRATCH "size=64m,nr_inodes=16k"
#define TTY_GROUP 5 /* Debian's and every other distribution's */

static const char *const programs[] = { "usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "opt", "etc" };
static const char *const devices[] = { "null", "zero", "full", "random", "urandom", "tty", "net/tun" };

/* What the kernel shows of the whole machine, and lets anyone read. */
static const char *const hidden_files[] = { "/proc/kcore",    "/proc/keys",	"/proc/key-users",
					    "/proc/kallsyms", "/proc/timer_list", "/proc/sysrq-trigger" };
/* Of the node's /etc: the node's own keys and what belongs to MyVINI. */
static const char *const hidden_folders[] = { "/etc/ssh", "/etc/myvini", "/etc/ssl/private", "/proc/acpi",
					      "/proc/scsi", "/sys/firmware", "/sys/kernel/security" };

static bool there(const char *path)
{
	struct stat file;

	return !lstat(path, &file);
}

static void folder(const char *path)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		enter_fail("%s: %s", path, strerror(errno));
}

static void file(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

	if (fd < 0 && errno != EROFS)
		enter_fail("%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void mount_on(const char *path, const char *type, unsigned long flags, const char *options)
{
	if (mount(type, path, type, flags, options))
		enter_fail("mounting %s: %s", path, strerror(errno));
}

/* Copies what is mounted at `from` to `to` with these attributes more (mount_setattr(2), Linux 5.12). */
static void bind_at(int from_folder, const char *from, const char *to, uint64_t attributes)
{
	struct mount_attr change = { .attr_set = attributes };
	unsigned flags = AT_RECURSIVE | AT_EMPTY_PATH;
	int tree = syscall(SYS_open_tree, from_folder, from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags);

	if (tree < 0 || (attributes && syscall(SYS_mount_setattr, tree, "", flags, &change, sizeof(change))) ||
	    syscall(SYS_move_mount, tree, "", AT_FDCWD, to, MOVE_MOUNT_F_EMPTY_PATH))
		enter_fail("%s: %s", to, strerror(errno));
	close(tree);
}

static void bring_programs(void)
{
	char from[32], target[256];

	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		ssize_t n;

		snprintf(from, sizeof(from), "/%s", programs[i]);
		if (!there(from))
			continue;
		n = readlink(from, target, sizeof(target) - 1);
		if (n > 0) { /* /bin -> usr/bin */
			target[n] = 0;
			if (symlink(target, programs[i]))
				enter_fail("%s: %s", from, strerror(errno));
			continue;
		}
		folder(programs[i]);
		bind_at(AT_FDCWD, from, programs[i], MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	}
}

static void bring_devices(const struct entry *entry)
{
	char from[32], options[96];

	folder("dev");
	mount_on("dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k");
	folder("dev/net");
	folder("dev/pts");
	folder("dev/shm");
	for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++) {
		snprintf(from, sizeof(from), "/dev/%s", devices[i]);
		if (!there(from))
			continue;
		file(from + 1);
		bind_at(AT_FDCWD, from, from + 1, 0);
	}
	snprintf(options, sizeof(options), "newinstance,ptmxmode=0666,mode=0620,gid=%u", entry->uid_base + TTY_GROUP);
	mount_on("dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, options);
	mount_on("dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777," SCRATCH);
	if (symlink("pts/ptmx", "dev/ptmx") || symlink("/proc/self/fd", "dev/fd") || symlink("fd/0", "dev/stdin") ||
	    symlink("fd/1", "dev/stdout") || symlink("fd/2", "dev/stderr"))
		enter_fail("/dev: %s", strerror(errno));
	/* Our terminal is of the node's devpts; here programs can find a name for it (ttyname(3) looks through /dev). */
	if (entry->terminal_fd >= 0) {
		file("dev/console");
		bind_at(entry->terminal_fd, "", "dev/console", 0);
	}
}

static void bring_scratch(const struct entry *entry)
{
	char options[128];

	snprintf(options, sizeof(options), "mode=755,uid=%u,gid=%u," SCRATCH, entry->uid_base, entry->uid_base);
	folder("run");
	mount_on("run", "tmpfs", MS_NOSUID | MS_NODEV, options);
	folder("var");
	mount_on("var", "tmpfs", MS_NOSUID | MS_NODEV, options);
	folder("tmp");
	mount_on("tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777," SCRATCH);
	for (const char *const *name = (const char *const[]){ "var/lib", "var/log", "var/cache", "var/tmp", NULL }; *name;
	     name++) {
		folder(*name);
		if (chown(*name, entry->uid_base, entry->uid_base))
			enter_fail("%s: %s", *name, strerror(errno));
	}
	if (symlink("/run", "var/run") || chmod("var/tmp", 01777))
		enter_fail("/var: %s", strerror(errno));
	for (const char *const *name = (const char *const[]){ "home", "root", "mnt", "media", "srv", NULL }; *name; name++)
		folder(*name);
	if (entry->home_fd >= 0)
		bind_at(entry->home_fd, "", "root", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	else
		mount_on("root", "tmpfs", MS_NOSUID | MS_NODEV, options);
}

/* Only what exists can be mounted on; a link into /run (as systemd-resolved makes) is followed there and made. */
static void bind_file(int from, const char *path)
{
	char target[256];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	const char *in_run = NULL;

	if (n > 0) {
		target[n] = 0;
		in_run = strstr(target, "run/");
	}
	if (in_run && (in_run == target || in_run == target + 1 || !strncmp(target, "../", 3))) {
		for (char *slash = strchr(target, '/'); slash; slash = strchr(slash + 1, '/')) {
			*slash = 0;
			if (slash > in_run)
				folder(in_run);
			*slash = '/';
		}
		file(in_run);
		bind_at(from, "", in_run, MOUNT_ATTR_RDONLY);
	} else if (n < 0 && there(path)) {
		bind_at(from, "", path, MOUNT_ATTR_RDONLY);
	}
}

static void bring_names(const struct entry *entry)
{
	int fd = open("run/hostname", O_CREAT | O_RDWR | O_CLOEXEC, 0644);

	if (fd < 0 || dprintf(fd, "%s\n", entry->hostname) < 0)
		enter_fail("/etc/hostname: %s", strerror(errno));
	bind_file(fd, "etc/hostname");
	close(fd);
	if (entry->hosts_fd >= 0)
		bind_file(entry->hosts_fd, "etc/hosts");
	if (entry->resolv_fd >= 0)
		bind_file(entry->resolv_fd, "etc/resolv.conf");
}

static void hide(void)
{
	for (size_t i = 0; i < sizeof(hidden_files) / sizeof(*hidden_files); i++)
		if (there(hidden_files[i]))
			bind_at(AT_FDCWD, "/dev/null", hidden_files[i] + 1, 0);
	for (size_t i = 0; i < sizeof(hidden_folders) / sizeof(*hidden_folders); i++)
		if (there(hidden_folders[i] + 1))
			mount_on(hidden_folders[i] + 1, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755,size=0k");
}

void enter_root(const struct entry *entry)
{
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV };

	umask(022);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		enter_fail("/: %s", strerror(errno));
	mount_on(entry->run, "tmpfs", MS_NOSUID, "mode=755,size=1m");
	if (chdir(entry->run))
		enter_fail("%s: %s", entry->run, strerror(errno));
	bring_programs();
	bring_devices(entry);
	bring_scratch(entry);
	bring_names(entry);
	folder("proc");
	mount_on("proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	folder("sys");
	mount_on("sys", "sysfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	hide();
	if (syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
		enter_fail("changing the root: %s", strerror(errno));
	if (syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &read_only, sizeof(read_only)))
		enter_fail("making the root read-only: %s", strerror(errno));
}
