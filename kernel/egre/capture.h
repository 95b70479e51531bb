/* SPDX-License-Identifier: GPL-2.0-only */
/* Who watches a virtual interface, and what do they see? A copy of each frame that passes it, cut to what they asked for. */
#ifndef EGRE_CAPTURE_H
#define EGRE_CAPTURE_H

#include <stddef.h>
#include "maps.h"
#include "packet.h"

static __noinline int copy_to_ring(struct __sk_buff *skb, __u32 slot, __u32 direction)
{
	struct egre_capture *c = bpf_map_lookup_elem(&captures, &slot);
	__u32 zero = 0, length = skb->len, size = length;
	struct egre_frame *f;
	void *ring;

	if (!c || bpf_ktime_get_ns() > c->until_ns || length < c->least || length > c->most)
		return 0;
	if (c->every > 1 && bpf_get_prandom_u32() % c->every)
		return 0;
	ring = bpf_map_lookup_elem(&rings, &c->ring);
	f = bpf_map_lookup_elem(&frame, &zero);
	if (!ring || !f)
		return 0;
	if (size > c->snap)
		size = c->snap;
	if (size > EGRE_SNAP)
		size = EGRE_SNAP;
	if (size < ETH_HLEN)
		return 0;
	/* The verifier follows a bound through a mask, but not through what the compiler makes of comparisons. */
	size -= ETH_HLEN;
	asm volatile("" : "+r"(size));
	size = (size & (EGRE_SNAP - 1)) + ETH_HLEN;
	if (bpf_skb_load_bytes(skb, 0, f->bytes, size))
		return 0;
	f->at_ns = bpf_ktime_get_ns();
	f->length = length;
	f->captured = size;
	f->direction = direction;
	f->tag = skb->vlan_present ? skb->vlan_proto | skb->vlan_tci << 16 : 0;
	/* Whoever reads is slow: the frame goes its way, and only the copy is lost. */
	if (bpf_ringbuf_output(ring, f, offsetof(struct egre_frame, bytes) + size, 0))
		c->lost++;
	return 0;
}

static __always_inline void capture(struct __sk_buff *skb, const struct egre_end *end, __u32 slot, __u32 direction)
{
	if (end->flags & EGRE_END_SLOW)
		copy_to_ring(skb, slot, direction);
}

#endif
