// SPDX-License-Identifier: GPL-2.0-only
/* The worker of the delay line: takes frames, and gives each back when it is due. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include "line.h"

#define LARGEST (69632 - 128)
#define AT_ONCE 32
#define SPIN_NS 30000ULL /* sleeping wakes late by about this much: the last stretch is watched */
#define LATE_NS 1000000ULL
#define LOOK_NS 1000000000ULL
#define IDLE_LOOKS 5

uint64_t line_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static uint32_t slot_of(const unsigned char *frame)
{
	return frame[14] << 8 | frame[15];
}

static bool take_one(struct work *w, int port)
{
	static unsigned char bytes[LARGEST];
	const unsigned char *frame = bytes + sizeof(struct virtio_net_hdr);
	ssize_t n = read(w->ports[port], bytes, sizeof(bytes));
	uint64_t now = line_now();
	struct packet *p;
	uint32_t slot;

	if (n <= 0)
		return false;
	/* What has no tag of ours was not sent here by our programs. */
	if (n < (ssize_t)sizeof(struct virtio_net_hdr) + 18 || frame[12] != LINE_TAG_PROTOCOL >> 8 ||
	    frame[13] != (LINE_TAG_PROTOCOL & 0xff) || (slot = slot_of(frame)) >= EGRE_MAX_ENDS)
		return true;
	p = pool_take(w->pool, n);
	if (!p) {
		w->counts[slot].overflowed++;
		return true;
	}
	p->slot = slot;
	p->port = port;
	memcpy(p->bytes, bytes, n);
	line_admit(w, p, now);
	return true;
}

static bool take_some(struct work *w)
{
	bool any = false;

	for (int port = 0; port < 2; port++)
		for (int i = 0; i < AT_ONCE && take_one(w, port); i++)
			any = true;
	return any;
}

static void give_back(struct work *w, struct packet *p, uint64_t now)
{
	struct egre_line_counts *counts = &w->counts[p->slot];
	uint64_t late = now - p->due_ns;

	/* The slot may belong to another link by now. */
	if (p->cookie == w->lines[p->slot].cookie) {
		if (write(w->ports[p->port], p->bytes, p->length) < 0)
			counts->overflowed++;
		else
			counts->passed++;
		counts->late += late > LATE_NS;
		if (late > counts->worst_late_ns)
			counts->worst_late_ns = late;
	}
	pool_free(w->pool, p);
}

static void give_due(struct work *w)
{
	uint64_t now = line_now();

	for (int i = 0; i < AT_ONCE && w->queue.count && w->queue.heap[0].due_ns <= now; i++) {
		give_back(w, queue_pop(&w->queue), now);
		now = line_now();
	}
}

static bool wanted(const struct work *w)
{
	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++)
		if (w->lines[slot].flags & LINE_ON)
			return true;
	return false;
}

/* false: nobody has asked for anything for a while */
static bool rest(struct work *w, unsigned *idle)
{
	struct pollfd ready[2] = { { w->ports[0], POLLIN, 0 }, { w->ports[1], POLLIN, 0 } };
	uint64_t now = line_now(), left = LOOK_NS;
	struct timespec wait;

	if (w->queue.count) {
		uint64_t due = w->queue.heap[0].due_ns;

		*idle = 0;
		if (due <= now + SPIN_NS)
			return true;
		left = due - now - SPIN_NS;
	}
	left = left < LOOK_NS ? left : LOOK_NS;
	wait = (struct timespec){ left / 1000000000, left % 1000000000 };
	if (ppoll(ready, 2, &wait, NULL) || w->queue.count)
		return true;
	*idle = wanted(w) ? 0 : *idle + 1;
	return *idle < IDLE_LOOKS;
}

static void waits(struct packet *packet, void *context)
{
	struct work *w = context;

	if ((int32_t)(packet->order - w->queue.last_order) > 0)
		w->queue.last_order = packet->order;
	queue_push(&w->queue, packet);
}

int line_work(struct work *w)
{
	struct sched_param realtime = { .sched_priority = 10 };
	unsigned idle = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_TIMERSLACK, 1);
	/* May be refused (a cgroup without real-time share): then it is as punctual as the node is idle. */
	sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &realtime);
	if (getrandom(&w->random, sizeof(w->random), 0) != sizeof(w->random) || !w->random)
		w->random = line_now() | 1;
	w->fates = calloc(EGRE_MAX_ENDS, sizeof(*w->fates));
	if (!w->fates)
		return 1;
	pool_open(w->pool, waits, w);
	do {
		give_due(w);
	} while (take_some(w) || rest(w, &idle));
	return 0;
}
