/* SPDX-License-Identifier: GPL-2.0-only */
/* How does a frame leave a tunnel? Returns 0 or the reason why it cannot. */
#ifndef EGRE_DECAPSULATE_H
#define EGRE_DECAPSULATE_H

#include "encapsulate.h"
#include "parse.h"

/* bpf_skb_adjust_room leaves no less than an IPv4 header; a shorter payload gets Ethernet's minimum (802.3 3.2.8). */
#define LEAST_PAYLOAD 20
#define ETHERNET_MINIMUM 60

static __always_inline long shrink(struct __sk_buff *skb, int is_ipv6, __u64 flags)
{
	return bpf_skb_adjust_room(skb, -(int)(outer_length(is_ipv6)), BPF_ADJ_ROOM_MAC, KEEP_OFFLOADS | flags);
}

/* skb->protocol is that of the outer packet; a flag changes it, and the flag insists on a whole header of that kind. */
static __always_inline long leave_ipv4(struct __sk_buff *skb, __be16 protocol, int *protocol_is_right)
{
	*protocol_is_right = protocol != bpf_htons(ETH_P_IPV6) || !shrink(skb, 0, DECAP_L3_IPV6);
	if (protocol == bpf_htons(ETH_P_IPV6) && *protocol_is_right)
		return 0;
	return shrink(skb, 0, 0); /* no such flag before 6.3 */
}

static __noinline long leave_ipv6(struct __sk_buff *skb, __be16 protocol, __u32 payload, int *protocol_is_right)
{
	*protocol_is_right = protocol == bpf_htons(ETH_P_IPV6) && !shrink(skb, 1, 0);
	if (*protocol_is_right)
		return 0;
	*protocol_is_right = protocol == bpf_htons(ETH_P_IP);
	if (!shrink(skb, 1, DECAP_L3_IPV4))
		return 0;
	/* Before 6.3 no less than an IPv6 header may stay. */
	*protocol_is_right = 0;
	if (payload < sizeof(struct ipv6hdr) && bpf_skb_change_tail(skb, OUTER_LENGTH_IPV6 + ETHERNET_MINIMUM, 0))
		return -1;
	return shrink(skb, 1, 0);
}

static __always_inline int decapsulate(struct __sk_buff *skb, const struct arrival *a, int *protocol_is_right)
{
	__u32 outer = outer_length(a->is_ipv6), payload = a->length - outer - sizeof(struct ethhdr);
	struct ethhdr *eth, inner;
	long error;

	/* Ethernet pads short packets: what follows the outer packet's length is not part of the inner frame. */
	if (a->length < skb->len && !skb->gso_size && bpf_skb_change_tail(skb, a->length, 0))
		return EGRE_DROP_DECAPSULATION;
	if (payload < LEAST_PAYLOAD && bpf_skb_change_tail(skb, outer + ETHERNET_MINIMUM, 0))
		return EGRE_DROP_DECAPSULATION;
	eth = data_of(skb) + outer;
	if ((void *)(eth + 1) > end_of(skb))
		return EGRE_DROP_TRUNCATED;
	inner = *eth;
	error = a->is_ipv6 ? leave_ipv6(skb, inner.h_proto, payload, protocol_is_right) :
			     leave_ipv4(skb, inner.h_proto, protocol_is_right);
	eth = data_of(skb);
	if (error || (void *)(eth + 1) > end_of(skb))
		return EGRE_DROP_DECAPSULATION;
	*eth = inner;
	return 0;
}

#endif
