// SPDX-License-Identifier: GPL-2.0-only
/*
 * What of link emulation does the kernel's own netem keep (tc-netem(8)), where there is one? A constant delay: it takes
 * packets as they are and costs no way through a process. Nothing else of it is used, as it would decide once for all
 * packets that TCP hands down as one, and lets jitter reorder (decision 41).
 */
#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <stdlib.h>
#include <string.h>
#include "boottime.h"
#include "ends.h"
#include "line-queue.h"

#define OUR_DELAY 0x4d7a0000u /* its handle: what others put on a device is left alone */
#define MOST_WAITING 65536u   /* packets */
#define LONGEST_IN_LINE_S 11  /* what went into the delay line has left it by then */

void line_queue_left(struct egre_line *line)
{
	line->left_s = boottime_s();
}

bool line_queue_fits(const struct maps *maps, uint32_t slot, const struct egre_line *want)
{
	const struct egre_line *is = &maps->lines[slot];
	const struct egre_end *end = &maps->ends[slot];

	if (!want->delay_us || want->rate_kbps || want->jitter_us || want->loss || want->duplicate || want->reorder ||
	    want->corrupt || want->trace[0])
		return false;
	/* A link within the node may have a rate, which is kept in the same place. */
	if (end->flags & EGRE_END_SHAPED || maps->ends[end->to % EGRE_MAX_ENDS].kind != EGRE_TUNNEL)
		return false;
	/* What is still in the delay line would be delayed here again. */
	return !(is->flags & LINE_ON) && (!is->left_s || boottime_s() - is->left_s > LONGEST_IN_LINE_S);
}

static void put_delay(struct batch *b, struct op *op, uint32_t index, uint32_t delay_us, uint16_t flags, int forgive)
{
	struct tcmsg message = { .tcm_ifindex = index, .tcm_parent = TC_H_ROOT, .tcm_handle = OUR_DELAY };
	int64_t ns = delay_us * 1000ll;
	struct tc_netem_qopt netem = { .limit = MOST_WAITING, .latency = ns >> 6 };
	struct rtattr *options;

	batch_begin(b, op, "delaying", forgive, RTM_NEWQDISC, flags, &message, sizeof(message));
	put_text(b, TCA_KIND, "netem");
	options = put_open(b, TCA_OPTIONS);
	put_header(b, &netem, sizeof(netem));
	put(b, TCA_NETEM_LATENCY64, &ns, sizeof(ns));
	put_close(b, options);
}

int line_queue_set(struct trellis *t, uint32_t index, uint32_t delay_us)
{
	struct op op = { 0 };
	struct batch b;

	/* Replacing one of the same kind and name changes it: what waits goes on waiting. */
	batch_open(&b, &t->nl);
	put_delay(&b, &op, index, delay_us, NLM_F_CREATE | NLM_F_REPLACE, 0);
	batch_send(&b);
	return op.error;
}

void line_queue_leave(struct trellis *t, uint32_t index)
{
	struct op ignored = { 0 };
	struct batch b;

	batch_open(&b, &t->nl);
	put_delay(&b, &ignored, index, 0, NLM_F_REPLACE, ENOENT);
	batch_send(&b);
}

struct listing {
	line_queue_found *found;
	void *context;
};

static void one(const struct nlmsghdr *message, void *context)
{
	const struct tcmsg *info = NLMSG_DATA(message);
	const struct rtattr *a[TCA_STATS2 + 1], *s[TCA_STATS_MAX + 1];
	const struct listing *listing = context;
	struct line_queue queue = { .index = info->tcm_ifindex };
	const struct gnet_stats_queue *waiting;
	const struct gnet_stats_basic *passed;

	attributes_of(message, sizeof(*info), a, TCA_STATS2 + 1);
	if (info->tcm_handle != OUR_DELAY || !a[TCA_KIND] || strcmp(RTA_DATA(a[TCA_KIND]), "netem") || !a[TCA_STATS2])
		return;
	attributes_in(a[TCA_STATS2], s, TCA_STATS_MAX + 1);
	if (s[TCA_STATS_BASIC]) {
		passed = RTA_DATA(s[TCA_STATS_BASIC]);
		queue.passed = passed->packets;
	}
	if (s[TCA_STATS_QUEUE]) {
		waiting = RTA_DATA(s[TCA_STATS_QUEUE]);
		queue.waiting = waiting->qlen;
		queue.overflowed = waiting->drops;
	}
	listing->found(&queue, listing->context);
}

int line_queues_list(struct netlink *nl, line_queue_found *found, void *context)
{
	struct listing listing = { found, context };
	struct tcmsg all = { 0 };

	return netlink_dump(nl, RTM_GETQDISC, &all, sizeof(all), NULL, 0, one, &listing);
}

struct sweep {
	struct trellis *t;
	struct batch batch;
	struct op ignored;
	bool empty[EGRE_MAX_ENDS];
};

static void note_empty(const struct line_queue *queue, void *context)
{
	struct sweep *s = context;
	uint32_t slot = end_of_device(&s->t->maps, queue->index);

	if (slot && s->t->maps.lines[slot].flags & LINE_LEAVING && !queue->waiting)
		s->empty[slot] = true;
}

void line_queues_sweep(struct trellis *t)
{
	struct sweep *s = NULL;

	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS && !s; slot++)
		if (t->maps.lines[slot].flags & LINE_LEAVING)
			s = calloc(1, sizeof(*s));
	if (!s)
		return;
	s->t = t;
	line_queues_list(&t->nl, note_empty, s);
	batch_open(&s->batch, &t->nl);
	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++) {
		struct tcmsg message = { .tcm_ifindex = t->maps.ends[slot].ifindex, .tcm_parent = TC_H_ROOT,
					 .tcm_handle = OUR_DELAY };

		if (!s->empty[slot])
			continue;
		batch_begin(&s->batch, &s->ignored, "taking the delay away", ENOENT, RTM_DELQDISC, 0, &message, sizeof(message));
		t->maps.lines[slot].flags &= ~LINE_LEAVING;
		__atomic_and_fetch(&t->maps.ends[slot].flags, (uint16_t)~EGRE_END_QUEUED, __ATOMIC_SEQ_CST);
	}
	batch_send(&s->batch);
	free(s);
}
