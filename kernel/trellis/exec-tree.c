// SPDX-License-Identifier: GPL-2.0-only
/*
 * A command inside a container is no child that dies with its parent: crun has put it into another PID namespace. So all
 * that came of it is looked for by whose child it is. What has left on purpose, as daemons do, is the container's own.
 */
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include "exec.h"

#define MOST_PROCESSES 32768
#define MOST_ROUNDS 64 /* a fork bomb is stopped by its host's limit long before */

struct process {
	pid_t pid, parent;
	bool ours;
};

/* Its name stands in parentheses and may hold any character: what follows is behind the last of them (proc(5)). */
static pid_t parent_of(pid_t pid)
{
	char path[32], line[512], state;
	int parent = 0;
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	n = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[n] = 0;
	for (; n; n--)
		if (line[n - 1] == ')')
			return sscanf(line + n, " %c %d", &state, &parent) == 2 && state != 'Z' ? parent : 0;
	return 0;
}

static size_t look(struct process *list)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t count = 0;

	while (proc && count < MOST_PROCESSES && (entry = readdir(proc))) {
		pid_t pid = atoi(entry->d_name), parent = pid > 1 ? parent_of(pid) : 0;

		if (parent)
			list[count++] = (struct process){ .pid = pid, .parent = parent };
	}
	if (proc)
		closedir(proc);
	return count;
}

static bool is_ours(const struct process *list, size_t count, pid_t pid, pid_t root)
{
	if (pid == root)
		return true;
	for (size_t i = 0; i < count; i++)
		if (list[i].pid == pid)
			return list[i].ours;
	return false;
}

/* Children may have a lower number than their parents: gone through until nothing is found any more. */
static void mark(struct process *list, size_t count, pid_t root)
{
	for (bool found = true; found;) {
		found = false;
		for (size_t i = 0; i < count; i++)
			if (!list[i].ours && is_ours(list, count, list[i].parent, root))
				found = list[i].ours = true;
	}
}

static bool known(const pid_t *pids, size_t count, pid_t pid)
{
	for (size_t i = 0; i < count; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

void exec_kill(pid_t root)
{
	struct process *list = malloc(MOST_PROCESSES * sizeof(*list));
	pid_t *stopped = malloc(MOST_PROCESSES * sizeof(*stopped));
	size_t stopped_count = 0;
	bool news = list && stopped;

	for (int round = 0; news && round < MOST_ROUNDS; round++) {
		size_t count = look(list);

		news = false;
		mark(list, count, root);
		for (size_t i = 0; i < count; i++) {
			if (!list[i].ours || stopped_count == MOST_PROCESSES || known(stopped, stopped_count, list[i].pid))
				continue;
			kill(list[i].pid, SIGSTOP);
			stopped[stopped_count++] = list[i].pid;
			news = true;
		}
	}
	kill(root, SIGKILL);
	for (size_t i = 0; i < stopped_count; i++)
		kill(stopped[i], SIGKILL);
	free(list);
	free(stopped);
}
