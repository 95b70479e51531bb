/* SPDX-License-Identifier: GPL-2.0-only */
/* May this router be passed by now, and is what is known of a flow still worth something? */
#ifndef EGRE_FLOW_H
#define EGRE_FLOW_H

#include "transit.h"

static __always_inline const struct fast_host *host_of(const struct egre_end *end, __u32 *number)
{
	*number = end->host;
	return *number ? bpf_map_lookup_elem(&fast_hosts, number) : NULL;
}

/* Some 4 ms behind, and a tenth of the price. */
static __always_inline __u64 now(void)
{
	return bpf_ktime_get_coarse_ns();
}

static __always_inline int somebody_listens(__u64 at)
{
	__u32 zero = 0;
	const struct fast_state *state = bpf_map_lookup_elem(&fast_state, &zero);

	return state && at < *(volatile const __u64 *)&state->alive_until;
}

static __always_inline __u32 ticks(__u64 at)
{
	return at >> FAST_TICK_SHIFT;
}

/*
 * Once old, one packet goes by the kernel, whose neighbour table then stays alive; only if nothing is learnt from that one
 * do all others follow it.
 */
static __always_inline int is_fresh(struct fast_flow *flow, __u32 generation, __u64 at)
{
	__u32 age = ticks(at) - flow->learnt;

	if (flow->generation != generation || age > FAST_FLOW_TICKS + FAST_GRACE_TICKS)
		return 0;
	if (age <= FAST_FLOW_TICKS || flow->asked)
		return 1;
	flow->asked = 1; /* two processors at once: two packets ask */
	return 0;
}

/* In place of another, of the same router's same state, it holds for the longest that has passed. */
static __always_inline void keep_flow(struct transit *t, const struct fast_flow *flow)
{
	if (t->is_ipv6)
		bpf_map_update_elem(&fast_flows6, &t->key.v6, flow, BPF_ANY);
	else
		bpf_map_update_elem(&fast_flows4, &t->key.v4, flow, BPF_ANY);
}

static __always_inline struct fast_flow *flow_of(struct transit *t)
{
	if (t->is_ipv6)
		return bpf_map_lookup_elem(&fast_flows6, &t->key.v6);
	return bpf_map_lookup_elem(&fast_flows4, &t->key.v4);
}

static __always_inline struct fast_recent *recent_of(const struct fast_flow4_key *key)
{
	/* The upper bits of a product (Knuth, TAOCP 3, 6.4): slots one after the other, all with the same addresses, do not meet. */
	__u32 place = (key->slot * 0x9e3779b1u + key->from * 0x85ebca77u + key->to * 0xc2b2ae3du + key->tos * 0x27d4eb2fu) >>
		      (32 - FAST_RECENT_BITS);

	place += bpf_get_smp_processor_id() * FAST_RECENT;
	return bpf_map_lookup_elem(&fast_recent, &place);
}

static __always_inline int is_recent(const struct fast_recent *r, const struct fast_flow4_key *key, __u32 generation,
				     __u64 at, __u32 length)
{
	return !((r->key.slot ^ key->slot) | (r->key.from ^ key->from) | (r->key.to ^ key->to) | (r->key.tos ^ key->tos)) &&
	       r->flow.generation == generation && ticks(at) - r->flow.learnt <= FAST_FLOW_TICKS && length <= r->flow.mtu;
}

/* Where a packet leaves, if that is known; whether one of this length may is for the caller to see. */
static __always_inline const struct fast_flow *fresh_flow(struct transit *t, __u32 generation, __u64 at, __u32 length)
{
	struct fast_recent *recent = t->is_ipv6 ? NULL : recent_of(&t->key.v4);
	struct fast_flow *flow;

	if (recent && is_recent(recent, &t->key.v4, generation, at, length))
		return &recent->flow;
	flow = flow_of(t);
	if (!flow || !is_fresh(flow, generation, at))
		return NULL;
	if (recent) {
		recent->key = t->key.v4;
		recent->flow = *flow;
	}
	return flow;
}

#endif
