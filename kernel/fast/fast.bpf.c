// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fast path: what a router or a relay just passes on, before the kernel makes a packet of it.
 *   fast_underlay  on an underlay device: relays; forwards flows it knows; hands others to the port of their router
 *   fast_port      on the virtual interface inside a router: asks the router's own routes, and learns a flow
 * Everything else is passed, to the tc path at the underlay and to the kernel inside the virtual host. Nothing is ever
 * dropped here, so that reasons are counted in one place.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "ends.h"
#include "frame.h"
#include "../egre/find.h"

/* Goes with a frame from the underlay to a port; what a virtual host sends has none, and cannot. */
struct arrival {
	__u32 magic, slot;
};
#define ARRIVAL 0x4d79564e

static __always_inline int relay(struct headers h, __u32 length, const struct joined *j)
{
	const struct egre_neighbour *n = way_to(j->to, length);
	__u8 ttl = h.ip->ttl;
	long verdict;

	if (ttl <= 1 || !n)
		return XDP_PASS;
	/* First, as it fails where there is no such device (any more); it only notes where the frame is to go. */
	verdict = bpf_redirect_map(&fast_underlays, j->to->neighbour, XDP_PASS);
	if (verdict != XDP_REDIRECT)
		return XDP_PASS;
	count_passage(j, length + ETH_HLEN - OUTER_LENGTH);
	write_outer(h, n, j->to->key, length, ttl - 1);
	return verdict;
}

/* The frame stays where it is: only the outer header, the MAC addresses and the TTL inside are written anew. */
static __always_inline int forward(struct headers h, void *stop, __u32 length, const struct joined *in, __u32 host,
				   const struct fast_flow *flow, const struct transit *t)
{
	__u32 bytes = length + ETH_HLEN - OUTER_LENGTH;
	const struct egre_neighbour *n;
	struct joined out;
	long verdict;

	if (!join(&out, flow->out) || out.to->kind != EGRE_TUNNEL || bytes > out.from->mtu + ETH_HLEN)
		return XDP_PASS;
	/* Whatever a flow says, it never leads out of its own router. */
	if (out.from->host != host)
		return XDP_PASS;
	n = way_to(out.to, length);
	if (!n)
		return XDP_PASS;
	verdict = bpf_redirect_map(&fast_underlays, out.to->neighbour, XDP_PASS);
	if (verdict != XDP_REDIRECT)
		return XDP_PASS;
	count_passage(in, bytes);
	count_passage(&out, bytes);
	pass_on(h.inner, stop, flow->dmac, t->is_ipv6);
	write_outer(h, n, out.to->key, length, OUTER_TTL);
	return verdict;
}

static __always_inline int to_port(struct xdp_md *ctx, const struct joined *in)
{
	__u32 bytes = stop_of(ctx) - start_of(ctx) - OUTER_LENGTH;
	struct arrival *arrival;
	long verdict = bpf_redirect_map(&fast_ports, in->to_slot, XDP_PASS);

	if (verdict != XDP_REDIRECT)
		return XDP_PASS;
	if (bpf_xdp_adjust_head(ctx, OUTER_LENGTH))
		return XDP_PASS;
	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*arrival)))
		return XDP_DROP; /* no driver that redirects lacks it */
	arrival = (void *)(long)ctx->data_meta;
	if ((void *)(arrival + 1) > start_of(ctx))
		return XDP_DROP;
	*arrival = (struct arrival){ ARRIVAL, in->to_slot };
	count_passage(in, bytes);
	return verdict;
}

SEC("xdp.frags")
int fast_underlay(struct xdp_md *ctx)
{
	struct headers h = headers_at(start_of(ctx));
	void *stop = stop_of(ctx);
	const struct fast_host *host;
	const struct fast_flow *flow;
	struct egre_tunnel tunnel;
	struct transit t;
	struct joined in;
	__u32 slot, number, length;
	__u64 at;

	if (!is_plain_egre(h, stop))
		return XDP_PASS;
	tunnel_of(h, &tunnel);
	if (!end_of_tunnel(&tunnel, 0, &slot) || !join(&in, slot))
		return XDP_PASS;
	length = stop - (void *)h.ip;
	if (in.to->kind == EGRE_TUNNEL)
		return relay(h, length, &in);

	host = host_of(in.to, &number);
	at = now();
	if (!host || host->blocked || !somebody_listens(at) || !is_to(h.inner, in.to) ||
	    !is_transit(h.inner, stop, stop - (void *)(h.inner + 1), in.to_slot, &t, 2, 1))
		return XDP_PASS;
	flow = host->uncached ? NULL : fresh_flow(&t, host->generation, at, t.length);
	if (flow && t.length <= flow->mtu) {
		int verdict = forward(h, stop, length, &in, number, flow, &t);

		if (verdict != XDP_PASS)
			return verdict;
	}
	return to_port(ctx, &in);
}

static __always_inline int ask_routes(struct xdp_md *ctx, const struct transit *t, struct bpf_fib_lookup *fib)
{
	__u32 inside = ctx->ingress_ifindex;

	asm volatile("" : "+r"(inside)); /* read once: clang would else compute an address in ctx, which the verifier refuses */
	fib->ifindex = inside;
	fib->tot_len = t->length;
	fib->l4_protocol = t->protocol;
	if (t->is_ipv6) {
		fib->family = AF_INET6;
		fib->flowinfo = t->key.v6.traffic_class & bpf_htonl(TRAFFIC_CLASS);
		__builtin_memcpy(fib->ipv6_src, t->key.v6.from, 16);
		__builtin_memcpy(fib->ipv6_dst, t->key.v6.to, 16);
	} else {
		fib->family = AF_INET;
		fib->tos = t->key.v4.tos;
		fib->ipv4_src = t->key.v4.from;
		fib->ipv4_dst = t->key.v4.to;
	}
	return bpf_fib_lookup(ctx, fib, sizeof(*fib), 0) == BPF_FIB_LKUP_RET_SUCCESS && fib->ifindex != inside;
}

static __always_inline int leave(struct xdp_md *ctx, const struct joined *out, const struct fast_flow *flow,
				 const struct transit *t)
{
	__u32 bytes = stop_of(ctx) - start_of(ctx), length = bytes + OUTER_LENGTH - ETH_HLEN;
	const struct egre_neighbour *n = way_to(out->to, length);
	struct headers h;
	long verdict;

	if (!n)
		return XDP_PASS;
	verdict = bpf_redirect_map(&fast_underlays, out->to->neighbour, XDP_PASS);
	if (verdict != XDP_REDIRECT || bpf_xdp_adjust_head(ctx, -(int)OUTER_LENGTH))
		return XDP_PASS;
	h = headers_at(start_of(ctx));
	if ((void *)(h.inner + 1) > stop_of(ctx))
		return XDP_DROP; /* cannot be: it is longer than before */
	count_passage(out, bytes);
	pass_on(h.inner, stop_of(ctx), flow->dmac, t->is_ipv6);
	write_outer(h, n, out->to->key, length, OUTER_TTL);
	return verdict;
}

/* To another router of this node: its port does the same again. */
static __always_inline int cross(struct xdp_md *ctx, const struct joined *out, const struct fast_flow *flow,
				 const struct transit *t)
{
	struct ethhdr *eth = start_of(ctx);
	struct arrival *arrival = (void *)(long)ctx->data_meta;
	__u32 number;
	long verdict;

	if ((void *)(arrival + 1) > (void *)eth || !host_of(out->to, &number))
		return XDP_PASS;
	if ((void *)(eth + 1) > stop_of(ctx))
		return XDP_PASS;
	verdict = bpf_redirect_map(&fast_ports, out->to_slot, XDP_PASS);
	if (verdict != XDP_REDIRECT)
		return XDP_PASS;
	arrival->slot = out->to_slot;
	count_passage(out, stop_of(ctx) - (void *)eth);
	pass_on(eth, stop_of(ctx), flow->dmac, t->is_ipv6);
	return verdict;
}

static __always_inline int route(struct xdp_md *ctx, __u32 slot)
{
	const struct egre_end *at = bpf_map_lookup_elem(&ends, &slot);
	struct ethhdr *eth = start_of(ctx);
	struct bpf_fib_lookup fib = {};
	struct fast_flow flow = {}, *known;
	struct fast_output output = {};
	const struct fast_host *host;
	__u32 *found, out_slot, is_known;
	struct joined out;
	struct transit t;
	__u64 time = now();

	if (!at || (void *)(eth + 1) > stop_of(ctx))
		return XDP_PASS;
	host = host_of(at, &output.host);
	if (!host || host->blocked || !somebody_listens(time) || !is_to(eth, at) ||
	    !is_transit(eth, stop_of(ctx), stop_of(ctx) - (void *)(eth + 1), slot, &t, 2, 0))
		return XDP_PASS;
	/* Before the routes are asked: if they change from now on, what is learnt is not used. */
	flow.generation = *(volatile const __u32 *)&host->generation;
	if (!ask_routes(ctx, &t, &fib))
		return XDP_PASS;
	/* What the last packet left by is most often what this one leaves by. */
	known = flow_of(&t);
	out_slot = known ? known->out : 0;
	if (!out_slot || !is_interface_of(out_slot, output.host, fib.ifindex)) {
		output.inner = fib.ifindex;
		found = bpf_map_lookup_elem(&fast_outputs, &output);
		out_slot = found ? *found : 0;
		if (!is_interface_of(out_slot, output.host, fib.ifindex))
			return XDP_PASS;
	}
	if (!join(&out, out_slot) || out.from->kind != EGRE_DEVICE || t.length > out.from->mtu)
		return XDP_PASS;

	is_known = known && ticks(time) - known->learnt <= FAST_FLOW_TICKS;
	flow.learnt = is_known ? known->learnt : ticks(time);
	flow.out = out.slot;
	flow.mtu = fib.tot_len; /* which is the route's MTU now (Linux 5.13; before it, what was asked: less is cached) */
	__builtin_memcpy(flow.dmac, fib.dmac, ETH_ALEN);
	__builtin_memcpy(flow.smac, fib.smac, ETH_ALEN);
	if (!is_known || known->generation != flow.generation || known->mtu < flow.mtu)
		keep_flow(&t, &flow);
	if (!is_known)
		return XDP_PASS; /* this one by the kernel: it asks the next hop whether it is still there */
	return out.to->kind == EGRE_TUNNEL ? leave(ctx, &out, &flow, &t) : cross(ctx, &out, &flow, &t);
}

SEC("xdp.frags")
int fast_port(struct xdp_md *ctx)
{
	const struct arrival *arrival = (void *)(long)ctx->data_meta;
	int verdict;

	if ((void *)(arrival + 1) > start_of(ctx) || arrival->magic != ARRIVAL)
		return XDP_PASS;
	verdict = route(ctx, arrival->slot);
	if (verdict == XDP_PASS)
		bpf_xdp_adjust_meta(ctx, sizeof(*arrival)); /* the kernel keeps packets with different ones apart */
	return verdict;
}

char fast_license[] SEC("license") = "GPL";
