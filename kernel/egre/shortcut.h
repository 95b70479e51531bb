/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a router is known to do with a packet is done for it here: it goes from where it arrives to where it leaves without
 * its router's kernel, and everything else on its way (queues, captures, the delay line) is as if it had been there.
 */
#ifndef EGRE_SHORTCUT_H
#define EGRE_SHORTCUT_H

#include "learn.h"
#include "outer.h"
#include "too-long.h"

struct shortcut {
	struct transit transit;
	const struct fast_flow *flow;
	const struct egre_end *out, *to; /* the virtual interface it leaves by, and what that leads to */
	__u32 out_slot, to_slot;
	__u32 token; /* 0: its router will not be passed by; else for a packet that goes through it, to learn from */
};

/* Of the device it arrives at only what it sends does not matter here. */
static __always_inline const struct fast_host *router_at(const struct egre_end *in, __u32 *number)
{
	const struct fast_host *host;

	if (in->flags & ~EGRE_END_DOWN)
		return NULL;
	host = host_of(in, number);
	return host && !host->blocked && !host->uncached ? host : NULL;
}

/* If not, it is for its router to hear why. */
static __always_inline int has_way(const struct egre_end *to, __u32 longest)
{
	int reason;
	const struct egre_neighbour *n = next_node(to, &reason);

	return n && longest + ETH_HLEN <= room_for_frame(n);
}

/* `offset`: of the inner frame in the packet; `room`: of its payload. True: s->flow says where it goes. */
static __always_inline int find_shortcut(struct __sk_buff *skb, const struct egre_end *in, __u32 slot, __u32 offset,
					 __u32 room, struct shortcut *s)
{
	__u64 at;
	__u32 number = 0, longest;
	const struct fast_host *host = router_at(in, &number);
	struct ethhdr *eth;

	s->token = 0;
	if (!host)
		return 0;
	at = now();
	if (!somebody_listens(at) || skb->vlan_present || pull(skb, offset + ETH_HLEN + sizeof(struct iphdr)))
		return 0;
	eth = data_of(skb) + offset;
	if ((void *)(eth + 1) > end_of(skb) || !is_to(eth, in) ||
	    !is_transit(eth, end_of(skb), room, slot, &s->transit, 2, 1))
		return 0;
	s->token = token_of(slot, host->generation);
	longest = longest_of(skb, &s->transit, offset + ETH_HLEN);
	s->flow = fresh_flow(&s->transit, host->generation, at, longest);
	if (!s->flow || longest > s->flow->mtu)
		return 0;
	s->out_slot = s->flow->out;
	s->out = bpf_map_lookup_elem(&ends, &s->out_slot);
	if (!s->out || longest > s->out->mtu || s->out->kind != EGRE_DEVICE ||
	    s->out->flags & (EGRE_END_DOWN | EGRE_END_SLOW))
		return 0;
	/* Whatever a flow says, it never leads out of its own router. */
	if (s->out->host != number)
		return 0;
	s->to_slot = s->out->to;
	s->to = bpf_map_lookup_elem(&ends, &s->to_slot);
	if (!s->to_slot || !s->to)
		return 0;
	return s->to->kind == EGRE_DEVICE || (s->to->kind == EGRE_TUNNEL && has_way(s->to, longest));
}

/*
 * Addresses and TTL. Where a NIC has summed the whole packet, the sum is mended for what changes; it knows of what comes after
 * the outermost Ethernet header only, so of a frame that has none around it the addresses do not count.
 */
static __always_inline int rewrite(struct __sk_buff *skb, __u32 offset, const struct shortcut *s)
{
	struct ethhdr *eth = data_of(skb) + offset;
	struct ipv6hdr *ip6 = (void *)(eth + 1);
	__u16 was[7] = {}, *now = (void *)eth;
	__u32 sum = 0;

	if ((void *)(eth + 1) + sizeof(struct iphdr) > end_of(skb))
		return -1;
	__builtin_memcpy(was, eth, 12);
	if (s->transit.is_ipv6)
		was[6] = ((__u16 *)ip6)[3];
	pass_on(eth, end_of(skb), s->flow->dmac, s->transit.is_ipv6);
	if (offset)
		sum = difference(was, now, 6);
	if (s->transit.is_ipv6)
		sum += difference(was + 6, (__u16 *)ip6 + 3, 1);
	if (sum)
		bpf_csum_update(skb, sum);
	return 0;
}

/* From here on it is as if the router had sent it: reasons to drop it are counted where they would be then. */
static __always_inline void pass_router(const struct shortcut *s, __u32 *slot, const struct egre_end **to, __u32 *to_slot,
					struct amount amount)
{
	count_out(*to_slot, amount);
	count_in(s->out_slot, amount);
	*slot = s->out_slot;
	*to = s->to;
	*to_slot = s->to_slot;
}

#endif
