/* SPDX-License-Identifier: GPL-2.0-only */
/* How is the outer header written, by the first node of a tunnel and by each relay? */
#ifndef EGRE_OUTER_H
#define EGRE_OUTER_H

#include "../include/egre.h"
#include "packet.h"

/* Identification stays 0: with DF set it means nothing (RFC 6864). TOS stays 0, as gretap's default. */
static __always_inline void write_outer(struct headers h, const struct egre_neighbour *n, __be32 key, __u32 length,
					__u8 ttl)
{
	__be16 ttl_and_protocol = bpf_htons(ttl << 8 | IPPROTO_GRE);

	__builtin_memcpy(h.eth->h_dest, n->dmac, ETH_ALEN);
	__builtin_memcpy(h.eth->h_source, n->smac, ETH_ALEN);
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

#endif
