/* SPDX-License-Identifier: GPL-2.0-only */
/* How does a frame enter a tunnel? Returns 0 or the reason why it cannot. */
#ifndef EGRE_ENCAPSULATE_H
#define EGRE_ENCAPSULATE_H

#include <linux/errno.h>
#include "maps.h"
#include "outer.h"
#include "too-long.h"

#define KEEP_OFFLOADS (BPF_F_ADJ_ROOM_NO_CSUM_RESET | BPF_F_ADJ_ROOM_FIXED_GSO)
#define DECAP_L3_IPV4 (1ULL << 7) /* Linux 6.3; the headers we build with may be older */
#define DECAP_L3_IPV6 (1ULL << 8)

struct tags {
	__be16 word[5]; /* TPID, TCI, TPID, TCI and one more for the EtherType that follows */
	__u32 length;
};

/*
 * A VLAN tag may be kept beside the packet (veth offers that offload). Left there it would be put on the OUTER frame,
 * and a virtual host could choose the underlay VLAN its packets go to. So tags are taken off here and written inside.
 */
static __always_inline int take_tags(struct __sk_buff *skb, struct tags *tags)
{
	tags->length = 0;
	if (!skb->vlan_present)
		return 0;
	tags->word[0] = skb->vlan_proto;
	tags->word[1] = bpf_htons(skb->vlan_tci);
	tags->length = 4;
	if (bpf_skb_vlan_pop(skb))
		return EGRE_DROP_VLAN_TAGS;
	if (!skb->vlan_present) /* a second tag is moved from the frame to beside it by the first pop */
		return 0;
	tags->word[2] = skb->vlan_proto;
	tags->word[3] = bpf_htons(skb->vlan_tci);
	tags->length = 8;
	return bpf_skb_vlan_pop(skb) || skb->vlan_present ? EGRE_DROP_VLAN_TAGS : 0;
}

/*
 * adjust_room records where the inner headers are, so that segmentation and checksums can still be left to the device,
 * but knows only IP; everything else carries no offloads and takes change_head.
 */
static __always_inline int make_room(struct __sk_buff *skb, int to_ipv6, __u32 tags)
{
	__be16 outside = bpf_htons(to_ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	__u64 l3 = to_ipv6 ? BPF_F_ADJ_ROOM_ENCAP_L3_IPV6 : BPF_F_ADJ_ROOM_ENCAP_L3_IPV4;
	__u32 protocol = skb->protocol;
	int room = outer_length(to_ipv6) + tags; /* the inner Ethernet header for the outer one, which is moved */
	long error;

	if (protocol != bpf_htons(ETH_P_IP) && protocol != bpf_htons(ETH_P_IPV6))
		return bpf_skb_change_head(skb, room, 0);

	error = bpf_skb_adjust_room(skb, room, BPF_ADJ_ROOM_MAC,
				    l3 | BPF_F_ADJ_ROOM_ENCAP_L4_GRE | BPF_F_ADJ_ROOM_ENCAP_L2(ETH_HLEN + tags) |
					    BPF_F_ADJ_ROOM_ENCAP_L2_ETH | KEEP_OFFLOADS);
	if (error != -EALREADY)
		return error;

	/*
	 * The packet came out of another tunnel and still bears skb->encapsulation, which nothing clears. Its inner
	 * offsets, relative to the buffer, are still right, so plain room will do. But without the flags a packet of the
	 * other IP keeps its protocol outside: grow by 8 more, and a shrink by 8 with DECAP_L3 sets it right.
	 */
	if (protocol == outside)
		return bpf_skb_adjust_room(skb, room, BPF_ADJ_ROOM_MAC, KEEP_OFFLOADS);
	error = bpf_skb_adjust_room(skb, room + 8, BPF_ADJ_ROOM_MAC, KEEP_OFFLOADS);
	if (error)
		return error;
	error = bpf_skb_adjust_room(skb, -8, BPF_ADJ_ROOM_MAC, KEEP_OFFLOADS | (to_ipv6 ? DECAP_L3_IPV6 : DECAP_L3_IPV4));
	/* Before 6.3 the flag is unknown; what is left wrong then matters only to a NIC's checksum offload. */
	return error == -EINVAL ? bpf_skb_adjust_room(skb, -8, BPF_ADJ_ROOM_MAC, KEEP_OFFLOADS) : error;
}

/* With tags, or over IPv6. */
static __noinline int encapsulate_otherwise(struct __sk_buff *skb, const struct egre_neighbour *n, __be32 key)
{
	int to_ipv6 = !!(n->flags & EGRE_IPV6), reason;
	__u32 outer = outer_length(to_ipv6), length;
	struct ethhdr inner;
	struct headers h;
	struct tags tags;

	/* Before the tags are taken off: whoever is told sees the frame as it was sent. */
	if (longest_frame(skb, 0, skb->len) + tag_length(skb) > room_for_frame(n))
		return EGRE_DROP_PATH_MTU;
	reason = take_tags(skb, &tags);
	if (reason)
		return reason;
	length = skb->len + tags.length + outer - ETH_HLEN;
	if (length > 0xffff)
		return EGRE_DROP_OVERSIZE;
	if (bpf_skb_load_bytes(skb, 0, &inner, sizeof(inner)))
		return EGRE_DROP_TRUNCATED;
	if (make_room(skb, to_ipv6, tags.length))
		return EGRE_DROP_ENCAPSULATION;
	h = headers_at(data_of(skb));
	if (!to_ipv6 && (void *)(h.gre + 1) <= end_of(skb))
		write_outer(h, n, key, length, OUTER_TTL);
	else if (!to_ipv6 || write_outer_ipv6(skb, n, key, length, OUTER_TTL, 0))
		return EGRE_DROP_ENCAPSULATION;
	if (bpf_skb_store_bytes(skb, outer, &inner, sizeof(inner), 0))
		return EGRE_DROP_ENCAPSULATION;
	if (tags.length) {
		__u32 ethertype = tags.length == 4 ? 2 : 4;

		tags.word[ethertype] = inner.h_proto;
		if (bpf_skb_store_bytes(skb, outer + ETH_HLEN - 2, tags.word, tags.length == 4 ? 6 : 10, 0))
			return EGRE_DROP_ENCAPSULATION;
	}
	return 0;
}

static __always_inline int encapsulate(struct __sk_buff *skb, const struct egre_neighbour *n, __be32 key)
{
	__u32 length = skb->len + OUTER_LENGTH - ETH_HLEN;
	struct ethhdr *eth = data_of(skb), inner;
	struct headers h;

	if (n->flags & EGRE_IPV6 || skb->vlan_present)
		return encapsulate_otherwise(skb, n, key);
	if (longest_frame(skb, 0, skb->len) > room_for_frame(n))
		return EGRE_DROP_PATH_MTU;
	if (length > 0xffff)
		return EGRE_DROP_OVERSIZE;
	if ((void *)(eth + 1) > end_of(skb))
		return EGRE_DROP_TRUNCATED;
	inner = *eth;
	if (make_room(skb, 0, 0))
		return EGRE_DROP_ENCAPSULATION;
	h = headers_at(data_of(skb));
	if ((void *)(h.inner + 1) > end_of(skb))
		return EGRE_DROP_ENCAPSULATION;
	write_outer(h, n, key, length, OUTER_TTL);
	*h.inner = inner;
	return 0;
}

#endif
