// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "exec.h"
#include "session.h"

#define FAILED 125
#define MOST_ARGUMENTS 64
#define WAITING_MOST (256 << 10) /* not yet taken by either side: then the other is not read */
#define LAST_WORDS_MS 10000
#define REST_READS 64 /* of what is in the pipes when it has ended: what it left running may write for ever */

struct execution {
	char *command[MOST_ARGUMENTS + 1];
	int count;
	int64_t until_ms;
	uint64_t most_bytes, bytes;
	bool feeds; /* our stdin is the command's; else it only says that somebody is there */
	pid_t pid;
	int signals, input, output, errors;
	struct text in, out;
	bool input_over, deaf, cut, late, ended;
	int exit_code;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

char *exec_argument(const char *digits)
{
	size_t length = strlen(digits);
	char *text = malloc(length / 2 + 1);

	if (!text || length % 2)
		return NULL;
	for (size_t i = 0; i < length / 2; i++) {
		char pair[3] = { digits[2 * i], digits[2 * i + 1] }, *end;

		text[i] = strtoul(pair, &end, 16);
		if (*end || !text[i] || strspn(pair, "0123456789abcdef") != 2)
			return NULL;
	}
	text[length / 2] = 0;
	return text;
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool start(struct execution *e)
{
	int in[2] = { -1, -1 }, out[2], err[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t none;

	if (null < 0 || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC) || (e->feeds && pipe2(in, O_CLOEXEC)))
		return false;
	e->pid = fork();
	if (!e->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* it does not outlive us, whatever ends us */
		dup2(e->feeds ? in[0] : null, 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		signal(SIGPIPE, SIG_DFL);
		execvp(e->command[0], e->command);
		dprintf(2, "%s: %s\n", e->command[0], strerror(errno));
		_exit(FAILED);
	}
	close(null);
	close(out[1]);
	close(err[1]);
	close_one(&in[0]);
	e->output = out[0];
	e->errors = err[0];
	e->input = in[1];
	for (int i = 0; i < 2; i++)
		fcntl(i, F_SETFL, fcntl(i, F_GETFL) | O_NONBLOCK);
	for (const int *fd = (const int[]){ e->output, e->errors, e->input, -1 }; *fd >= 0; fd++)
		fcntl(*fd, F_SETFL, fcntl(*fd, F_GETFL) | O_NONBLOCK);
	return e->pid > 0;
}

/* Beyond what was asked for it is read and dropped: it goes on to its exit code. */
static void show(struct execution *e, uint8_t type, const char *bytes, size_t length)
{
	uint64_t room = e->most_bytes - (e->bytes < e->most_bytes ? e->bytes : e->most_bytes);

	e->bytes += length;
	if (length > room) {
		e->cut = true;
		length = room;
	}
	if (length && !e->deaf)
		frame_put(&e->out, type, bytes, length);
}

/* false: nothing there now, or never again */
static bool take(struct execution *e, int *fd, uint8_t type)
{
	char bytes[LARGEST_FRAME];
	ssize_t n = *fd >= 0 ? read(*fd, bytes, sizeof(bytes)) : 0;

	if (n > 0)
		show(e, type, bytes, n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_one(fd);
	return n > 0;
}

/* Of who asked: what the command is fed with, or nothing; its end says that they are gone, or that it is all there is. */
static void hear(struct execution *e)
{
	char bytes[16384];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		e->input_over = true;
	else if (e->input >= 0)
		text_add(&e->in, bytes, n);
}

static void feed(struct execution *e)
{
	if (e->input < 0)
		return;
	if (!buffer_write(&e->in, e->input))
		e->in.length = 0, close_one(&e->input); /* it reads no more */
	else if (e->input_over && !e->in.length)
		close_one(&e->input);
}

static void wait_for_news(struct execution *e)
{
	bool behind = e->out.length > WAITING_MOST, full = e->in.length > WAITING_MOST;
	int64_t left = e->until_ms - now_ms();
	struct pollfd ready[] = {
		{ .fd = e->signals, .events = POLLIN },
		{ .fd = e->input_over || full ? -1 : STDIN_FILENO, .events = POLLIN },
		{ .fd = behind ? -1 : e->output, .events = POLLIN },
		{ .fd = behind ? -1 : e->errors, .events = POLLIN },
		{ .fd = e->out.length && !e->deaf ? STDOUT_FILENO : -1, .events = POLLOUT },
		{ .fd = e->in.length ? e->input : -1, .events = POLLOUT },
	};
	struct signalfd_siginfo signal;

	poll(ready, sizeof(ready) / sizeof(*ready), left < 0 ? 0 : left > 60000 ? 60000 : left);
	if (ready[1].revents)
		hear(e);
	if (ready[2].revents)
		take(e, &e->output, FRAME_STDOUT);
	if (ready[3].revents)
		take(e, &e->errors, FRAME_STDERR);
	while (read(e->signals, &signal, sizeof(signal)) > 0)
		if (signal.ssi_signo != SIGCHLD)
			e->deaf = true;
}

static void kill_it(struct execution *e)
{
	exec_kill(e->pid);
	e->until_ms = INT64_MAX; /* once is enough: it can only be waited for */
}

static void run(struct execution *e)
{
	while (!e->ended) {
		int status;

		wait_for_news(e);
		feed(e);
		if (!e->deaf && !buffer_write(&e->out, STDOUT_FILENO))
			e->deaf = true;
		if (waitpid(e->pid, &status, WNOHANG) == e->pid) {
			e->ended = true;
			e->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		} else if (now_ms() >= e->until_ms) {
			e->late = true;
			kill_it(e);
		} else if (e->until_ms != INT64_MAX && (e->feeds ? e->deaf : e->deaf || e->input_over)) {
			/* What is fed sees the end of its input, clears up behind itself and ends; for a while it is waited for. */
			if (!e->feeds)
				kill_it(e);
			else if (e->until_ms > now_ms() + LAST_WORDS_MS)
				e->until_ms = now_ms() + LAST_WORDS_MS;
		}
	}
}

static void say_goodbye(struct execution *e)
{
	int64_t until = now_ms() + LAST_WORDS_MS;
	struct text words = { 0 };

	for (int i = 0; i < REST_READS && take(e, &e->output, FRAME_STDOUT); i++)
		;
	for (int i = 0; i < REST_READS && take(e, &e->errors, FRAME_STDERR); i++)
		;
	text_format(&words, "{\"exitCode\":%d,\"cut\":%s,\"late\":%s,\"bytes\":%llu}", e->exit_code, e->cut ? "true" : "false",
		    e->late ? "true" : "false", (unsigned long long)e->bytes);
	frame_put(&e->out, FRAME_END, words.bytes, words.length);
	text_free(&words);
	while (!e->deaf && e->out.length && now_ms() < until && buffer_write(&e->out, STDOUT_FILENO) && e->out.length)
		poll(&(struct pollfd){ .fd = STDOUT_FILENO, .events = POLLOUT }, 1, 100);
}

static bool number_from(const char *text, uint64_t most, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *number && *number <= most;
}

static bool read_options(int count, char **arguments, struct execution *e)
{
	static const struct option known[] = { { "seconds", required_argument, NULL, 's' },
					       { "bytes", required_argument, NULL, 'b' },
					       { "feed", no_argument, NULL, 'f' },
					       { "argument", required_argument, NULL, 'a' },
					       { 0 } };
	char *given[MOST_ARGUMENTS];
	int given_count = 0, c;
	uint64_t seconds = 60;

	while ((c = getopt_long(count, arguments, "+", known, NULL)) != -1) {
		bool fine = (c == 's' && number_from(optarg, 24 * 3600, &seconds)) ||
			    (c == 'b' && number_from(optarg, UINT64_MAX, &e->most_bytes)) || c == 'f' ||
			    (c == 'a' && given_count < MOST_ARGUMENTS && (given[given_count] = exec_argument(optarg)));

		if (!fine)
			return false;
		e->feeds |= c == 'f';
		given_count += c == 'a';
	}
	if (optind >= count || count - optind + given_count > MOST_ARGUMENTS)
		return false;
	for (int i = optind; i < count; i++)
		e->command[e->count++] = arguments[i];
	for (int i = 0; i < given_count; i++)
		e->command[e->count++] = given[i];
	e->until_ms = now_ms() + seconds * 1000;
	return true;
}

int exec_command(int count, char **arguments)
{
	struct execution e = { .most_bytes = 1 << 20, .input = -1, .output = -1, .errors = -1 };
	sigset_t ours;

	if (!read_options(count, arguments, &e)) {
		fputs("usage: trellis exec [--seconds N] [--bytes N] [--feed] [--argument HEX]… -- COMMAND…\n", stderr);
		return FAILED;
	}
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&ours);
	for (const int *number = (const int[]){ SIGCHLD, SIGTERM, SIGHUP, SIGINT, 0 }; *number; number++)
		sigaddset(&ours, *number);
	sigprocmask(SIG_BLOCK, &ours, NULL);
	e.signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	if (e.signals < 0 || !start(&e)) {
		fprintf(stderr, "trellis exec: %s\n", strerror(errno));
		return FAILED;
	}
	run(&e);
	say_goodbye(&e);
	return 0;
}
