// SPDX-License-Identifier: GPL-2.0-only
/* limits.set and limits.delete. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "limits.h"
#include "names.h"
#include "run-folder.h"
#include "trellis.h"

bool limits_read(const char *run, const char *name, struct limits *l)
{
	char path[PATH_SIZE], text[PATH_SIZE];
	ssize_t n;

	if (!run_path(path, run, "limits", name) || (n = readlink(path, text, sizeof(text) - 1)) <= 0)
		return false;
	text[n] = 0;
	return sscanf(text, "%63s %159s %63s %23s %u %u %u %u %u", l->fingerprint, l->base, l->cpus, l->disk, &l->cpu_milli,
		      &l->capped, &l->memory_mib, &l->processes, &l->disk_mibps) == 9;
}

static int limits_write(const char *run, const char *name, const struct limits *l)
{
	char path[PATH_SIZE], next[PATH_SIZE], text[PATH_SIZE];

	if (!run_path(path, run, "limits", name) || !run_path(next, run, "limits", ".next"))
		return ENAMETOOLONG;
	snprintf(text, sizeof(text), "%s %s %s %s %u %u %u %u %u", l->fingerprint, l->base, l->cpus, l->disk, l->cpu_milli,
		 l->capped, l->memory_mib, l->processes, l->disk_mibps);
	unlink(next);
	return symlink(text, next) || rename(next, path) ? errno : 0;
}

/* Limits are of whole disks: the kernel refuses those of a partition. */
static void find_disk(const struct trellis *t, char *disk, size_t size)
{
	char path[96];
	struct stat folder, partition;
	FILE *file;

	snprintf(disk, size, "-");
	if (!t->hosts || stat(t->hosts, &folder) || !major(folder.st_dev))
		return;
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/partition", major(folder.st_dev), minor(folder.st_dev));
	snprintf(disk, size, "%u:%u", major(folder.st_dev), minor(folder.st_dev));
	if (stat(path, &partition))
		return;
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/../dev", major(folder.st_dev), minor(folder.st_dev));
	file = fopen(path, "re");
	if (file && !fgets(disk, size, file))
		snprintf(disk, size, "-");
	if (file)
		fclose(file);
	disk[strcspn(disk, "\n")] = 0;
}

static bool take_count(struct op *op, const char *field, uint64_t least, uint64_t most, uint32_t *to)
{
	uint64_t number;

	if (!take_number(op, field, least, most, &number))
		return false;
	*to = number;
	return true;
}

static bool take_cpus(struct op *op, struct limits *l)
{
	const char *cpus;

	strcpy(l->cpus, "-");
	if (!has(op, "cpus"))
		return true;
	if (!take_label(op, "cpus", &cpus))
		return false;
	if (strspn(cpus, "0123456789,-") != strlen(cpus) || *cpus == '-') {
		op_fail(op, EINVAL, "cpus: must be a list of processors such as 0-1,3");
		return false;
	}
	snprintf(l->cpus, sizeof(l->cpus), "%s", cpus);
	return true;
}

static void set(struct trellis *t, struct op *op, const char *disk)
{
	struct limits l = { 0 };
	struct cgroup_error about;
	const char *name, *fingerprint;
	bool capped;
	int error;

	if (!take_name(op, "namespace", &name) || !take_label(op, "fingerprint", &fingerprint) ||
	    !take_count(op, "cpuMilli", 1, 10000000, &l.cpu_milli) || !take_bool(op, "cpuCapped", &capped) ||
	    !take_count(op, "memoryMib", 1, 1u << 30, &l.memory_mib) ||
	    !take_count(op, "processes", 1, 4000000, &l.processes) || !take_count(op, "diskMibps", 0, 1000000, &l.disk_mibps) ||
	    !take_cpus(op, &l))
		return;
	if (strchr(fingerprint, ' ')) {
		op_fail(op, EINVAL, "fingerprint: must have no spaces");
		return;
	}
	l.capped = capped;
	snprintf(l.fingerprint, sizeof(l.fingerprint), "%s", fingerprint);
	snprintf(l.base, sizeof(l.base), "%s", t->cgroup);
	snprintf(l.disk, sizeof(l.disk), "%s", disk);
	if (cgroup_there(&l, name)) {
		error = cgroup_set(&l, name, false, &about);
		if (error) {
			op_fail(op, error, "%s: %s%s", about.what, strerror(error),
				error == EBUSY ? ": more than that is in use" : "");
			return;
		}
	}
	error = limits_write(t->run, name, &l);
	if (error)
		op_fail(op, error, "recording limits: %s", strerror(error));
}

void limits_set(struct trellis *t, struct op *ops, size_t count)
{
	char disk[24];

	find_disk(t, disk, sizeof(disk));
	for (size_t i = 0; i < count; i++)
		set(t, &ops[i], disk);
}

static void forget(struct trellis *t, struct op *op, const char *name)
{
	struct limits l;
	char path[PATH_SIZE], disk[PATH_SIZE + 8];
	int error = limits_read(t->run, name, &l) ? cgroup_remove(&l, name) : 0;

	/* Of class netns: the disk that its home is on (enter-home.c). */
	if (t->hosts && run_path(path, t->hosts, name, "")) {
		snprintf(disk, sizeof(disk), "%s/disk", path);
		umount2(disk, MNT_DETACH);
	}

	if (error)
		op_fail(op, error, "removing the cgroup of %s: %s", name, strerror(error));
	else if (run_path(path, t->run, "limits", name))
		unlink(path);
}

void limits_delete(struct trellis *t, struct op *ops, size_t count)
{
	const char *name;

	for (size_t i = 0; i < count; i++)
		if (take_name(&ops[i], "namespace", &name))
			forget(t, &ops[i], name);
}

void limits_wipe(struct trellis *t, struct op *op)
{
	struct names names = names_in(op->arena, t->run, "limits");

	for (size_t i = 0; i < names.count; i++)
		forget(t, op, names.list[i]);
}

void limits_observe(struct trellis *t, struct op *op)
{
	struct names names = names_in(op->arena, t->run, "limits");
	struct limits l;

	text_name(&op->out, "limits");
	text_put(&op->out, "[");
	for (size_t i = 0; i < names.count; i++) {
		bool good = limits_read(t->run, names.list[i], &l);

		text_comma(&op->out);
		text_put(&op->out, "{");
		text_name_json(&op->out, "namespace", names.list[i]);
		text_name_json(&op->out, "fingerprint", good ? l.fingerprint : "");
		text_put(&op->out, "}");
	}
	text_put(&op->out, "]");
}
