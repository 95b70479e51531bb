/* SPDX-License-Identifier: GPL-2.0-only */
/* Is this frame EGRE over IPv4, and beyond any doubt? Whatever else it may be is judged, and counted, by the tc path. */
#ifndef FAST_FRAME_H
#define FAST_FRAME_H

#include "../egre/outer.h"
#include "../include/fast.h"

static __always_inline void *start_of(struct xdp_md *ctx)
{
	return (void *)(long)ctx->data;
}

static __always_inline void *stop_of(struct xdp_md *ctx)
{
	return (void *)(long)ctx->data_end;
}

static __always_inline int is_plain_egre(struct headers h, void *stop)
{
	return (void *)(h.inner + 1) <= stop && h.eth->h_proto == bpf_htons(ETH_P_IP) &&
	       *(__u8 *)h.ip == 0x45 && h.ip->protocol == IPPROTO_GRE &&
	       !(h.ip->frag_off & (IP_MORE_FRAGMENTS | IP_FRAGMENT_OFFSET)) && h.gre->flags == GRE_FLAG_KEY &&
	       h.gre->protocol == GRE_TRANSPARENT_ETHERNET && !ipv4_checksum(h.ip) &&
	       bpf_ntohs(h.ip->tot_len) + sizeof(struct ethhdr) == stop - (void *)h.eth;
}

static __always_inline void tunnel_of(struct headers h, struct egre_tunnel *tunnel)
{
	__u32 *remote = (__u32 *)tunnel->remote.octets, *local = (__u32 *)tunnel->local.octets;

	remote[0] = remote[1] = local[0] = local[1] = 0;
	remote[2] = local[2] = bpf_htonl(0xffff);
	remote[3] = h.ip->saddr;
	local[3] = h.ip->daddr;
	tunnel->key = h.gre->key;
}

#endif
