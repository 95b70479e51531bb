// SPDX-License-Identifier: GPL-2.0-only
/* Whose are the namespaces? One user namespace per owner: root inside it is nobody on the node (decision 7). */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "run-folder.h"
#include "trellis.h"

#define LAST_ID 4294967294u /* the id -1 means "none" to the kernel */

int owner_record(const char *run, const char *owner, uint32_t base, uint32_t count)
{
	char path[PATH_SIZE], next[PATH_SIZE];
	FILE *file;

	if (!run_path(path, run, "owners", owner) || !run_path(next, run, "owners", ".next"))
		return ENAMETOOLONG;
	file = fopen(next, "we");
	if (!file)
		return errno;
	fprintf(file, "%u %u\n", base, count);
	if (fclose(file) || rename(next, path))
		return errno;
	return 0;
}

bool owner_recorded(const char *run, const char *owner, uint32_t *base, uint32_t *count)
{
	char path[PATH_SIZE];
	FILE *file;
	bool good;

	if (!run_path(path, run, "owners", owner) || !(file = fopen(path, "re")))
		return false;
	good = fscanf(file, "%u %u", base, count) == 2;
	fclose(file);
	return good;
}

static int write_map(pid_t pid, const char *which, uint32_t base, uint32_t count)
{
	char path[64], map[64];
	int n = snprintf(map, sizeof(map), "0 %u %u\n", base, count), fd, error = 0;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, which);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (write(fd, map, n) != n)
		error = errno;
	close(fd);
	return error;
}

/* A process is born into the new namespace, and ends when it is mapped and held. */
static int make_user_namespace(const char *run, const char *owner, uint32_t base, uint32_t count)
{
	char source[64], byte;
	int gate[2], error;
	pid_t pid;

	if (pipe2(gate, O_CLOEXEC))
		return errno;
	pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0);
	if (!pid) {
		close(gate[1]);
		_exit(read(gate[0], &byte, 1) != 0);
	}
	error = pid < 0 ? errno : 0;
	close(gate[0]);
	if (!error)
		error = write_map(pid, "uid_map", base, count);
	if (!error)
		error = write_map(pid, "gid_map", base, count);
	snprintf(source, sizeof(source), "/proc/%d/ns/user", pid);
	if (!error)
		error = run_hold(run, "userns", owner, source);
	close(gate[1]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return error;
}

/*
 * Read from inside, a map tells ids of the namespace above (user_namespaces(7)). In a process of its own, as there is no
 * way back out of a user namespace.
 */
static bool is_mapped(int namespace, uint32_t base, uint32_t count)
{
	unsigned inside, outside, length;
	int status = -1;
	pid_t pid = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);

	if (!pid) {
		FILE *map = setns(namespace, CLONE_NEWUSER) ? NULL : fopen("/proc/self/uid_map", "re");

		_exit(!map || fscanf(map, "%u %u %u", &inside, &outside, &length) != 3 || inside || outside != base ||
		      length != count);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

static void create(struct trellis *t, struct op *op)
{
	uint64_t base, count;
	uint32_t old_base, old_count;
	const char *owner;
	int fd, error;

	if (!take_name(op, "owner", &owner) || !take_number(op, "uidBase", 1, LAST_ID, &base) ||
	    !take_number(op, "uidCount", 1, LAST_ID, &count))
		return;
	if (base + count - 1 > LAST_ID) {
		op_fail(op, EINVAL, "uidCount: uidBase + uidCount goes beyond the last id");
		return;
	}
	fd = run_open(t->run, "userns", owner);
	if (fd >= 0) {
		bool is_known = owner_recorded(t->run, owner, &old_base, &old_count);

		if (is_known ? old_base != base || old_count != count : !is_mapped(fd, base, count))
			op_fail(op, EEXIST, "uidBase: owner %s has other ids already", owner);
		else if (!is_known && (error = owner_record(t->run, owner, base, count)))
			/* Somebody emptied the run folder; what is mounted there stayed. */
			op_fail(op, error, "noting its ids again: %s", strerror(error));
		close(fd);
		return;
	}
	error = owner_record(t->run, owner, base, count);
	if (!error)
		error = make_user_namespace(t->run, owner, base, count);
	if (error)
		op_fail(op, error, "making the user namespace: %s", strerror(error));
}

void owner_create(struct trellis *t, struct op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++)
		create(t, &ops[i]);
}

void owner_delete(struct trellis *t, struct op *ops, size_t count)
{
	const char **names = arena_take(ops->arena, count * sizeof(*names));
	char path[PATH_SIZE];
	size_t n = 0;
	int error;

	for (size_t i = 0; i < count; i++)
		if (take_name(&ops[i], "owner", &names[n]))
			n++;
	error = run_release(t->run, "userns", names, n);
	for (size_t i = 0; i < n; i++)
		if (run_path(path, t->run, "owners", names[i]))
			unlink(path);
	for (size_t i = 0; error && i < count; i++)
		op_fail(&ops[i], error, "letting the user namespace go: %s", strerror(error));
}
