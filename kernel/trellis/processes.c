// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "processes.h"
#include "run-folder.h"

static int by_number(const void *a, const void *b)
{
	const ino_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* A namespace is told from another by the inode of its file (namespaces(7)). */
static size_t inodes_of(const char *run, const char *const *names, size_t count, ino_t *inodes)
{
	struct stat file;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		int fd = run_open(run, "netns", names[i]);

		if (fd < 0)
			continue;
		if (!fstat(fd, &file))
			inodes[n++] = file.st_ino;
		close(fd);
	}
	qsort(inodes, n, sizeof(*inodes), by_number);
	return n;
}

void processes_end(const char *run, const char *const *names, size_t count, struct arena *arena)
{
	ino_t *inodes = arena_take(arena, count * sizeof(*inodes));
	size_t n = inodes_of(run, names, count, inodes);
	DIR *proc = n ? opendir("/proc") : NULL;
	struct dirent *entry;
	char path[64];

	while (proc && (entry = readdir(proc))) {
		struct stat file;
		pid_t pid = atoi(entry->d_name);

		if (pid <= 1 || pid == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
		if (!stat(path, &file) && bsearch(&file.st_ino, inodes, n, sizeof(*inodes), by_number))
			kill(pid, SIGKILL);
	}
	if (proc)
		closedir(proc);
}
