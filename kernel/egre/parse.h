/* SPDX-License-Identifier: GPL-2.0-only */
/* Is this packet EGRE, and well formed? */
#ifndef EGRE_PARSE_H
#define EGRE_PARSE_H

#include <linux/ipv6.h>
#include <stddef.h>
#include "../include/egre.h"
#include "packet.h"

enum { NOT_OURS = -1 };

struct arrival {
	struct egre_tunnel tunnel;
	__u32 length; /* Ethernet header included, padding not */
	__u8 ttl;
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

/* Returns 0, NOT_OURS or the reason to drop it. */
static __always_inline int parse(struct __sk_buff *skb, struct arrival *a)
{
	struct headers h;

	if (skb->protocol != bpf_htons(ETH_P_IP) || skb->vlan_present) /* a tag: it belongs to a VLAN device */
		return NOT_OURS;
	if (data_of(skb) + OUTER_AND_INNER_LENGTH > end_of(skb)) {
		__u32 wanted = skb->len < OUTER_AND_INNER_LENGTH ? skb->len : OUTER_AND_INNER_LENGTH;

		if (bpf_skb_pull_data(skb, wanted))
			return NOT_OURS;
	}
	h = headers_at(data_of(skb));
	if ((void *)(h.ip + 1) > end_of(skb) || h.ip->version != 4 || h.ip->protocol != IPPROTO_GRE)
		return NOT_OURS;
	/* Without its first fragment a packet cannot be told from other GRE; the kernel has no use for it either. */
	if (h.ip->frag_off & IP_FRAGMENT_OFFSET || h.ip->ihl < 5)
		return NOT_OURS;
	if (!is_ethernet_in_gre(skb, sizeof(struct ethhdr) + h.ip->ihl * 4))
		return NOT_OURS;

	if (h.ip->ihl != 5 || ipv4_checksum(h.ip))
		return EGRE_DROP_IP_HEADER;
	if (h.ip->frag_off & IP_MORE_FRAGMENTS)
		return EGRE_DROP_FRAGMENT;
	a->length = bpf_ntohs(h.ip->tot_len) + sizeof(struct ethhdr);
	a->ttl = h.ip->ttl;
	if (a->length > skb->len || a->length < OUTER_LENGTH || (void *)(h.gre + 1) > end_of(skb))
		return EGRE_DROP_IP_HEADER;
	map_ipv4(&a->tunnel.remote, h.ip->saddr);
	map_ipv4(&a->tunnel.local, h.ip->daddr);
	a->tunnel.key = h.gre->key;
	return judge_gre(h.gre);
}

#endif
