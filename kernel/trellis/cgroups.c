// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits as cgroups: version 2 where it is mounted as such, else version 1, in which each controller has a tree of its own
 * (cgroups(7)); in a hybrid tree the controllers are version 1's. What the kernel was built without is left away.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "limits.h"

#define ROOT "/sys/fs/cgroup"
#define CGROUP2_MAGIC 0x63677270
#define PERIOD_US 100000
#define LONG_PATH (PATH_MAX + 64)

static const char *const controllers[] = { "cpu", "cpuacct", "memory", "pids", "cpuset", "blkio" };

#define CONTROLLERS (sizeof(controllers) / sizeof(*controllers))

static bool unified(void)
{
	struct statfs fs;

	return !statfs(ROOT, &fs) && fs.f_type == CGROUP2_MAGIC;
}

/* The trees there are: one in version 2, one a controller in version 1. */
static size_t trees(char list[CONTROLLERS][64])
{
	struct stat file;
	size_t n = 0;

	if (unified()) {
		strcpy(list[0], ROOT);
		return 1;
	}
	for (size_t i = 0; i < CONTROLLERS; i++) {
		snprintf(list[n], sizeof(list[n]), ROOT "/%s", controllers[i]);
		if (!stat(list[n], &file))
			n++;
	}
	return n;
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	close(fd);
	return error;
}

static bool read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return false;
	text[n] = 0;
	text[strcspn(text, "\n")] = 0;
	return true;
}

/* Version 1: a new cpuset has no processors and no memory, and takes no process before it has. */
static void fill_cpuset(const char *folder)
{
	static const char *const files[] = { "cpuset.cpus", "cpuset.mems" };
	char path[LONG_PATH], text[256];

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		if (!read_text(path, text, sizeof(text)) || *text)
			continue;
		snprintf(path, sizeof(path), "%s/../%s", folder, files[i]);
		if (read_text(path, text, sizeof(text))) {
			snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
			write_text(path, text);
		}
	}
}

/* Version 2: a controller is there for the children of a cgroup that names it. One that the kernel lacks is passed over. */
static void hand_down(const char *folder)
{
	static const char *const names[] = { "+cpu", "+memory", "+pids", "+io", "+cpuset" };
	char path[LONG_PATH];

	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", folder);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		write_text(path, names[i]);
}

/* What is ours competes as a whole with what else the node does: for the whole node it counts as much as all its processors. */
static void weigh_base(const char *folder)
{
	char path[LONG_PATH], text[32];
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	snprintf(path, sizeof(path), "%s/cpu.shares", folder);
	snprintf(text, sizeof(text), "%ld", processors * 1024);
	write_text(path, text);
	snprintf(path, sizeof(path), "%s/cpu.weight", folder);
	snprintf(text, sizeof(text), "%ld", processors * 100 > 10000 ? 10000 : processors * 100);
	write_text(path, text);
}

static int make(const char *tree, const char *base, const char *name)
{
	char path[PATH_MAX], part[PATH_MAX];
	size_t from = strlen(tree), length;

	if (snprintf(path, sizeof(path), "%s/%s/%s", tree, base, name) >= PATH_MAX)
		return ENAMETOOLONG;
	length = strlen(path);
	for (size_t i = from + 1; i <= length; i++) {
		if (path[i] && path[i] != '/')
			continue;
		memcpy(part, path, i);
		part[i] = 0;
		if (!mkdir(part, 0755)) {
			if (path[i])
				weigh_base(part);
		} else if (errno != EEXIST)
			return errno;
		/* Also of one that is there: another child of ours may have made it just now, and not filled it yet. */
		fill_cpuset(part);
		if (path[i] && unified()) {
			part[strrchr(part, '/') - part] = 0;
			hand_down(part);
			memcpy(part, path, i);
			hand_down(part);
		}
	}
	return 0;
}

struct setting {
	const struct limits *limits;
	const char *name;
	struct cgroup_error *error;
	int failed;
};

/* A file that is not there belongs to what the kernel was built without. */
__attribute__((format(printf, 4, 5))) static int put(struct setting *s, const char *controller, const char *file,
						     const char *format, ...)
{
	char path[PATH_MAX], text[128];
	va_list arguments;
	int error;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	snprintf(path, sizeof(path), "%s%s%s/%s/%s/%s", ROOT, *controller ? "/" : "", controller, s->limits->base, s->name,
		 file);
	error = write_text(path, text);
	if (error == ENOENT)
		error = 0;
	if (error && !s->failed) {
		s->failed = error;
		snprintf(s->error->what, sizeof(s->error->what), "%s", file);
	}
	return error;
}

/* Memory and swap together may never be less than memory alone, so which goes first depends on the way it changes. */
static void set_memory_1(struct setting *s, unsigned long long bytes)
{
	struct setting quiet = *s;
	struct cgroup_error none;

	quiet.error = &none;
	quiet.failed = 0;
	put(&quiet, "memory", "memory.memsw.limit_in_bytes", "%llu", bytes);
	put(s, "memory", "memory.limit_in_bytes", "%llu", bytes);
	put(s, "memory", "memory.memsw.limit_in_bytes", "%llu", bytes);
}

static void set_1(struct setting *s, bool lenient)
{
	const struct limits *l = s->limits;
	unsigned long long shares = l->cpu_milli * 1024ull / 1000, bytes = l->disk_mibps * 1048576ull;
	char all[LONG_PATH], cpus[256];

	put(s, "cpu", "cpu.shares", "%llu", shares < 2 ? 2 : shares > 262144 ? 262144 : shares);
	put(s, "cpu", "cpu.cfs_period_us", "%d", PERIOD_US);
	put(s, "cpu", "cpu.cfs_quota_us", "%lld", l->capped && !lenient ? l->cpu_milli * (PERIOD_US / 1000ll) : -1ll);
	set_memory_1(s, l->memory_mib * 1048576ull);
	put(s, "pids", "pids.max", "%u", l->processes);
	snprintf(all, sizeof(all), ROOT "/cpuset/%s/cpuset.cpus", l->base);
	if (*l->cpus != '-')
		put(s, "cpuset", "cpuset.cpus", "%s", l->cpus);
	else if (read_text(all, cpus, sizeof(cpus)))
		put(s, "cpuset", "cpuset.cpus", "%s", cpus);
	if (*l->disk != '-') {
		put(s, "blkio", "blkio.throttle.read_bps_device", "%s %llu", l->disk, bytes);
		put(s, "blkio", "blkio.throttle.write_bps_device", "%s %llu", l->disk, bytes);
	}
}

static void set_2(struct setting *s, bool lenient)
{
	const struct limits *l = s->limits;
	uint32_t weight = l->cpu_milli / 10;

	put(s, "", "cpu.weight", "%u", weight < 1 ? 1 : weight > 10000 ? 10000 : weight);
	if (l->capped && !lenient)
		put(s, "", "cpu.max", "%u %d", l->cpu_milli * (PERIOD_US / 1000), PERIOD_US);
	else
		put(s, "", "cpu.max", "max %d", PERIOD_US);
	put(s, "", "memory.swap.max", "0");
	put(s, "", "memory.max", "%llu", l->memory_mib * 1048576ull);
	put(s, "", "pids.max", "%u", l->processes);
	put(s, "", "cpuset.cpus", "%s", *l->cpus == '-' ? "" : l->cpus);
	if (*l->disk != '-' && l->disk_mibps)
		put(s, "", "io.max", "%s rbps=%llu wbps=%llu", l->disk, l->disk_mibps * 1048576ull, l->disk_mibps * 1048576ull);
	else if (*l->disk != '-')
		put(s, "", "io.max", "%s rbps=max wbps=max", l->disk);
}

int cgroup_set(const struct limits *limits, const char *name, bool lenient, struct cgroup_error *error)
{
	struct setting setting = { .limits = limits, .name = name, .error = error };
	char list[CONTROLLERS][64];
	size_t count = trees(list);

	for (size_t i = 0; i < count; i++) {
		int failed = make(list[i], limits->base, name);

		if (failed) {
			snprintf(error->what, sizeof(error->what), "%s", list[i]);
			return failed;
		}
	}
	if (unified())
		set_2(&setting, lenient);
	else
		set_1(&setting, lenient);
	return setting.failed;
}

bool cgroup_there(const struct limits *limits, const char *name)
{
	char list[CONTROLLERS][64], path[PATH_MAX];
	struct stat file;

	if (!trees(list))
		return false;
	snprintf(path, sizeof(path), "%s/%s/%s", list[0], limits->base, name);
	return !stat(path, &file);
}

int cgroup_join(const struct limits *limits, const char *name)
{
	char list[CONTROLLERS][64], path[PATH_MAX];
	size_t count = trees(list);
	int error = 0;

	for (size_t i = 0; !error && i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s/%s/cgroup.procs", list[i], limits->base, name);
		error = write_text(path, "0\n");
	}
	return error;
}

int cgroup_remove(const struct limits *limits, const char *name)
{
	char list[CONTROLLERS][64], path[PATH_MAX];
	size_t count = trees(list);
	int error = 0;

	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", list[i], limits->base, name);
		/* Its last processes may be dying still. */
		for (int attempt = 0; rmdir(path) && errno != ENOENT; attempt++) {
			if (errno != EBUSY || attempt == 50) {
				error = errno;
				break;
			}
			usleep(10000);
		}
	}
	return error;
}
