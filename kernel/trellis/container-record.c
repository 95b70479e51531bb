// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "containers.h"

/* Field 22 of /proc/PID/stat, and whether it still runs; the name in field 2 may hold anything, so from its end on. */
static bool started_at(pid_t pid, unsigned long long *started)
{
	char path[64], line[512], state, *end;
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	good = fgets(line, sizeof(line), file) && (end = strrchr(line, ')')) &&
	       sscanf(end + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &state,
		      started) == 2 &&
	       state != 'Z' && state != 'X';
	fclose(file);
	return good;
}

bool container_read(const char *run, const char *name, struct container_record *record)
{
	char path[PATH_SIZE], text[128];
	ssize_t n;

	if (!run_path(path, run, "containers", name) || (n = readlink(path, text, sizeof(text) - 1)) <= 0)
		return false;
	text[n] = 0;
	return sscanf(text, "%d %llu %63s", &record->pid, &record->started, record->fingerprint) == 3;
}

int container_write(const char *run, const char *name, pid_t pid, const char *fingerprint)
{
	char path[PATH_SIZE], next[PATH_SIZE], text[128];
	unsigned long long started;

	if (!started_at(pid, &started))
		return ESRCH;
	if (!run_path(path, run, "containers", name) || !run_path(next, run, "containers", ".next"))
		return ENAMETOOLONG;
	snprintf(text, sizeof(text), "%d %llu %s", pid, started, fingerprint);
	unlink(next);
	return symlink(text, next) || rename(next, path) ? errno : 0;
}

void container_forget(const char *run, const char *name)
{
	char path[PATH_SIZE];

	if (run_path(path, run, "containers", name))
		unlink(path);
}

bool container_alive(const struct container_record *record)
{
	unsigned long long started;

	return started_at(record->pid, &started) && started == record->started;
}
