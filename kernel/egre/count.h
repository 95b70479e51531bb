/* SPDX-License-Identifier: GPL-2.0-only */
/* Which counters move? */
#ifndef EGRE_COUNT_H
#define EGRE_COUNT_H

#include "maps.h"

#define ETH_HEADER 14
#define TCP_IPV4_HEADERS 40

struct amount {
	__u64 packets, bytes;
};

/*
 * A GSO packet counts as the packets it stands for. gso_segs is not to be trusted: TCP leaves it at 1 and
 * bpf_skb_adjust_room sets it to 0, so both ends of a link compute it from the size, and agree.
 */
static __always_inline struct amount amount_of(struct __sk_buff *skb, __u32 outer)
{
	struct amount amount = { .packets = 1, .bytes = skb->len - outer };
	__u32 gso_size = skb->gso_size;

	if (gso_size) {
		__u32 headers = outer + ETH_HEADER + TCP_IPV4_HEADERS;

		if (skb->len > headers)
			amount.packets = (skb->len - headers + gso_size - 1) / gso_size;
	}
	return amount;
}

/* `slot` is one of an end that was found. */
static __always_inline struct egre_counters *counters_of(__u32 slot)
{
	__u32 place = bpf_get_smp_processor_id() * EGRE_MAX_ENDS + slot;

	return bpf_map_lookup_elem(&passed, &place);
}

static __always_inline void count_in(__u32 slot, struct amount amount)
{
	struct egre_counters *c = counters_of(slot);

	if (c) {
		c->in_packets += amount.packets;
		c->in_bytes += amount.bytes;
	}
}

static __always_inline void count_out(__u32 slot, struct amount amount)
{
	struct egre_counters *c = counters_of(slot);

	if (c) {
		c->out_packets += amount.packets;
		c->out_bytes += amount.bytes;
	}
}

#endif
