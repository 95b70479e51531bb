/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which way does a packet take through its router? Seen from outside: it is let in with a token, and bears it still when it
 * comes out. What its kernel did with this one it would do with the next of its kind, until something in it changes.
 *
 * The token is skb->hash: nothing but a queue's choice depends on it, forwarding and veth leave it alone, and it holds what
 * has to be known: the slot of the virtual interface that the packet came in by, and the router's generation at that time.
 */
#ifndef EGRE_LEARN_H
#define EGRE_LEARN_H

#include "flow.h"
#include "parse.h"
#include "too-long.h"

#define TOKEN 0x40000000u
#define TOKEN_MASK 0xc0000000u
#define TOKEN_SLOTS (EGRE_MAX_ENDS - 1u)
#define TOKEN_GENERATION_SHIFT 14
#define TOKEN_GENERATIONS 0xffffu

static __always_inline __u32 token_of(__u32 slot, __u32 generation)
{
	return TOKEN | (generation & TOKEN_GENERATIONS) << TOKEN_GENERATION_SHIFT | slot;
}

/*
 * The longest packet this one becomes on a link. A segment of TCP or UDP has a whole header of its own; of anything else
 * that is to be cut up nothing is promised.
 */
static __always_inline __u32 longest_of(struct __sk_buff *skb, const struct transit *t, __u32 ip_offset)
{
	if (!skb->gso_size)
		return t->length;
	if (t->protocol != IPPROTO_TCP && t->protocol != IPPROTO_UDP)
		return ~0u;
	return headers_of_segment(skb, ip_offset - ETH_HLEN) - ETH_HLEN + skb->gso_size;
}

static __always_inline int is_multicast(const __u8 *address)
{
	return address[0] & 1;
}

/* Only out of the router that it was let into, in the state it then was in: a forged token leads nowhere else. */
static __noinline int learn(struct __sk_buff *skb, __u32 slot)
{
	__u32 token = skb->hash, in_slot = token & TOKEN_SLOTS, number = 0, length;
	const struct egre_end *out = bpf_map_lookup_elem(&ends, &slot), *in = bpf_map_lookup_elem(&ends, &in_slot);
	struct ethhdr *eth = data_of(skb);
	const struct fast_host *host;
	struct fast_flow flow = { .out = slot }, *known;
	struct transit t;
	__u64 at = now();

	if (!out || !in || slot == in_slot || skb->vlan_present || (void *)(eth + 1) > end_of(skb))
		return 0;
	host = host_of(in, &number);
	if (!host || out->host != number || host->blocked || host->uncached)
		return 0;
	flow.generation = *(volatile const __u32 *)&host->generation;
	if (token != token_of(in_slot, flow.generation) || is_multicast(eth->h_dest) ||
	    !is_transit(eth, end_of(skb), skb->len - ETH_HLEN, in_slot, &t, 1, 0))
		return 0;
	__builtin_memcpy(flow.dmac, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(flow.smac, eth->h_source, ETH_ALEN);
	bpf_set_hash_invalid(skb);
	length = longest_of(skb, &t, ETH_HLEN);
	if (length > out->mtu)
		return 0;
	flow.learnt = ticks(at);
	flow.mtu = length;
	known = flow_of(&t);
	if (known && known->generation == flow.generation && known->out == slot &&
	    flow.learnt - known->learnt <= FAST_FLOW_TICKS) {
		if (length <= known->mtu)
			return 0;
		flow.learnt = known->learnt; /* longer than those before; else nothing is new */
	}
	keep_flow(&t, &flow);
	return 0;
}

static __always_inline void learn_if_let_in(struct __sk_buff *skb, __u32 slot)
{
	if ((skb->hash & TOKEN_MASK) == TOKEN)
		learn(skb, slot);
}

#endif
