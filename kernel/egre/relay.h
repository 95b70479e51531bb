/* SPDX-License-Identifier: GPL-2.0-only */
/* How does a packet pass a node in the middle of a path? Its outer header is written anew, the inner frame not touched. */
#ifndef EGRE_RELAY_H
#define EGRE_RELAY_H

#include "maps.h"
#include "outer.h"

/* Decision 11: key and neighbour in, next key and neighbour out. The TTL ends loops that two wrong tables could make. */
static __always_inline int relay(struct __sk_buff *skb, const struct egre_neighbour *n, __be32 key, __u32 length,
				 __u8 ttl)
{
	struct headers h;

	if (ttl <= 1)
		return EGRE_DROP_TTL;
	if (length - ETH_HLEN > n->mtu && !skb->gso_size)
		return EGRE_DROP_OVERSIZE;
	/* The IPv4 header sums to nothing before and after; only the key can change a NIC's checksum of the packet. */
	if (bpf_skb_store_bytes(skb, GRE_KEY_OFFSET, &key, sizeof(key), BPF_F_RECOMPUTE_CSUM))
		return EGRE_DROP_ENCAPSULATION;
	h = headers_at(data_of(skb));
	if ((void *)(h.gre + 1) > end_of(skb))
		return EGRE_DROP_ENCAPSULATION;
	write_outer(h, n, key, length - ETH_HLEN, ttl - 1);
	return 0;
}

#endif
