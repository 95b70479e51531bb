/* SPDX-License-Identifier: GPL-2.0-only */
/* How does a packet pass a node in the middle of a path? Its outer header is written anew, the inner frame not touched. */
#ifndef EGRE_RELAY_H
#define EGRE_RELAY_H

#include "encapsulate.h"
#include "maps.h"
#include "outer.h"
#include "parse.h"

#define FAMILY_DIFFERENCE (int)(sizeof(struct ipv6hdr) - sizeof(struct iphdr))

/*
 * The next hop speaks the other IP. bpf_skb_change_proto does just that for one packet, but of a GSO packet it would
 * change the type of the TCP inside: these grow and shrink as in make_room.
 */
static __always_inline long change_family(struct __sk_buff *skb, int to_ipv6)
{
	int difference = to_ipv6 ? FAMILY_DIFFERENCE : -FAMILY_DIFFERENCE;
	long error;

	if (!skb->gso_size)
		return bpf_skb_change_proto(skb, bpf_htons(to_ipv6 ? ETH_P_IPV6 : ETH_P_IP), 0);
	if (to_ipv6) {
		error = bpf_skb_adjust_room(skb, difference + 8, BPF_ADJ_ROOM_MAC, KEEP_OFFLOADS);
		return error ? error : bpf_skb_adjust_room(skb, -8, BPF_ADJ_ROOM_MAC, KEEP_OFFLOADS | DECAP_L3_IPV6);
	}
	return bpf_skb_adjust_room(skb, difference, BPF_ADJ_ROOM_MAC, KEEP_OFFLOADS | DECAP_L3_IPV4);
}

static __always_inline int relay_ipv4(struct __sk_buff *skb, const struct egre_neighbour *n, __be32 key, __u32 length,
				      __u8 ttl)
{
	struct headers h = headers_at(data_of(skb));
	__be32 old;

	if ((void *)(h.gre + 1) > end_of(skb))
		return EGRE_DROP_ENCAPSULATION;
	/* The IPv4 header sums to nothing before and after; only the key can change a NIC's checksum of the packet. */
	old = h.gre->key;
	if (old != key)
		bpf_csum_update(skb, difference((void *)&old, (void *)&key, 2));
	write_outer(h, n, key, length, ttl);
	return 0;
}

/* Where one side or both are IPv6. */
static __noinline int relay_otherwise(struct __sk_buff *skb, const struct egre_neighbour *n, __be32 key, __u32 length,
				      __u32 ttl_and_family)
{
	int to_ipv6 = !!(n->flags & EGRE_IPV6);
	__u8 ttl = ttl_and_family >> 1;

	if (to_ipv6 != (int)(ttl_and_family & 1) && change_family(skb, to_ipv6))
		return EGRE_DROP_ENCAPSULATION;
	if (!to_ipv6)
		return relay_ipv4(skb, n, key, length, ttl);
	return write_outer_ipv6(skb, n, key, length, ttl, BPF_F_RECOMPUTE_CSUM) ? EGRE_DROP_ENCAPSULATION : 0;
}

/* Decision 11: key and neighbour in, next key and neighbour out. The TTL ends loops that two wrong tables could make. */
static __always_inline int relay(struct __sk_buff *skb, const struct egre_neighbour *n, __be32 key,
				 const struct arrival *a)
{
	int to_ipv6 = !!(n->flags & EGRE_IPV6);
	__u32 length = a->length - ETH_HLEN - outer_length(a->is_ipv6) + outer_length(to_ipv6);

	if (a->ttl <= 1)
		return EGRE_DROP_TTL;
	if (longest_frame(skb, outer_length(a->is_ipv6), a->length) > room_for_frame(n))
		return EGRE_DROP_PATH_MTU;
	if (length > 0xffff)
		return EGRE_DROP_OVERSIZE;
	if (to_ipv6 || a->is_ipv6)
		return relay_otherwise(skb, n, key, length, (a->ttl - 1) << 1 | a->is_ipv6);
	return relay_ipv4(skb, n, key, length, a->ttl - 1);
}

#endif
