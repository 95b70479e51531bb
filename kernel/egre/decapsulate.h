/* SPDX-License-Identifier: GPL-2.0-only */
/* How does a frame leave a tunnel? Returns 0 or the reason why it cannot. */
#ifndef EGRE_DECAPSULATE_H
#define EGRE_DECAPSULATE_H

#include "encapsulate.h"

/* bpf_skb_adjust_room leaves no less than an IPv4 header; a shorter payload gets Ethernet's minimum (802.3 3.2.8). */
#define LEAST_PAYLOAD 20
#define ETHERNET_MINIMUM 60

static __always_inline int decapsulate(struct __sk_buff *skb, __u32 length, int *protocol_is_right)
{
	struct ethhdr inner;
	__u32 payload;
	long error;

	if (length < OUTER_AND_INNER_LENGTH)
		return EGRE_DROP_TRUNCATED;
	payload = length - OUTER_AND_INNER_LENGTH;
	/* Ethernet pads short packets: what follows the outer packet's length is not part of the inner frame. */
	if (length < skb->len && !skb->gso_size && bpf_skb_change_tail(skb, length, 0))
		return EGRE_DROP_DECAPSULATION;
	if (payload < LEAST_PAYLOAD && bpf_skb_change_tail(skb, OUTER_LENGTH + ETHERNET_MINIMUM, 0))
		return EGRE_DROP_DECAPSULATION;
	if (bpf_skb_load_bytes(skb, OUTER_LENGTH, &inner, sizeof(inner)))
		return EGRE_DROP_TRUNCATED;

	*protocol_is_right = 1;
	if (inner.h_proto == bpf_htons(ETH_P_IPV6)) {
		error = bpf_skb_adjust_room(skb, -(int)BEFORE_PAYLOAD, BPF_ADJ_ROOM_MAC, KEEP_OFFLOADS | DECAP_L3_IPV6);
		/* No such flag before 6.3; and it insists on a whole IPv6 header. */
		if (error) {
			*protocol_is_right = 0;
			error = bpf_skb_adjust_room(skb, -(int)BEFORE_PAYLOAD, BPF_ADJ_ROOM_MAC, KEEP_OFFLOADS);
		}
	} else {
		error = bpf_skb_adjust_room(skb, -(int)BEFORE_PAYLOAD, BPF_ADJ_ROOM_MAC, KEEP_OFFLOADS);
	}
	if (error || bpf_skb_store_bytes(skb, 0, &inner, sizeof(inner), 0))
		return EGRE_DROP_DECAPSULATION;
	return 0;
}

#endif
