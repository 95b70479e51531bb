// SPDX-License-Identifier: GPL-2.0-only
/* What is said to the kernel about HTB, TBF and the queues below them (tc-htb(8), tc-tbf(8)). */
#include <errno.h>
#include <linux/pkt_sched.h>
#include <string.h>
#include "queues.h"

#define OUR_QUEUE (EGRE_CLASS_MAJOR << 16)
#define BYTES_PER_S(kbps) ((kbps) * 125ULL)
#define NS_PER_S 1000000000ULL

/* A token bucket holds 5 ms: less and a timer that is late costs rate, more and bursts pass unshaped. */
#define BURST_PER_S 200
#define LEAST_BURST 4096u
/* What may wait: 100 ms of the rate, but at least two of the largest packets that TCP hands down as one. */
#define WAIT_PER_S 10
#define LEAST_WAIT 131072u
#define MOST_WAIT (16u << 20)
/* How much more than its rate a class takes of what is idle is in proportion to it, within what HTB takes (tc-htb(8)). */
#define LEAST_QUANTUM 1600u
#define MOST_QUANTUM 200000u

static uint32_t within(uint64_t value, uint32_t least, uint32_t most)
{
	return value < least ? least : value > most ? most : (uint32_t)value;
}

static uint32_t burst_of(uint64_t kbps)
{
	return within(BYTES_PER_S(kbps) / BURST_PER_S, LEAST_BURST, UINT32_MAX);
}

static uint32_t wait_of(uint64_t kbps)
{
	return within(BYTES_PER_S(kbps) / WAIT_PER_S, LEAST_WAIT, MOST_WAIT);
}

/* In the unit of psched_ticks: 64 ns (net/pkt_sched.h). */
static uint32_t ticks(uint32_t bytes, uint64_t kbps)
{
	return within(bytes * NS_PER_S / BYTES_PER_S(kbps) >> 6, 1, UINT32_MAX);
}

static struct tc_ratespec spec_of(uint64_t kbps)
{
	return (struct tc_ratespec){ .linklayer = TC_LINKLAYER_ETHERNET, .rate = within(BYTES_PER_S(kbps), 1, UINT32_MAX) };
}

static void put_rate64(struct batch *b, uint16_t type, uint64_t kbps)
{
	uint64_t rate = BYTES_PER_S(kbps);

	if (rate > UINT32_MAX)
		put(b, type, &rate, sizeof(rate));
}

static struct tcmsg at(uint32_t index, uint32_t parent, uint32_t handle)
{
	return (struct tcmsg){ .tcm_ifindex = index, .tcm_parent = parent, .tcm_handle = handle };
}

void queue_prepare(struct batch *b, struct op *op, uint32_t index)
{
	struct tcmsg message = at(index, TC_H_ROOT, OUR_QUEUE);
	struct tc_htb_glob all = { .version = 3, .rate2quantum = 10 };
	struct rtattr *options;

	/* What has no class (the node's own packets) passes at once: HTB's default. */
	/* In place of another queue that somebody gave the device; where it is ours already, the kernel says EEXIST. */
	batch_begin(b, op, "preparing the queue of the underlay device", EEXIST, RTM_NEWQDISC,
		    NLM_F_CREATE | NLM_F_EXCL | NLM_F_REPLACE, &message, sizeof(message));
	put_text(b, TCA_KIND, "htb");
	options = put_open(b, TCA_OPTIONS);
	put(b, TCA_HTB_INIT, &all, sizeof(all));
	put_close(b, options);
}

void queue_remove(struct batch *b, struct op *op, uint32_t index)
{
	struct tcmsg message = at(index, TC_H_ROOT, OUR_QUEUE);

	batch_begin(b, op, "removing the queue", ENOENT, RTM_DELQDISC, 0, &message, sizeof(message));
}

void queue_class(struct batch *b, struct op *op, uint32_t index, uint32_t minor, uint32_t parent_minor, struct rate rate)
{
	struct tcmsg message = at(index, OUR_QUEUE | parent_minor, OUR_QUEUE | minor);
	struct tc_htb_opt htb = {
		.rate = spec_of(rate.kbps),
		.ceil = spec_of(rate.ceil_kbps),
		.buffer = ticks(burst_of(rate.kbps), rate.kbps),
		.cbuffer = ticks(burst_of(rate.ceil_kbps), rate.ceil_kbps),
		.quantum = within(BYTES_PER_S(rate.kbps) / BURST_PER_S, LEAST_QUANTUM, MOST_QUANTUM),
	};
	struct rtattr *options;

	batch_begin(b, op, "giving the link its class", 0, RTM_NEWTCLASS, NLM_F_CREATE, &message, sizeof(message));
	put_text(b, TCA_KIND, "htb");
	options = put_open(b, TCA_OPTIONS);
	put(b, TCA_HTB_PARMS, &htb, sizeof(htb));
	put_rate64(b, TCA_HTB_RATE64, rate.kbps);
	put_rate64(b, TCA_HTB_CEIL64, rate.ceil_kbps);
	put_close(b, options);
}

void queue_bound(struct batch *b, struct op *op, uint32_t index, uint32_t minor, uint64_t kbps)
{
	struct tcmsg message = at(index, OUR_QUEUE | minor, minor << 16); /* named by us, so that it is changed in place */
	struct tc_fifo_qopt fifo = { .limit = wait_of(kbps) };

	batch_begin(b, op, "bounding the link's queue", 0, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, &message,
		    sizeof(message));
	put_text(b, TCA_KIND, "bfifo");
	put(b, TCA_OPTIONS, &fifo, sizeof(fifo));
}

void queue_class_delete(struct batch *b, struct op *op, uint32_t index, uint32_t minor)
{
	struct tcmsg message = at(index, 0, OUR_QUEUE | minor);

	batch_begin(b, op, "taking the link's class away", ENOENT, RTM_DELTCLASS, 0, &message, sizeof(message));
}

void queue_limit(struct batch *b, struct op *op, uint32_t index, uint64_t kbps)
{
	struct tcmsg message = at(index, TC_H_ROOT, OUR_QUEUE);
	uint32_t burst = burst_of(kbps);
	struct tc_tbf_qopt tbf = { .rate = spec_of(kbps), .limit = wait_of(kbps), .buffer = ticks(burst, kbps) };
	struct rtattr *options;

	batch_begin(b, op, "limiting the virtual interface", 0, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, &message,
		    sizeof(message));
	put_text(b, TCA_KIND, "tbf");
	options = put_open(b, TCA_OPTIONS);
	put(b, TCA_TBF_PARMS, &tbf, sizeof(tbf));
	put_rate64(b, TCA_TBF_RATE64, kbps);
	put_u32(b, TCA_TBF_BURST, burst);
	put_close(b, options);
}

static uint64_t kbps_of(const struct tc_ratespec *spec, const struct rtattr *rate64)
{
	uint64_t rate = spec->rate;

	if (rate64 && RTA_PAYLOAD(rate64) >= sizeof(rate))
		memcpy(&rate, RTA_DATA(rate64), sizeof(rate));
	return rate / 125;
}

struct listing {
	queue_class_found *class;
	queue_limit_found *limit;
	void *context;
};

static void one_class(const struct nlmsghdr *message, void *context)
{
	const struct tcmsg *info = NLMSG_DATA(message);
	const struct rtattr *a[TCA_OPTIONS + 1], *o[TCA_HTB_CEIL64 + 1];
	const struct listing *listing = context;
	const struct tc_htb_opt *htb;
	struct queue_class class;

	attributes_of(message, sizeof(*info), a, TCA_OPTIONS + 1);
	if (TC_H_MAJ(info->tcm_handle) != OUR_QUEUE || !a[TCA_OPTIONS])
		return;
	attributes_in(a[TCA_OPTIONS], o, TCA_HTB_CEIL64 + 1);
	if (!o[TCA_HTB_PARMS] || RTA_PAYLOAD(o[TCA_HTB_PARMS]) < sizeof(*htb))
		return;
	htb = RTA_DATA(o[TCA_HTB_PARMS]);
	class = (struct queue_class){
		.minor = TC_H_MIN(info->tcm_handle),
		.parent_minor = info->tcm_parent == TC_H_ROOT ? 0 : TC_H_MIN(info->tcm_parent),
		.rate = { kbps_of(&htb->rate, o[TCA_HTB_RATE64]), kbps_of(&htb->ceil, o[TCA_HTB_CEIL64]) },
	};
	listing->class(info->tcm_ifindex, &class, listing->context);
}

int queues_list_classes(struct netlink *nl, uint32_t index, queue_class_found *found, void *context)
{
	struct listing listing = { .class = found, .context = context };
	struct tcmsg of = { .tcm_ifindex = index };

	return netlink_dump(nl, RTM_GETTCLASS, &of, sizeof(of), NULL, 0, one_class, &listing);
}

static void one_queue(const struct nlmsghdr *message, void *context)
{
	const struct tcmsg *info = NLMSG_DATA(message);
	const struct rtattr *a[TCA_OPTIONS + 1], *o[TCA_TBF_RATE64 + 1];
	const struct listing *listing = context;
	const struct tc_tbf_qopt *tbf;

	attributes_of(message, sizeof(*info), a, TCA_OPTIONS + 1);
	if (info->tcm_handle != OUR_QUEUE || !a[TCA_KIND] || strcmp(RTA_DATA(a[TCA_KIND]), "tbf") || !a[TCA_OPTIONS])
		return;
	attributes_in(a[TCA_OPTIONS], o, TCA_TBF_RATE64 + 1);
	if (!o[TCA_TBF_PARMS] || RTA_PAYLOAD(o[TCA_TBF_PARMS]) < sizeof(*tbf))
		return;
	tbf = RTA_DATA(o[TCA_TBF_PARMS]);
	listing->limit(info->tcm_ifindex, kbps_of(&tbf->rate, o[TCA_TBF_RATE64]), listing->context);
}

int queues_list_limits(struct netlink *nl, queue_limit_found *found, void *context)
{
	struct listing listing = { .limit = found, .context = context };
	struct tcmsg all = { 0 };

	return netlink_dump(nl, RTM_GETQDISC, &all, sizeof(all), NULL, 0, one_queue, &listing);
}
