/* SPDX-License-Identifier: GPL-2.0-only */
/* How does a frame reach a virtual interface? */
#ifndef EGRE_DELIVER_H
#define EGRE_DELIVER_H

#include <linux/if_packet.h>
#include "maps.h"
#include "packet.h"

static __always_inline int same_address(const __u8 *a, const __u8 *b)
{
	const __u16 *x = (const void *)a, *y = (const void *)b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2];
}

/*
 * bpf_redirect_peer saves a queue and a softirq, but hands the packet on as it is: skb->protocol and skb->pkt_type must
 * be right already. That we know for IP to the interface's own address; everything else (ARP, multicast, a guest that
 * changed its address, a LAN that floods) goes through the veth, which works both out again.
 */
static __always_inline int deliver(struct __sk_buff *skb, const struct egre_end *to, int protocol_is_right)
{
	struct ethhdr *eth = data_of(skb);

	/* to->flags: what goes past the veth's queue is not shaped, nor delayed by it. */
	if (protocol_is_right && !(to->flags & (EGRE_END_SHAPED | EGRE_END_QUEUED)) && (void *)(eth + 1) <= end_of(skb) && !skb->vlan_present &&
	    (eth->h_proto == bpf_htons(ETH_P_IP) || eth->h_proto == bpf_htons(ETH_P_IPV6)) &&
	    same_address(eth->h_dest, to->mac)) {
		/* from a virtual interface the type was set by comparing with the node's side of the pair */
		if (skb->pkt_type != PACKET_HOST)
			bpf_skb_change_type(skb, PACKET_HOST);
		return bpf_redirect_peer(to->ifindex, 0);
	}
	return bpf_redirect(to->ifindex, 0);
}

#endif
