// SPDX-License-Identifier: GPL-2.0-only
/*
 * trellis enter: three processes. The outer one waits and passes on signals and the exit code. The inner one is the
 * first of a new PID namespace: it buries orphans, and with it everything inside ends. The third becomes the command.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "enter.h"
#include "limits.h"
#include "op.h"
#include "run-folder.h"

static volatile pid_t below; /* whom signals are passed on to */

void enter_fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("trellis enter: ", stderr);
	vfprintf(stderr, format, arguments);
	fputs("\r\n", stderr); /* the terminal may be in raw mode */
	va_end(arguments);
	_exit(125);
}

static void pass_on(int number)
{
	if (below > 0)
		kill(below, number);
}

static void handle_signals(void)
{
	struct sigaction pass = { .sa_handler = pass_on, .sa_flags = SA_RESTART }, ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGTERM, &pass, NULL);
	sigaction(SIGHUP, &pass, NULL);
	/* Ctrl-C and the like reach the command by itself: they go to all of the terminal's foreground. */
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGQUIT, &ignore, NULL);
	sigaction(SIGTSTP, &ignore, NULL);
}

static int exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void join_cgroups(const struct entry *entry)
{
	char path[PATH_SIZE];

	for (int i = 0; i < entry->cgroup_count; i++) {
		int fd = run_path(path, entry->cgroups[i], "cgroup.procs", "") ? open(path, O_WRONLY | O_CLOEXEC) : -1;

		if (fd < 0 || write(fd, "0\n", 2) != 2)
			enter_fail("--cgroup %s: %s", entry->cgroups[i], strerror(errno));
		close(fd);
	}
}

static bool has_limits(const struct entry *entry)
{
	struct limits limits;

	return limits_read(entry->run, entry->namespace, &limits);
}

void enter_limits(const struct entry *entry)
{
	struct cgroup_error about = { "cgroup" };
	struct limits limits;
	int error = 0;

	if (!limits_read(entry->run, entry->namespace, &limits))
		return;
	if (!cgroup_there(&limits, entry->namespace))
		error = cgroup_set(&limits, entry->namespace, false, &about);
	if (!error)
		error = cgroup_join(&limits, entry->namespace);
	if (error)
		enter_fail("%s: %s%s", about.what, strerror(error), error == EAGAIN ? ": it has as many processes as it may" : "");
}

static int open_file(const char *option, const char *path)
{
	int fd = path ? open(path, O_PATH | O_CLOEXEC) : -1;

	if (path && fd < 0)
		enter_fail("--%s %s: %s", option, path, strerror(errno));
	return fd;
}

static void open_all(struct entry *entry)
{
	entry->network = run_open(entry->run, "netns", entry->namespace);
	if (entry->network < 0)
		enter_fail("there is no namespace %s", entry->namespace);
	entry->user = run_open(entry->run, "userns", entry->owner);
	if (entry->user < 0 || !owner_recorded(entry->run, entry->owner, &entry->uid_base, &entry->uid_count))
		enter_fail("there is no owner %s", entry->owner);
	entry->own_session = isatty(STDIN_FILENO) && getsid(0) == getpid();
}

/* In the mount namespace they are to be mounted in: from another the kernel does not take them. */
static void open_files(struct entry *entry)
{
	struct stat home;

	entry->home_fd = open_file("home", entry->home);
	entry->hosts_fd = open_file("hosts-file", entry->hosts);
	entry->resolv_fd = open_file("resolv-file", entry->resolv);
	/* Whoever made the folder did so as the node's root; it is for the virtual host's. */
	if (entry->home_fd >= 0 && !fstat(entry->home_fd, &home) && home.st_uid != entry->uid_base &&
	    fchownat(entry->home_fd, "", entry->uid_base, entry->uid_base, AT_EMPTY_PATH))
		enter_fail("--home %s: %s", entry->home, strerror(errno));
	entry->terminal_fd = isatty(STDIN_FILENO) ? open_file("terminal", ttyname(STDIN_FILENO)) : -1;
}

static void clean_environment(void)
{
	const char *set = getenv("TERM");
	char *term = set && strlen(set) < 64 ? strdup(set) : NULL;

	clearenv();
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("USER", "root", 1);
	setenv("LOGNAME", "root", 1);
	setenv("SHELL", "/bin/bash", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("TERM", term ? term : "dumb", 1);
	free(term);
}

static _Noreturn void become_command(const struct entry *entry)
{
	sigset_t none;

	/* Taking the session's terminal over needs privileges, so it is done before they are dropped. */
	if (entry->own_session && (setsid() < 0 || ioctl(STDIN_FILENO, TIOCSCTTY, 1)))
		enter_fail("taking the terminal: %s", strerror(errno));
	if (!isatty(STDIN_FILENO))
		setsid();
	enter_drop(entry);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	clean_environment();
	if (chdir("/root"))
		enter_fail("/root: %s", strerror(errno));
	close_range(3, ~0u, 0);
	execvp(entry->command[0], entry->command);
	fprintf(stderr, "%s: %s\r\n", entry->command[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* The first process of its PID namespace: when it ends, the kernel ends all others in it (pid_namespaces(7)). */
static _Noreturn void be_init(struct entry *entry, int parent)
{
	struct pollfd gone = { .fd = parent };
	int status, code = 128;
	pid_t command, pid;

	if (unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP) || setns(entry->network, CLONE_NEWNET))
		enter_fail("namespaces: %s", strerror(errno));
	if (sethostname(entry->hostname, strlen(entry->hostname)))
		enter_fail("--hostname: %s", strerror(errno));
	open_files(entry);
	enter_root(entry);
	command = fork();
	if (command < 0)
		enter_fail("fork: %s", strerror(errno));
	if (!command)
		become_command(entry);
	below = command;
	enter_drop(entry);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (poll(&gone, 1, 0) > 0) /* the parent died before the line above */
		_exit(137);
	for (;;) {
		pid = wait(&status);
		if (pid == command)
			code = exit_code(status);
		if (pid == command || (pid < 0 && errno != EINTR))
			_exit(code);
	}
}

static bool read_options(int count, char **arguments, struct entry *entry)
{
	static const struct option known[] = {
		{ "run", required_argument, NULL, 'r' },	 { "namespace", required_argument, NULL, 'n' },
		{ "owner", required_argument, NULL, 'o' },	 { "hostname", required_argument, NULL, 'h' },
		{ "home", required_argument, NULL, 'H' },	 { "hosts-file", required_argument, NULL, 'f' },
		{ "resolv-file", required_argument, NULL, 'R' }, { "cgroup", required_argument, NULL, 'c' },
		{ "container", no_argument, NULL, 'C' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(count, arguments, "+", known, NULL)) != -1) {
		const char **to[128] = { ['r'] = &entry->run,	   ['n'] = &entry->namespace, ['o'] = &entry->owner,
					 ['h'] = &entry->hostname, ['H'] = &entry->home,      ['f'] = &entry->hosts,
					 ['R'] = &entry->resolv };

		if (c == 'C')
			entry->container = true;
		else if (c == 'c' && entry->cgroup_count < MOST_CGROUPS)
			entry->cgroups[entry->cgroup_count++] = optarg;
		else if (c > 0 && c < 128 && to[c])
			*to[c] = optarg;
		else
			return false;
	}
	entry->command = arguments + optind;
	return optind < count && entry->run && entry->namespace && entry->owner && entry->hostname;
}

int enter(int count, char **arguments)
{
	struct entry entry = { 0 };
	int gate[2], status;
	pid_t inner;

	if (!read_options(count, arguments, &entry)) {
		fputs("usage: trellis enter --run DIR --namespace NAME --owner NAME --hostname NAME [--home DIR]\n"
		      "       [--hosts-file FILE] [--resolv-file FILE] [--cgroup DIR]… [--container] -- COMMAND ARGUMENT…\n",
		      stderr);
		return 125;
	}
	if (!name_ok(entry.namespace) || !name_ok(entry.owner) || !name_ok(entry.hostname) || strlen(entry.hostname) > 63)
		enter_fail("a name is malformed");
	if (entry.container)
		enter_container(&entry);
	open_all(&entry);
	if (has_limits(&entry))
		enter_home(&entry);
	enter_limits(&entry);
	join_cgroups(&entry);
	handle_signals();
	if (pipe2(gate, O_CLOEXEC) || unshare(CLONE_NEWPID))
		enter_fail("a new PID namespace: %s", strerror(errno));
	inner = fork();
	if (inner < 0)
		enter_fail("fork: %s", strerror(errno));
	if (!inner) {
		close(gate[1]);
		be_init(&entry, gate[0]);
	}
	below = inner;
	close(gate[0]);
	while (waitpid(inner, &status, 0) < 0)
		if (errno != EINTR)
			return 125;
	return exit_code(status);
}
