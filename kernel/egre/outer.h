/* SPDX-License-Identifier: GPL-2.0-only */
/* How is the outer header written, by the first node of a tunnel and by each relay? */
#ifndef EGRE_OUTER_H
#define EGRE_OUTER_H

#include "../include/egre.h"
#include "maps.h"
#include "packet.h"

/* The node behind a tunnel's end; NULL while its MAC address is not known. */
static __always_inline const struct egre_neighbour *next_node(const struct egre_end *to, int *reason)
{
	__u32 index = to->neighbour;
	const struct egre_neighbour *n = bpf_map_lookup_elem(&neighbours, &index);

	if (n && n->ifindex && n->flags & EGRE_RESOLVED)
		return n;
	*reason = EGRE_DROP_UNRESOLVED;
	return NULL;
}

/* What a checksum over these words changes by (RFC 1624). */
static __always_inline __u32 difference(const __u16 *was, const __u16 *is, int words)
{
	__u32 sum = 0;

#pragma unroll
	for (int i = 0; i < words; i++)
		sum += (__u16)~was[i] + is[i];
	return sum;
}

/* Identification stays 0: with DF set it means nothing (RFC 6864). TOS stays 0, as gretap's default. */
static __always_inline void write_outer(struct headers h, const struct egre_neighbour *n, __be32 key, __u32 length,
					__u8 ttl)
{
	__be16 ttl_and_protocol = bpf_htons(ttl << 8 | IPPROTO_GRE);

	write_addresses(h.eth, n->dmac);
	h.eth->h_proto = bpf_htons(ETH_P_IP);
	*(__be16 *)h.ip = bpf_htons(0x4500);
	h.ip->tot_len = bpf_htons(length);
	h.ip->id = 0;
	h.ip->frag_off = IP_DONT_FRAGMENT;
	h.ip->ttl = ttl;
	h.ip->protocol = IPPROTO_GRE;
	h.ip->check = fold(n->sum + h.ip->tot_len + ttl_and_protocol);
	__builtin_memcpy(&h.ip->saddr, &n->local.octets[12], 4);
	__builtin_memcpy(&h.ip->daddr, &n->remote.octets[12], 4);
	h.gre->flags = GRE_FLAG_KEY;
	h.gre->protocol = GRE_TRANSPARENT_ETHERNET;
	h.gre->key = key;
}

/* Two octets before, so that what follows Ethernet is aligned: the verifier insists on it for the stack. */
struct outer_ipv6 {
	__u16 before;
	struct ethhdr eth;
	struct ipv6hdr ip;
	struct gre gre;
} __attribute__((aligned(8)));

/*
 * Flow label and traffic class stay 0, as ip6gretap's default. `flags` is BPF_F_RECOMPUTE_CSUM where a NIC may have
 * summed the packet: an IPv6 header does not sum to nothing as an IPv4 header does.
 */
static __always_inline long write_outer_ipv6(struct __sk_buff *skb, const struct egre_neighbour *n, __be32 key,
					     __u32 length, __u8 hop_limit, __u64 flags)
{
	struct outer_ipv6 o = {};

	__builtin_memcpy(o.eth.h_dest, n->dmac, ETH_ALEN);
	__builtin_memcpy(o.eth.h_source, n->smac, ETH_ALEN);
	o.eth.h_proto = bpf_htons(ETH_P_IPV6);
	*(__be32 *)&o.ip = bpf_htonl(0x60000000);
	o.ip.payload_len = bpf_htons(length - sizeof(struct ipv6hdr));
	o.ip.nexthdr = IPPROTO_GRE;
	o.ip.hop_limit = hop_limit;
	__builtin_memcpy(&o.ip.saddr, &n->local, sizeof(o.ip.saddr));
	__builtin_memcpy(&o.ip.daddr, &n->remote, sizeof(o.ip.daddr));
	o.gre.flags = GRE_FLAG_KEY;
	o.gre.protocol = GRE_TRANSPARENT_ETHERNET;
	o.gre.key = key;
	if (bpf_skb_store_bytes(skb, 0, &o.eth, sizeof(o.eth), 0))
		return -1;
	return bpf_skb_store_bytes(skb, sizeof(o.eth), &o.ip, sizeof(o.ip) + sizeof(o.gre), flags);
}

#endif
