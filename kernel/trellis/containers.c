// SPDX-License-Identifier: GPL-2.0-only
/* container.start and container.delete: several crun at once, each in a child that prepares what it needs and becomes it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "containers.h"
#include "limits.h"
#include "names.h"
#include "processes.h"
#include "trellis.h"

#define AT_ONCE 8
#define PATIENCE_S 30

struct start {
	struct op *op;
	const char *name, *owner, *image, *state, *fingerprint;
	uint64_t disk_mib;
	char folder[PATH_SIZE], bundle[PATH_SIZE];
	pid_t child;
	char *said; /* in memory shared with the child: what it was doing when it failed */
};

#define SAID 120

/* What runs now. `end` is a pidfd, readable once the child has ended (pidfd_open(2)), or below 0: there was none to be had. */
struct running {
	size_t count;
	struct one {
		struct start *start;
		int end;
	} of[AT_ONCE];
};

static bool state_folder(const struct trellis *t, const char *name)
{
	char path[PATH_SIZE];
	struct stat file;

	return run_path(path, t->run, "crun", name) && !stat(path, &file);
}

static void become_crun(const struct trellis *t, const char *const *rest)
{
	const char *arguments[24] = { CRUN, "--root", NULL, "--cgroup-manager=disabled" };
	char root[PATH_SIZE];
	size_t n = 4;
	char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	int null = open("/dev/null", O_RDWR), sealed;

	run_path(root, t->run, "crun", "");
	arguments[2] = root;
	while (*rest && n < 23)
		arguments[n++] = *rest++;
	for (int i = 0; i < 3; i++)
		dup2(null, i);
	sealed = crun_sealed();
	if (sealed > 3)
		sealed = dup3(sealed, 3, O_CLOEXEC);
	close_range(sealed < 0 ? 3 : 4, ~0u, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(PATIENCE_S); /* survives the exec: a crun that hangs must not hold up the node */
	if (sealed >= 0)
		fexecve(sealed, (char *const *)arguments, environment);
	execve(CRUN, (char *const *)arguments, environment);
	_exit(127);
}

/* Its /usr is empty: it was saved from a host that has the node's. */
static bool brings_no_programs(const char *image)
{
	char path[PATH_SIZE];
	bool is_empty = true;
	struct dirent *entry;
	int folder;
	DIR *usr;

	if (!run_path(path, image, "usr", ""))
		return false;
	folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	usr = folder < 0 ? NULL : fdopendir(folder);
	if (!usr) {
		if (folder >= 0)
			close(folder);
		return false;
	}
	while (is_empty && (entry = readdir(usr)))
		is_empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	closedir(usr);
	return is_empty;
}

/* In the child; ends it. */
static void start_one(struct trellis *t, struct start *s)
{
	char disks[PATH_SIZE + 16], image[PATH_SIZE], log[PATH_SIZE + 16], pid[PATH_SIZE + 16];
	struct root_source source = { .image = image, .folder = s->folder, .bundle = s->bundle, .state = s->state };
	struct cgroup_error about = { "its cgroup" };
	const char *doing = "its owner";
	struct limits limits;
	uint32_t count;
	int error = 0;

	snprintf(disks, sizeof(disks), "%s/../disks", t->images);
	source.disks = disks;
	source.disk_mib = s->disk_mib;
	source.user = run_open(t->run, "userns", s->owner);
	if (source.user < 0 || !owner_recorded(t->run, s->owner, &source.base, &count))
		error = ENOENT;
	if (!error && !run_path(image, t->images, s->image, ""))
		error = ENAMETOOLONG;
	if (!error)
		source.usr = !strcmp(s->image, "host-usr") || brings_no_programs(image);
	if (!error && limits_read(t->run, s->name, &limits)) {
		doing = about.what;
		error = cgroup_set(&limits, s->name, true, &about);
		if (!error)
			error = cgroup_join(&limits, s->name);
	}
	if (!error) {
		doing = "a mount namespace";
		error = container_view();
	}
	if (!error)
		error = container_root(&source, &doing);
	if (error) {
		snprintf(s->said, SAID, "%s: %s", doing, strerror(error));
		_exit(1);
	}
	snprintf(log, sizeof(log), "%s/crun.log", s->bundle);
	snprintf(pid, sizeof(pid), "%s/pid", s->bundle);
	unlink(log);
	unlink(pid);
	become_crun(t, (const char *const[]){ "--log", log, "run", "-d", "--bundle", s->bundle, "--pid-file", pid, s->name, NULL });
}

static void read_log(const struct start *s, char *line, size_t size)
{
	char path[PATH_SIZE + 16], *start;
	FILE *file;

	*line = 0;
	snprintf(path, sizeof(path), "%s/crun.log", s->bundle);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(line, size, file) && (start = strchr(line, ':')) && start[1] == ' ')
		memmove(line, start + 2, strlen(start + 1)); /* behind the time */
	line[strcspn(line, "\r\n")] = 0;
	fclose(file);
}

static pid_t read_pid(const struct start *s)
{
	char path[PATH_SIZE + 16];
	FILE *file;
	int pid = 0;

	snprintf(path, sizeof(path), "%s/pid", s->bundle);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%d", &pid) != 1)
		pid = 0;
	fclose(file);
	return pid;
}

static void started(struct trellis *t, struct start *s, int status)
{
	struct cgroup_error about;
	struct limits limits;
	char line[150];
	pid_t pid;

	if (*s->said) {
		op_fail(s->op, EIO, "%s", s->said);
		return;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		read_log(s, line, sizeof(line));
		op_fail(s->op, EIO, "crun: %s", *line ? line : WIFSIGNALED(status) ? "did not finish in time" : "could not be run");
		return;
	}
	pid = read_pid(s);
	if (pid <= 0 || container_write(t->run, s->name, pid, s->fingerprint))
		op_fail(s->op, EIO, "it ended as it started");
	else if (limits_read(t->run, s->name, &limits) && limits.capped && cgroup_set(&limits, s->name, false, &about))
		op_fail(s->op, EIO, "%s of its cgroup could not be set", about.what);
}

typedef void done_fn(struct trellis *, struct start *, int status);

/* For this child alone: wait() would also take a child of the supervisor's that another part waits for, and be interrupted. */
static void wait_for(struct trellis *t, struct start *s, done_fn *done)
{
	int status = 0;

	while (waitpid(s->child, &status, 0) < 0)
		if (errno != EINTR) {
			op_fail(s->op, errno, "crun: waiting for it: %s", strerror(errno));
			return;
		}
	if (done)
		done(t, s, status);
}

static size_t first_ended(const struct running *running)
{
	struct pollfd ends[AT_ONCE];

	for (size_t i = 0; i < running->count; i++) {
		if (running->of[i].end < 0) /* there was no descriptor to be had: it is waited for, whoever ends before it */
			return i;
		ends[i] = (struct pollfd){ running->of[i].end, POLLIN, 0 };
	}
	while (poll(ends, running->count, -1) < 0 && errno == EINTR) {
	}
	for (size_t i = 0; i < running->count; i++)
		if (ends[i].revents)
			return i;
	return 0;
}

/* Until one of them has ended; the last takes its place. */
static void wait_one(struct trellis *t, struct running *running, done_fn *done)
{
	struct one *one = &running->of[first_ended(running)];

	wait_for(t, one->start, done);
	if (one->end >= 0)
		close(one->end);
	*one = running->of[--running->count];
}

static void run_together(struct trellis *t, struct start *list, size_t count, void (*child)(struct trellis *, struct start *),
			 done_fn *done)
{
	struct running running = { 0 };

	crun_sealed(); /* before the children, who all have it then */
	for (size_t i = 0; i < count; i++) {
		struct start *s = &list[i];

		if (running.count == AT_ONCE)
			wait_one(t, &running, done);
		s->child = fork();
		if (!s->child) {
			child(t, s);
			_exit(1);
		}
		if (s->child < 0)
			op_fail(s->op, errno, "fork: %s", strerror(errno));
		else
			running.of[running.count++] = (struct one){ s, (int)syscall(SYS_pidfd_open, s->child, 0) };
	}
	while (running.count)
		wait_one(t, &running, done);
}

static void delete_one(struct trellis *t, struct start *s)
{
	if (container_view())
		_exit(1);
	become_crun(t, (const char *const[]){ "delete", "--force", s->name, NULL });
}

static bool end(struct trellis *t, const char *name)
{
	struct container_record record;

	if (container_read(t->run, name, &record) && container_alive(&record))
		kill(record.pid, SIGKILL); /* the first of its PID namespace: all others in it end as well */
	container_forget(t->run, name);
	return state_folder(t, name);
}

void container_delete(struct trellis *t, struct op *ops, size_t count)
{
	struct start *list = arena_take(ops->arena, count * sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (take_name(&ops[i], "container", &list[n].name) && end(t, list[n].name))
			list[n++].op = &ops[i];
	run_together(t, list, n, delete_one, NULL);
	for (size_t i = 0; i < n; i++)
		if (state_folder(t, list[i].name))
			op_fail(list[i].op, EBUSY, "crun could not delete %s", list[i].name);
}

void containers_wipe(struct trellis *t, struct op *op)
{
	struct names names = names_in(op->arena, t->run, "containers");
	struct start *list = arena_take(op->arena, names.count * sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < names.count; i++)
		if (end(t, names.list[i]))
			list[n++] = (struct start){ .op = op, .name = names.list[i] };
	run_together(t, list, n, delete_one, NULL);
}

static bool take_start(struct trellis *t, struct op *op, struct start *s)
{
	s->op = op;
	if (!take_name(op, "container", &s->name) || !take_name(op, "owner", &s->owner) || !take_name(op, "image", &s->image) ||
	    !take_name(op, "state", &s->state) || !take_label(op, "fingerprint", &s->fingerprint) ||
	    (has(op, "diskMib") && !take_number(op, "diskMib", 0, 1u << 24, &s->disk_mib)))
		return false;
	if (!t->hosts || !t->images || !run_path(s->folder, t->hosts, s->name, "") || !run_path(s->bundle, t->run, "hosts", s->name)) {
		op_fail(op, EINVAL, "container: trellis was not told where hosts and images are");
		return false;
	}
	return true;
}

/* One that was started, and whose record somebody deleted, would go on beside its successor. */
static void end_unrecorded(struct trellis *t, const struct start *list, size_t count, struct arena *arena)
{
	const char **names = arena_take(arena, count * sizeof(*names));
	struct limits limits = { 0 };
	struct container_record record;
	size_t n = 0;

	snprintf(limits.base, sizeof(limits.base), "%s", t->cgroup);
	for (size_t i = 0; i < count; i++)
		if (!container_read(t->run, list[i].name, &record) && cgroup_there(&limits, list[i].name))
			names[n++] = list[i].name;
	if (n)
		processes_end(t->run, names, n, arena);
}

void container_start(struct trellis *t, struct op *ops, size_t count)
{
	struct start *list = arena_take(ops->arena, count * sizeof(*list)), *stale;
	char *said = mmap(NULL, count * SAID, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct container_record record;
	size_t n = 0, stale_count = 0;

	if (said == MAP_FAILED) {
		op_fail(ops, ENOMEM, "no memory");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (!take_start(t, &ops[i], &list[n]))
			continue;
		if (container_read(t->run, list[n].name, &record) && container_alive(&record)) {
			if (strcmp(record.fingerprint, list[n].fingerprint))
				op_fail(&ops[i], EEXIST, "container: %s runs already, in another form", list[n].name);
			continue;
		}
		list[n].said = said + n * SAID;
		n++;
	}
	/* What ended by itself has left a folder with crun, which would take it for a container of that name. */
	stale = arena_take(ops->arena, n * sizeof(*stale));
	for (size_t i = 0; i < n; i++)
		if (state_folder(t, list[i].name))
			stale[stale_count++] = list[i];
	run_together(t, stale, stale_count, delete_one, NULL);
	end_unrecorded(t, list, n, ops->arena);
	run_together(t, list, n, start_one, started);
	munmap(said, count * SAID);
}
