// SPDX-License-Identifier: GPL-2.0-only
/* Owns the terminal, remembers what it showed, and passes everything to whoever is attached. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "session.h"

#define MOST_CLIENTS 32
#define WAITING_MOST (256 << 10) /* of a client: while more waits for it, the terminal is not read */
#define STUCK_MS 10000		 /* then it is let go, so that it does not hold up the others */
#define LAST_WORDS_MS 2000

struct client {
	int fd;
	struct text in, out;
	int64_t progress; /* when it last took something, or had nothing to take */
};

struct server {
	const struct session *session;
	int terminal, signals;
	pid_t command;
	struct client clients[MOST_CLIENTS];
	int client_count;
	struct text input;	/* typed, not yet taken by the terminal */
	struct text scrollback; /* at most twice what is kept */
	int64_t alone_since;	/* 0: there are clients */
	int hung_up;		/* how often the command was told to end */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void start_command(struct server *s)
{
	const char *name;
	sigset_t none;

	s->terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (s->terminal < 0 || grantpt(s->terminal) || unlockpt(s->terminal) || !(name = ptsname(s->terminal)))
		_exit(1);
	ioctl(s->terminal, TIOCSWINSZ, &s->session->window);
	s->command = fork();
	if (s->command)
		return;
	setsid();
	for (int i = 0; i < 3; i++)
		close(i);
	if (open(name, O_RDWR) != 0 || ioctl(0, TIOCSCTTY, 0) || dup(0) != 1 || dup(0) != 2)
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	execvp(s->session->command[0], s->session->command);
	dprintf(2, "%s: %s\r\n", s->session->command[0], strerror(errno));
	_exit(127);
}

static void remember(struct server *s, const char *bytes, size_t length)
{
	size_t kept = s->session->scrollback;

	text_add(&s->scrollback, bytes, length);
	if (s->scrollback.length <= 2 * kept)
		return;
	memmove(s->scrollback.bytes, s->scrollback.bytes + s->scrollback.length - kept, kept);
	s->scrollback.length = kept;
}

static void put_output(struct client *c, const char *bytes, size_t length)
{
	while (length) {
		size_t n = length < LARGEST_FRAME ? length : LARGEST_FRAME;

		frame_put(&c->out, FRAME_OUTPUT, bytes, n);
		bytes += n;
		length -= n;
	}
}

/* Cut behind the first newline where the beginning is lost: half an escape sequence would garble the screen. */
static void replay(struct server *s, struct client *c)
{
	size_t length = s->scrollback.length, kept = s->session->scrollback;
	const char *from = s->scrollback.bytes, *newline;

	if (length > kept) {
		from += length - kept;
		length = kept;
		newline = memchr(from, '\n', length);
		if (newline) {
			length -= newline + 1 - from;
			from = newline + 1;
		}
	}
	put_output(c, from, length);
}

static void welcome(struct server *s)
{
	int fd = accept4(s->session->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *c = &s->clients[s->client_count];

	if (fd < 0)
		return;
	if (s->client_count == MOST_CLIENTS) {
		close(fd);
		return;
	}
	*c = (struct client){ .fd = fd, .progress = now_ms() };
	s->client_count++;
	s->alone_since = 0;
	replay(s, c);
}

static void let_go(struct server *s, int i)
{
	struct client *c = &s->clients[i];

	close(c->fd);
	text_free(&c->in);
	text_free(&c->out);
	*c = s->clients[--s->client_count];
	if (!s->client_count)
		s->alone_since = now_ms();
}

static bool obey(struct server *s, struct client *c)
{
	struct frame frame;
	int taken;

	while ((taken = frame_take(&c->in, &frame)) > 0) {
		if (frame.type == FRAME_INPUT)
			text_add(&s->input, frame.bytes, frame.length);
		else if (frame.type == FRAME_WINDOW && frame.length == sizeof(struct winsize))
			ioctl(s->terminal, TIOCSWINSZ, frame.bytes);
		frame_done(&c->in, &frame);
	}
	return taken == 0;
}

static bool serve_client(struct server *s, struct client *c, short events)
{
	size_t waiting = c->out.length;

	if (events & (POLLIN | POLLHUP | POLLERR) && (!buffer_read(&c->in, c->fd) || !obey(s, c)))
		return false;
	if (!buffer_write(&c->out, c->fd))
		return false;
	if (c->out.length < waiting || !c->out.length)
		c->progress = now_ms();
	return c->out.length < WAITING_MOST || now_ms() - c->progress < STUCK_MS;
}

/* How much there was; 0: nothing now, -1: all who had the terminal have closed it */
static ssize_t read_terminal(struct server *s)
{
	char bytes[16384];
	ssize_t n = read(s->terminal, bytes, sizeof(bytes));

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
	remember(s, bytes, n);
	for (int i = 0; i < s->client_count; i++)
		put_output(&s->clients[i], bytes, n);
	return n;
}

static bool somebody_is_behind(const struct server *s)
{
	for (int i = 0; i < s->client_count; i++)
		if (s->clients[i].out.length > WAITING_MOST)
			return true;
	return false;
}

/* Everybody hears the rest and the exit code; who does not listen is not waited for long. */
static _Noreturn void say_goodbye(struct server *s, int status)
{
	uint8_t code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	int64_t until = now_ms() + LAST_WORDS_MS;

	while (read_terminal(s) > 0)
		;
	unlinkat(s->session->folder, s->session->name, 0);
	for (int i = 0; i < s->client_count; i++) {
		struct client *c = &s->clients[i];

		frame_put(&c->out, FRAME_EXIT, &code, sizeof(code));
		while (buffer_write(&c->out, c->fd) && c->out.length && now_ms() < until)
			poll(&(struct pollfd){ .fd = c->fd, .events = POLLOUT }, 1, 100);
	}
	_exit(0);
}

static void end_if_idle(struct server *s)
{
	int64_t alone = s->alone_since ? now_ms() - s->alone_since : 0;

	if (alone < s->session->idle_ms)
		return;
	kill(s->command, s->hung_up++ ? SIGKILL : SIGHUP);
	s->alone_since = now_ms() - s->session->idle_ms + LAST_WORDS_MS;
}

static int collect(struct server *s, struct pollfd *ready)
{
	int n = 0;

	ready[n++] = (struct pollfd){ .fd = s->session->listener, .events = POLLIN };
	ready[n++] = (struct pollfd){ .fd = s->signals, .events = POLLIN };
	ready[n++] = (struct pollfd){ .fd = somebody_is_behind(s) ? -1 : s->terminal,
				      .events = POLLIN | (s->input.length ? POLLOUT : 0) };
	for (int i = 0; i < s->client_count; i++)
		ready[n++] = (struct pollfd){ .fd = s->clients[i].fd,
					      .events = (s->input.length < LARGEST_FRAME ? POLLIN : 0) |
							(s->clients[i].out.length ? POLLOUT : 0) };
	return n;
}

_Noreturn void session_serve(const struct session *session)
{
	static struct server s;
	struct pollfd ready[3 + MOST_CLIENTS];
	struct signalfd_siginfo ignored;
	sigset_t child;
	int status;

	s.session = session;
	s.alone_since = now_ms();
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	s.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	start_command(&s);
	for (;;) {
		int clients = s.client_count, n = collect(&s, ready);

		poll(ready, n, 1000);
		while (read(s.signals, &ignored, sizeof(ignored)) > 0)
			;
		for (int i = clients - 1; i >= 0; i--)
			if (!serve_client(&s, &s.clients[i], ready[3 + i].revents))
				let_go(&s, i);
		buffer_write(&s.input, s.terminal);
		if (ready[2].revents & (POLLIN | POLLHUP) && read_terminal(&s) < 0)
			poll(NULL, 0, 50); /* the command is about to end, or will open it again */
		if (ready[0].revents)
			welcome(&s);
		if (waitpid(s.command, &status, WNOHANG) == s.command)
			say_goodbye(&s, status);
		end_if_idle(&s);
	}
}
