// SPDX-License-Identifier: GPL-2.0-only
/* Reads requests from stdin and answers on stdout until stdin ends. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include "ends.h"
#include "line-daemon.h"
#include "neighbours.h"
#include "paths.h"
#include "run-folder.h"
#include "tc.h"
#include "trellis.h"

#define LONGEST_LINE (64 << 20)
#define LOOK_MS 500
#define LEAST_ROOM (1u << 17)

bool trellis_open(struct trellis *t, const struct options *options)
{
	int error = run_prepare(options->run);

	*t = (struct trellis){ .run = options->run, .bpf = options->bpf, .objects = options->objects,
				.cgroup = options->cgroup ? options->cgroup : "myvini",
				.hosts = options->hosts, .images = options->images };
	if (error) {
		fprintf(stderr, "trellis: --run %s: %s\n", options->run, strerror(error));
		return false;
	}
	t->home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	t->ask = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (t->home < 0 || t->ask < 0 || !netlink_open(&t->nl)) {
		perror("trellis: network namespace");
		return false;
	}
	return true;
}

/* As if_nametoindex, but that makes a socket for each question. */
uint32_t device_index(const struct trellis *t, const char *name)
{
	struct ifreq request = { 0 };

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	return ioctl(t->ask, SIOCGIFINDEX, &request) ? 0 : request.ifr_ifindex;
}

/* Newer programs take the place of older ones on all devices, each at one instant, with no packet lost. */
static void attach_anew(struct trellis *t)
{
	struct op op = { 0 };
	struct batch b;

	batch_open(&b, &t->nl);
	tc_fill_block(&b, &op, t->maps.from_virtual, true);
	batch_send(&b);
	for (uint32_t i = 0; i < EGRE_MAX_NEIGHBOURS; i++)
		if (t->maps.neighbours[i].ifindex)
			underlay_attach(t, &op, t->maps.neighbours[i].ifindex);
	if (t->maps.line_devices->whole) {
		tc_attach(&b, &op, t->maps.line_devices->whole, t->maps.from_line);
		tc_attach(&b, &op, t->maps.line_devices->split, t->maps.from_line);
	}
	batch_send(&b);
	if (op.failed)
		fprintf(stderr, "trellis: %s\n", op.message);
}

bool trellis_open_maps(struct trellis *t, char *error, size_t size)
{
	if (t->maps.object)
		return true;
	if (!maps_open(&t->maps, t->bpf, t->objects, error, size))
		return false;
	ends_repair(&t->maps);
	captures_sweep(&t->maps);
	if (t->maps.replaced)
		attach_anew(t);
	fast_open_if_used(t);
	return true;
}

static void allow_many_files(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static bool write_all(const char *bytes, size_t length)
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

/* The lock is held for a request at a time: an agent being replaced and its successor may both have a trellis. */
static bool answer_line(struct trellis *t, char *line, size_t length)
{
	int lock = run_lock(t->run);
	struct text out = { 0 };
	bool written;

	if (lock < 0) {
		fprintf(stderr, "trellis: %s/lock: %s\n", t->run, strerror(errno));
		return false;
	}
	answer(t, line, length, &out);
	line_keep(t);
	if (t->maps.object)
		paths_start(t);
	close(lock);
	written = write_all(out.bytes, out.length);
	text_free(&out);
	return written;
}

struct input {
	char *bytes;
	size_t length, size;
	bool discarding; /* the rest of a line that was too long */
};

static bool refuse(void)
{
	static const char refusal[] = "{\"id\":null,\"error\":\"the request is longer than 64 MiB\"}\n";

	return write_all(refusal, sizeof(refusal) - 1);
}

static bool too_long(struct input *in)
{
	bool first = !in->discarding;

	in->discarding = true;
	in->length = 0;
	return !first || refuse();
}

static bool answer_lines(struct trellis *t, struct input *in)
{
	char *start = in->bytes, *newline;

	while ((newline = memchr(start, '\n', in->bytes + in->length - start))) {
		bool whole = !in->discarding && newline > start;

		if (whole && !(newline - start > LONGEST_LINE ? refuse() : answer_line(t, start, newline - start)))
			return false;
		in->discarding = false;
		start = newline + 1;
	}
	in->length -= start - in->bytes;
	memmove(in->bytes, start, in->length);
	return in->length <= (size_t)LONGEST_LINE || too_long(in);
}

/* Room for the next read; what a long request took is given back. */
static void make_room(struct input *in)
{
	if (!in->length && in->size > LEAST_ROOM) {
		free(in->bytes);
		*in = (struct input){ .discarding = in->discarding };
	}
	if (in->size - in->length >= LEAST_ROOM / 2)
		return;
	in->size = in->size ? in->size * 2 : LEAST_ROOM;
	in->bytes = realloc(in->bytes, in->size);
	if (!in->bytes) {
		fprintf(stderr, "trellis: out of memory\n");
		exit(1);
	}
}

static void keep_line(struct trellis *t)
{
	int lock = run_lock(t->run);

	if (lock >= 0)
		line_keep(t);
	close(lock);
}

/* While nobody asks for anything, the delay line is looked after, and namespaces that have gone are let go. */
static void wait_for_some(struct trellis *t)
{
	struct pollfd ready = { .fd = STDIN_FILENO, .events = POLLIN };

	for (;;) {
		bool has_line = t->maps.object && t->maps.line_devices->whole;
		int wait = parting_left_ms(&t->parting);

		if (has_line && (wait < 0 || wait > LOOK_MS))
			wait = LOOK_MS;
		if (wait < 0 || poll(&ready, 1, wait))
			return;
		parting_end_if_due(&t->parting);
		if (has_line)
			keep_line(t);
	}
}

static bool serve_some(struct trellis *t, struct input *in)
{
	ssize_t n;

	make_room(in);
	wait_for_some(t);
	n = read(STDIN_FILENO, in->bytes + in->length, in->size - in->length);
	if (n <= 0)
		return n < 0 && errno == EINTR;
	in->length += n;
	parting_end_if_due(&t->parting); /* whoever asks all the time does not keep them */
	return answer_lines(t, in);
}

int serve(const struct options *options)
{
	struct input in = { 0 };
	struct trellis t;

	allow_many_files();
	if (!trellis_open(&t, options))
		return 1;
	while (serve_some(&t, &in))
		;
	free(in.bytes);
	fast_close(&t.fast);
	if (t.maps.object)
		maps_close(&t.maps);
	netlink_close(&t.nl);
	return 0;
}
