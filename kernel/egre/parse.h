/* SPDX-License-Identifier: GPL-2.0-only */
/* Is this packet EGRE, and well formed? */
#ifndef EGRE_PARSE_H
#define EGRE_PARSE_H

#include <stddef.h>
#include "../include/egre.h"
#include "packet.h"

enum { NOT_OURS = -1 };

/* IPv6 extension headers (RFC 8200 4; linux/in6.h drags in what the BPF target lacks). */
enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, AUTHENTICATION = 51, DESTINATION = 60 };
#define MOST_EXTENSIONS 6

struct arrival {
	struct egre_tunnel tunnel;
	__u32 length; /* Ethernet header included, padding not */
	__u8 ttl, is_ipv6;
};

static __always_inline void map_ipv4(struct egre_address *a, __be32 ipv4)
{
	__u32 *word = (__u32 *)a->octets;

	word[0] = 0;
	word[1] = 0;
	word[2] = bpf_htonl(0xffff);
	word[3] = ipv4;
}

/* The GRE header at this offset says Ethernet within: then the packet is ours to judge, whatever else is wrong. */
static __always_inline int is_ethernet_in_gre(struct __sk_buff *skb, __u32 offset)
{
	__be16 flags_and_protocol[2];

	return !bpf_skb_load_bytes(skb, offset, flags_and_protocol, sizeof(flags_and_protocol)) &&
	       flags_and_protocol[1] == GRE_TRANSPARENT_ETHERNET;
}

/* RFC 2784 2.3: reserved bits and the version must be zero. We also refuse checksum and sequence: nobody sends them. */
static __always_inline int judge_gre(const struct gre *gre)
{
	if (gre->flags & ~GRE_FLAG_KEY)
		return EGRE_DROP_GRE_FLAGS;
	return gre->flags ? 0 : EGRE_DROP_NO_KEY;
}

/* So much can be read directly then, if the packet is that long. */
static __always_inline long pull(struct __sk_buff *skb, __u32 wanted)
{
	if (data_of(skb) + wanted <= end_of(skb))
		return 0;
	return bpf_skb_pull_data(skb, skb->len < wanted ? skb->len : wanted);
}

static __always_inline int parse_ipv4(struct __sk_buff *skb, struct arrival *a)
{
	struct headers h;

	if (pull(skb, OUTER_AND_INNER_LENGTH))
		return NOT_OURS;
	h = headers_at(data_of(skb));
	if ((void *)(h.ip + 1) > end_of(skb) || h.ip->version != 4 || h.ip->protocol != IPPROTO_GRE)
		return NOT_OURS;
	/* Without its first fragment a packet cannot be told from other GRE; the kernel has no use for it either. */
	if (h.ip->frag_off & IP_FRAGMENT_OFFSET || h.ip->ihl < 5)
		return NOT_OURS;
	if (h.ip->ihl == 5 && (void *)(h.gre + 1) <= end_of(skb)) {
		if (h.gre->protocol != GRE_TRANSPARENT_ETHERNET)
			return NOT_OURS;
	} else if (!is_ethernet_in_gre(skb, sizeof(struct ethhdr) + h.ip->ihl * 4)) {
		return NOT_OURS;
	}
	h = headers_at(data_of(skb));
	if ((void *)(h.ip + 1) > end_of(skb))
		return NOT_OURS;

	if (h.ip->ihl != 5 || ipv4_checksum(h.ip))
		return EGRE_DROP_IP_HEADER;
	if (h.ip->frag_off & IP_MORE_FRAGMENTS)
		return EGRE_DROP_FRAGMENT;
	a->is_ipv6 = 0;
	a->length = bpf_ntohs(h.ip->tot_len) + sizeof(struct ethhdr);
	a->ttl = h.ip->ttl;
	if (a->length > skb->len || a->length < OUTER_LENGTH || (void *)(h.gre + 1) > end_of(skb))
		return EGRE_DROP_IP_HEADER;
	map_ipv4(&a->tunnel.remote, h.ip->saddr);
	map_ipv4(&a->tunnel.local, h.ip->daddr);
	a->tunnel.key = h.gre->key;
	return judge_gre(h.gre);
}

/*
 * We send no extension headers and take none: what they say (a route, a limit) would be lost on a relay. What hides EGRE
 * behind them is dropped here and counted, not left to a kernel that may know GRE.
 */
static __always_inline int judge_extensions(struct __sk_buff *skb, __u8 next)
{
	__u32 offset = sizeof(struct ethhdr) + sizeof(struct ipv6hdr);
	__u8 header[4], is_fragment = 0;

	for (int i = 0; i < MOST_EXTENSIONS; i++) {
		if (next == IPPROTO_GRE)
			break;
		if (next != HOP_BY_HOP && next != ROUTING && next != FRAGMENT && next != AUTHENTICATION &&
		    next != DESTINATION)
			return NOT_OURS;
		if (bpf_skb_load_bytes(skb, offset, header, sizeof(header)))
			return NOT_OURS;
		if (next == FRAGMENT && (header[2] || header[3] & 0xf8)) /* a later fragment, as with IPv4 */
			return NOT_OURS;
		is_fragment |= next == FRAGMENT;
		offset += next == FRAGMENT ? 8 : next == AUTHENTICATION ? (header[1] + 2) * 4 : (header[1] + 1) * 8;
		next = header[0];
	}
	if (next != IPPROTO_GRE || !is_ethernet_in_gre(skb, offset))
		return NOT_OURS;
	return is_fragment ? EGRE_DROP_FRAGMENT : EGRE_DROP_IPV6_EXTENSION;
}

static __noinline int parse_ipv6(struct __sk_buff *skb, struct arrival *a)
{
	struct ipv6hdr *ip;
	struct gre *gre;

	if (pull(skb, OUTER_LENGTH_IPV6 + sizeof(struct ethhdr)))
		return NOT_OURS;
	ip = data_of(skb) + sizeof(struct ethhdr);
	gre = (void *)(ip + 1);
	if ((void *)gre > end_of(skb) || ip->version != 6)
		return NOT_OURS;
	if (ip->nexthdr != IPPROTO_GRE)
		return judge_extensions(skb, ip->nexthdr);
	if (!is_ethernet_in_gre(skb, sizeof(struct ethhdr) + sizeof(struct ipv6hdr)))
		return NOT_OURS;

	a->is_ipv6 = 1;
	a->length = bpf_ntohs(ip->payload_len) + sizeof(struct ethhdr) + sizeof(struct ipv6hdr);
	a->ttl = ip->hop_limit;
	if (a->length > skb->len || a->length < OUTER_LENGTH_IPV6 || (void *)(gre + 1) > end_of(skb))
		return EGRE_DROP_IP_HEADER;
	/* ::ffff:a.b.c.d stands for an IPv4 neighbour in our maps, and is never on a wire (RFC 4038 4.2). */
	if (!ip->saddr.in6_u.u6_addr32[0] && !ip->saddr.in6_u.u6_addr32[1] &&
	    ip->saddr.in6_u.u6_addr32[2] == bpf_htonl(0xffff))
		return EGRE_DROP_UNKNOWN_NEIGHBOUR;
	__builtin_memcpy(&a->tunnel.remote, &ip->saddr, sizeof(a->tunnel.remote));
	__builtin_memcpy(&a->tunnel.local, &ip->daddr, sizeof(a->tunnel.local));
	a->tunnel.key = gre->key;
	return judge_gre(gre);
}

/* Returns 0, NOT_OURS or the reason to drop it. */
static __always_inline int parse(struct __sk_buff *skb, struct arrival *a)
{
	if (skb->vlan_present) /* a tag: it belongs to a VLAN device */
		return NOT_OURS;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return parse_ipv4(skb, a);
	return skb->protocol == bpf_htons(ETH_P_IPV6) ? parse_ipv6(skb, a) : NOT_OURS;
}

#endif
