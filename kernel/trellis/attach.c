// SPDX-License-Identifier: GPL-2.0-only
/* trellis attach: joins a session, and starts it if there is none. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "op.h"
#include "run-folder.h"
#include "session.h"

#define FAILED 125
#define LONGEST_NAME 107 /* what a socket's address has room for (unix(7)) */

static int fail(const char *what)
{
	fprintf(stderr, "trellis attach: %s: %s\n", what, strerror(errno));
	return FAILED;
}

/* From within the folder: an address has no room for the whole path. */
static int at_socket(const struct session *session, int fd, int (*act)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int here = open(".", O_PATH | O_CLOEXEC), result = -1;

	memcpy(address.sun_path, session->name, strlen(session->name));
	if (fd >= 0 && here >= 0 && !fchdir(session->folder)) {
		result = act(fd, (void *)&address, sizeof(address));
		if (fchdir(here))
			result = -1;
	}
	close(here);
	return result;
}

static int connect_to(const struct session *session)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (!at_socket(session, fd, connect))
		return fd;
	close(fd);
	return -1;
}

/* Nothing of the client's is kept: not its terminal, not its lock, not what whoever started it had open. */
static _Noreturn void become_server(struct session *session)
{
	int null = open("/dev/null", O_RDWR);

	for (int i = 0; i < 3; i++)
		dup2(null, i);
	session->folder = fcntl(session->folder, F_DUPFD_CLOEXEC, 1000);
	session->listener = fcntl(session->listener, F_DUPFD_CLOEXEC, 1000);
	close_range(3, 999, 0);
	if (session->folder < 0 || session->listener < 0 || chdir("/"))
		_exit(1);
	session_serve(session);
}

/* Two forks and a session of its own: it outlives this client, its terminal and the SSH connection. */
static bool start(struct session *session)
{
	pid_t child;

	unlinkat(session->folder, session->name, 0); /* nobody answered there: its server was killed */
	session->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (at_socket(session, session->listener, bind) || listen(session->listener, 16))
		return false;
	/* Before the fork: the client's terminal may hang up before the server has a session of its own. */
	signal(SIGHUP, SIG_IGN);
	child = fork();
	if (!child) {
		setsid();
		if (fork())
			_exit(0);
		become_server(session);
	}
	close(session->listener);
	return child > 0 && waitpid(child, NULL, 0) == child;
}

static int join(struct session *session)
{
	int lock = openat(session->folder, ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0600), fd;

	if (lock < 0 || flock(lock, LOCK_EX))
		return -1;
	fd = connect_to(session);
	if (fd < 0 && start(session))
		fd = connect_to(session);
	close(lock);
	return fd;
}

static bool number_from(const char *text, long least, long most, long *number)
{
	char *end;

	*number = strtol(text, &end, 10);
	return *text && !*end && *number >= least && *number <= most;
}

static bool read_options(int count, char **arguments, const char **run, struct session *session)
{
	static const struct option known[] = { { "run", required_argument, NULL, 'r' },
					       { "session", required_argument, NULL, 's' },
					       { "scrollback-kib", required_argument, NULL, 'k' },
					       { "idle-seconds", required_argument, NULL, 'i' },
					       { 0 } };
	long number;
	int c;

	while ((c = getopt_long(count, arguments, "+", known, NULL)) != -1) {
		if (c == 'r')
			*run = optarg;
		else if (c == 's')
			session->name = optarg;
		else if (c == 'k' && number_from(optarg, 1, 65536, &number))
			session->scrollback = number << 10;
		else if (c == 'i' && number_from(optarg, 1, 1000000, &number))
			session->idle_ms = number * 1000;
		else
			return false;
	}
	session->command = arguments + optind;
	return optind < count && *run && session->name;
}

int attach(int count, char **arguments)
{
	struct session session = { .scrollback = 256 << 10, .idle_ms = 12 * 3600 * 1000 };
	const char *run = NULL;
	char path[PATH_SIZE];
	int server, code, error;

	if (!read_options(count, arguments, &run, &session)) {
		fputs("usage: trellis attach --run DIR --session NAME [--scrollback-kib N] [--idle-seconds N] -- COMMAND…\n",
		      stderr);
		return FAILED;
	}
	errno = EINVAL;
	if (strlen(session.name) > LONGEST_NAME || !name_ok(session.name))
		return fail("--session");
	error = run_prepare(run);
	if (!error && run_path(path, run, "sessions", ""))
		session.folder = open(path, O_DIRECTORY | O_PATH | O_CLOEXEC);
	if (error || session.folder <= 0)
		return fail("--run");
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &session.window) || !session.window.ws_row)
		session.window = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	for (int tries = 0; tries < 2; tries++) {
		server = join(&session);
		if (server < 0)
			return fail("the session");
		code = session_talk(server);
		if (code != SESSION_LOST)
			return code;
		/* It may have ended in the instant we came; then a new one is started. */
	}
	errno = ECONNRESET;
	return fail("the session");
}
