// SPDX-License-Identifier: GPL-2.0-only
/*
 * trellis capture: what passes a virtual interface, as pcapng on stdout, until its limits or stdin's end. The programs
 * copy frames into a ring made for this capture alone; what somebody else watches costs others nothing.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "ends.h"
#include "pcapng.h"
#include "run-folder.h"
#include "trellis.h"

#define RING_BYTES (1 << 20)
#define MOST_SECONDS 3600
#define MOST_PACKETS 1000000
#define WAIT_MS 100

struct watch {
	struct trellis t;
	struct options options;
	const char *device;
	unsigned long snap, least, most, every, seconds, packets;
	uint32_t slot, ring;
	uint64_t offset_ns, written;
	struct text out;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Flags of ends are changed by whoever holds the run folder's lock, as requests are. */
void captures_sweep(struct maps *m)
{
	uint64_t now = now_ns(CLOCK_MONOTONIC);
	struct egre_capture c;

	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++) {
		if (!(m->ends[slot].flags & EGRE_END_SLOW))
			continue;
		if (!bpf_map_lookup_elem(m->captures, &slot, &c) && c.until_ns > now)
			continue;
		m->ends[slot].flags &= ~EGRE_END_SLOW;
		bpf_map_delete_elem(m->captures, &slot);
	}
}

static bool ring_is_used(const struct maps *m, uint32_t ring)
{
	struct egre_capture c;
	uint32_t key, *before = NULL;

	while (!bpf_map_get_next_key(m->captures, before, &key)) {
		before = &key;
		if (!bpf_map_lookup_elem(m->captures, &key, &c) && c.ring == ring)
			return true;
	}
	return false;
}

static const char *begin(struct watch *w, int *fd)
{
	struct maps *m = &w->t.maps;
	struct egre_capture c = { .snap = w->snap, .least = w->least, .most = w->most, .every = w->every };

	captures_sweep(m);
	w->slot = end_of_device(m, device_index(&w->t, w->device));
	if (!w->slot)
		return "there is no such virtual interface on this node any more";
	if (m->ends[w->slot].flags & EGRE_END_SLOW)
		return "somebody is capturing on this interface already";
	for (w->ring = 0; ring_is_used(m, w->ring); w->ring++)
		if (w->ring == EGRE_MAX_CAPTURES - 1)
			return "as many captures run on this node as it allows";
	*fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "capture", 0, 0, RING_BYTES, NULL);
	c.ring = w->ring;
	c.until_ns = now_ns(CLOCK_MONOTONIC) + w->seconds * 1000000000ull;
	if (*fd < 0 || bpf_map_update_elem(m->rings, &w->ring, fd, BPF_ANY) ||
	    bpf_map_update_elem(m->captures, &w->slot, &c, BPF_NOEXIST))
		return strerror(errno);
	m->ends[w->slot].flags |= EGRE_END_SLOW;
	return NULL;
}

static uint64_t end(struct watch *w)
{
	struct egre_capture c = { 0 };

	bpf_map_lookup_elem(w->t.maps.captures, &w->slot, &c);
	w->t.maps.ends[w->slot].flags &= ~EGRE_END_SLOW;
	bpf_map_delete_elem(w->t.maps.captures, &w->slot);
	bpf_map_delete_elem(w->t.maps.rings, &w->ring);
	return c.lost;
}

static int take_frame(void *context, void *data, size_t size)
{
	struct watch *w = context;

	(void)size;
	if (w->written >= w->packets)
		return 0;
	pcapng_frame(&w->out, data, w->offset_ns);
	w->written++;
	return 0;
}

static bool flush(struct watch *w)
{
	size_t done = 0;

	while (done < w->out.length) {
		ssize_t n = write(STDOUT_FILENO, w->out.bytes + done, w->out.length - done);

		if (n < 0 && errno != EINTR)
			return false;
		done += n > 0 ? n : 0;
	}
	w->out.length = 0;
	return true;
}

/* Whoever reads says that it is enough by closing stdin. */
static bool is_over(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char ignored[256];

	return stopped || (poll(&in, 1, 0) > 0 && read(STDIN_FILENO, ignored, sizeof(ignored)) <= 0);
}

static int locked(struct watch *w)
{
	int lock = run_lock(w->t.run);

	if (lock < 0)
		perror("trellis capture: lock");
	return lock;
}

static void watch(struct watch *w, struct ring_buffer *reader)
{
	uint64_t until = now_ns(CLOCK_MONOTONIC) + w->seconds * 1000000000ull;

	pcapng_begin(&w->out, w->device, w->snap);
	while (flush(w) && !is_over() && w->written < w->packets && now_ns(CLOCK_MONOTONIC) < until)
		if (ring_buffer__poll(reader, WAIT_MS) < 0)
			break;
}

static bool take_number_option(const char *text, unsigned long least, unsigned long most, unsigned long *number)
{
	char *rest;

	*number = strtoul(text, &rest, 10);
	return *text >= '0' && *text <= '9' && !*rest && *number >= least && *number <= most;
}

static bool read_options(int count, char **arguments, struct watch *w)
{
	static const struct option known[] = { { "run", 1, NULL, 'r' },	    { "bpf", 1, NULL, 'b' },   { "objects", 1, NULL, 'o' },
					       { "device", 1, NULL, 'd' },  { "snap", 1, NULL, 's' },  { "least", 1, NULL, 'l' },
					       { "most", 1, NULL, 'm' },    { "every", 1, NULL, 'e' }, { "seconds", 1, NULL, 't' },
					       { "packets", 1, NULL, 'p' }, { 0 } };
	int c;
	bool ok = true;

	while (ok && (c = getopt_long(count, arguments, "", known, NULL)) != -1)
		switch (c) {
		case 'r': w->options.run = optarg; break;
		case 'b': w->options.bpf = optarg; break;
		case 'o': w->options.objects = optarg; break;
		case 'd': w->device = optarg; ok = device_name_ok(optarg); break;
		case 's': ok = take_number_option(optarg, 64, EGRE_SNAP, &w->snap); break;
		case 'l': ok = take_number_option(optarg, 0, UINT32_MAX, &w->least); break;
		case 'm': ok = take_number_option(optarg, 0, UINT32_MAX, &w->most); break;
		case 'e': ok = take_number_option(optarg, 1, 1000000, &w->every); break;
		case 't': ok = take_number_option(optarg, 1, MOST_SECONDS, &w->seconds); break;
		case 'p': ok = take_number_option(optarg, 1, MOST_PACKETS, &w->packets); break;
		default: ok = false;
		}
	return ok && optind == count && w->options.run && w->options.bpf && w->options.objects && w->device;
}

int capture(int count, char **arguments)
{
	struct watch w = { .snap = EGRE_SNAP, .most = UINT32_MAX, .every = 1, .seconds = 60, .packets = 10000 };
	struct ring_buffer *reader;
	char error[160] = "";
	const char *why;
	int lock, fd = -1;

	if (!read_options(count, arguments, &w)) {
		fputs("usage: trellis capture --run DIR --bpf DIR --objects DIR --device DEVICE [--snap 64…2048] [--least BYTES] "
		      "[--most BYTES] [--every N] [--seconds 1…3600] [--packets 1…1000000]\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < 3; i++)
		signal((const int[]){ SIGTERM, SIGINT, SIGHUP }[i], stop);
	if (!trellis_open(&w.t, &w.options) || (lock = locked(&w)) < 0)
		return 1;
	why = trellis_open_maps(&w.t, error, sizeof(error)) ? begin(&w, &fd) : error;
	close(lock);
	if (why) {
		fprintf(stderr, "%s: %s\n", w.device, why);
		return 3;
	}
	w.offset_ns = now_ns(CLOCK_REALTIME) - now_ns(CLOCK_MONOTONIC);
	reader = ring_buffer__new(fd, take_frame, &w, NULL);
	if (reader)
		watch(&w, reader);
	lock = locked(&w);
	pcapng_end(&w.out, now_ns(CLOCK_REALTIME), end(&w));
	close(lock);
	flush(&w);
	return reader ? 0 : 1;
}
