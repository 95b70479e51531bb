/* SPDX-License-Identifier: GPL-2.0-only */
/* Is a frame longer than its way takes, and who is told? What the sender hears of it is written by `trellis paths`. */
#ifndef EGRE_TOO_LONG_H
#define EGRE_TOO_LONG_H

#include "count.h"
#include "maps.h"
#include "packet.h"

#define TELL_EVERY_NS 5000000ull /* of one end: who sends too long all the time costs no more than this (RFC 1812 4.3.2.8) */
#define UDP_HEADER 8
#define MOST_TAGS 2

/* What a frame may be long over this underlay, its own Ethernet header included. */
static __always_inline __u32 room_for_frame(const struct egre_neighbour *n)
{
	__u32 outer = outer_length(!!(n->flags & EGRE_IPV6)) - ETH_HLEN;

	return n->mtu > outer ? n->mtu - outer : 0;
}

static __always_inline __u32 tag_length(struct __sk_buff *skb)
{
	return skb->vlan_present ? 4 : 0;
}

static __always_inline __u32 byte_at(struct __sk_buff *skb, __u32 offset)
{
	__u8 byte = 0;

	bpf_skb_load_bytes(skb, offset, &byte, sizeof(byte));
	return byte;
}

/* Of each segment that a GSO packet with its Ethernet header at `offset` stands for: Ethernet, IP, and TCP or UDP. */
static __noinline __u32 headers_of_segment(struct __sk_buff *skb, __u32 offset)
{
	__u32 start = offset, protocol;
	__be16 type = 0;

	for (int i = 0; i <= MOST_TAGS; i++) {
		bpf_skb_load_bytes(skb, offset + ETH_HLEN - 2, &type, sizeof(type));
		if (type != bpf_htons(ETH_P_8021Q) && type != bpf_htons(ETH_P_8021AD))
			break;
		offset += 4;
	}
	offset += ETH_HLEN;
	if (type == bpf_htons(ETH_P_IP)) {
		protocol = byte_at(skb, offset + 9);
		offset += (byte_at(skb, offset) & 15) * 4;
	} else if (type == bpf_htons(ETH_P_IPV6)) {
		protocol = byte_at(skb, offset + 6);
		offset += sizeof(struct ipv6hdr);
	} else {
		return ETH_HEADER + TCP_IPV4_HEADERS;
	}
	offset += protocol == IPPROTO_UDP ? UDP_HEADER : (byte_at(skb, offset + 12) >> 4) * 4;
	return offset - start;
}

/* The length of the longest frame that leaves; `end` is where the packet ends, without padding. */
static __always_inline __u32 longest_frame(struct __sk_buff *skb, __u32 offset, __u32 end)
{
	__u32 gso_size = skb->gso_size;

	return gso_size ? gso_size + headers_of_segment(skb, offset) : end - offset;
}

/*
 * The answer is not made of the packet itself: one that was segmented late or summed late bears marks (CHECKSUM_PARTIAL,
 * skb->encapsulation) that no program can take off, and that would spoil the answer further on.
 */
static __noinline int tell_too_long(struct __sk_buff *skb, __u32 slot, __u32 offset, __u32 mtu)
{
	__u64 *last = bpf_map_lookup_elem(&told, &slot), now = bpf_ktime_get_ns();
	struct egre_too_long *t;

	if (!last || now - *last < TELL_EVERY_NS)
		return 0;
	*last = now;
	t = bpf_ringbuf_reserve(&too_long, sizeof(*t), 0);
	if (!t) /* nobody reads: the frame is dropped as it is, and counted */
		return 0;
	t->slot = slot;
	t->mtu = mtu;
	t->tag = skb->vlan_present ? skb->vlan_proto | skb->vlan_tci << 16 : 0;
	t->reserved = 0;
	if (bpf_skb_load_bytes(skb, offset, t->frame, sizeof(t->frame)))
		bpf_ringbuf_discard(t, 0);
	else
		bpf_ringbuf_submit(t, 0);
	return 0;
}

#endif
