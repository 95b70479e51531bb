// SPDX-License-Identifier: GPL-2.0-only
/* Between the client's terminal and the session: what is typed one way, what is shown the other. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>
#include "session.h"

static struct termios before;
static bool raw;
static volatile sig_atomic_t resized = 1, hung_up;

static void restore(void)
{
	if (raw)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	raw = false;
}

static void make_raw(void)
{
	struct termios now;

	if (tcgetattr(STDIN_FILENO, &before))
		return;
	now = before;
	cfmakeraw(&now);
	raw = !tcsetattr(STDIN_FILENO, TCSADRAIN, &now); /* not FLUSH: what was typed before us is for the session */
}

static void on_resize(int number)
{
	(void)number;
	resized = 1;
}

static void on_hang_up(int number)
{
	(void)number;
	hung_up = 1;
}

static bool write_out(const char *bytes, size_t length)
{
	while (length) {
		ssize_t n = write(STDOUT_FILENO, bytes, length);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			bytes += n;
			length -= n;
		}
	}
	return true;
}

/* The command's exit code, or -1: go on, or -2: there is nobody to show it to */
static int show(struct text *in)
{
	struct frame frame;

	while (frame_take(in, &frame) > 0) {
		int code = frame.type == FRAME_EXIT ? (uint8_t)frame.bytes[0] : -1;

		if (frame.type == FRAME_OUTPUT && !write_out(frame.bytes, frame.length))
			return -2;
		frame_done(in, &frame);
		if (code >= 0)
			return code;
	}
	return -1;
}

static void tell_window(int server)
{
	struct text out = { 0 };
	struct winsize window;

	resized = 0;
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &window))
		return;
	frame_put(&out, FRAME_WINDOW, &window, sizeof(window));
	buffer_write(&out, server);
	text_free(&out);
}

/* false: nothing more will be typed */
static bool pass_input(int server)
{
	struct text out = { 0 };
	char bytes[16384];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

	if (n <= 0)
		return n < 0 && errno == EINTR;
	frame_put(&out, FRAME_INPUT, bytes, n);
	buffer_write(&out, server);
	text_free(&out);
	return true;
}

/* Leaving is no failure: the session stays. SESSION_LOST: its server went without a word. */
static int relay(int server, const sigset_t *between)
{
	struct text in = { 0 };
	int code = -1;

	while (!hung_up) {
		struct pollfd ready[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = server, .events = POLLIN } };

		if (resized)
			tell_window(server);
		if (ppoll(ready, 2, NULL, between) < 0)
			continue;
		if (ready[1].revents && !buffer_read(&in, server))
			return SESSION_LOST;
		code = show(&in);
		if (code >= 0)
			return code;
		if (code == -2 || (ready[0].revents && !pass_input(server)))
			return 0;
	}
	return 0;
}

/* Signals come only while waiting: one that came just before would be noticed only with the next key. */
int session_talk(int server)
{
	sigset_t ours, between;
	int code;

	sigemptyset(&ours);
	sigaddset(&ours, SIGWINCH);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGTERM);
	sigprocmask(SIG_BLOCK, &ours, &between);
	sigaction(SIGWINCH, &(struct sigaction){ .sa_handler = on_resize }, NULL);
	sigaction(SIGHUP, &(struct sigaction){ .sa_handler = on_hang_up }, NULL);
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_hang_up }, NULL);
	signal(SIGPIPE, SIG_IGN);
	resized = 1;
	make_raw();
	code = relay(server, &between);
	restore();
	sigprocmask(SIG_SETMASK, &between, NULL);
	close(server);
	return code;
}
