/* SPDX-License-Identifier: GPL-2.0-only */
/* Which ends may the fast path join, and what is counted at them? */
#ifndef FAST_ENDS_H
#define FAST_ENDS_H

#include "fast-maps.h"
#include "../egre/count.h"
#include "../egre/flow.h"
#include "../egre/outer.h"

struct joined {
	const struct egre_end *from, *to;
	__u32 slot, to_slot;
};

/* Any flag of an end asks for something that only the tc path does: a queue, a delay, a capture. */
static __always_inline int join(struct joined *j, __u32 slot)
{
	j->slot = slot;
	j->from = bpf_map_lookup_elem(&ends, &slot);
	if (!j->from || j->from->kind == EGRE_FREE || j->from->flags)
		return 0;
	j->to_slot = j->from->to;
	j->to = bpf_map_lookup_elem(&ends, &j->to_slot);
	return j->to && j->to_slot && j->to->kind != EGRE_FREE && !j->to->flags;
}

static __always_inline void count_passage(const struct joined *j, __u32 bytes)
{
	struct egre_counters *c = counters_of(j->slot);

	if (c) {
		c->in_packets++;
		c->in_bytes += bytes;
	}
	c = counters_of(j->to_slot);
	if (c) {
		c->out_packets++;
		c->out_bytes += bytes;
	}
}

/* A neighbour that packets of this length can be sent to; if not, the tc path says why. */
static __always_inline const struct egre_neighbour *way_to(const struct egre_end *to, __u32 length)
{
	int reason;
	const struct egre_neighbour *n = next_node(to, &reason);

	return n && length <= n->mtu ? n : NULL;
}

/* Whether a slot is an interface of this host, and has this number inside it. */
static __always_inline int is_interface_of(__u32 slot, __u32 host, __u32 inner)
{
	const struct fast_end *fast = bpf_map_lookup_elem(&fast_ends, &slot);
	const struct egre_end *end = bpf_map_lookup_elem(&ends, &slot);

	return fast && end && end->host == host && fast->inner == inner;
}

#endif
