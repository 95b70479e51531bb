// SPDX-License-Identifier: GPL-2.0-only
/*
 * A command inside a running container, by crun exec: in its namespaces and limits, with its capabilities and its filter
 * of system calls. At a terminal `script` gives it one of the container's own, so that programs find its name and its
 * size follows (crun of this version passes no resize on).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "containers.h"
#include "enter.h"

/* What a login would set; crun gives a command of ours nothing of the container's own. */
static const char *const environment[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"HOME=/root",
	"USER=root",
	"LOGNAME=root",
	"SHELL=/bin/bash",
	"LANG=C.UTF-8",
};

/* The command as one line of shell: each argument between single quotes, so that it stays an argument (POSIX 2.2.2). */
static char *quote_all(char **command)
{
	size_t size = 8;
	char *line, *to;

	for (char **argument = command; *argument; argument++)
		size += 4 * strlen(*argument) + 3;
	to = line = malloc(size);
	if (!line)
		enter_fail("no memory");
	to = stpcpy(to, "exec");
	for (char **argument = command; *argument; argument++) {
		to = stpcpy(to, " '");
		for (const char *c = *argument; *c; c++)
			if (*c == '\'')
				to = stpcpy(to, "'\\''");
			else
				*to++ = *c;
		*to++ = '\'';
	}
	*to = 0;
	return line;
}

static bool has_script(pid_t pid)
{
	char path[64];
	struct stat file;

	snprintf(path, sizeof(path), "/proc/%d/root/usr/bin/script", pid);
	return !lstat(path, &file);
}

_Noreturn void enter_container(const struct entry *entry)
{
	const char *arguments[32 + 256], *term = getenv("TERM");
	struct container_record record;
	char root[PATH_SIZE], terminal[96];
	size_t n = 0;
	int error;

	if (!container_read(entry->run, entry->namespace, &record) || !container_alive(&record))
		enter_fail("%s is not running", entry->hostname);
	enter_limits(entry);
	error = container_view();
	if (error || !run_path(root, entry->run, "crun", ""))
		enter_fail("a mount namespace: %s", strerror(error));
	snprintf(terminal, sizeof(terminal), "TERM=%.64s", term && *term ? term : "dumb");
	for (const char *const *fixed = (const char *const[]){ CRUN, "--root", root, "--cgroup-manager=disabled", "exec",
							       "--no-new-privs", "--user", "0:0", "--env", terminal,
							       NULL };
	     *fixed; fixed++)
		arguments[n++] = *fixed;
	for (size_t i = 0; i < sizeof(environment) / sizeof(*environment); i++) {
		arguments[n++] = "--env";
		arguments[n++] = environment[i];
	}
	arguments[n++] = entry->namespace;
	if (isatty(STDIN_FILENO) && has_script(record.pid)) {
		for (const char *const *fixed =
			     (const char *const[]){ "/usr/bin/script", "-qec", quote_all(entry->command), "/dev/null", NULL };
		     *fixed; fixed++)
			arguments[n++] = *fixed;
	} else {
		for (char **argument = entry->command; *argument; argument++) {
			if (n == sizeof(arguments) / sizeof(*arguments) - 1)
				enter_fail("the command has too many arguments");
			arguments[n++] = *argument;
		}
	}
	arguments[n] = NULL;
	clearenv();
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	execv(CRUN, (char *const *)arguments);
	enter_fail("crun: %s", strerror(errno));
}
