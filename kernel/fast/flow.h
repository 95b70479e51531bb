/* SPDX-License-Identifier: GPL-2.0-only */
/* Is this an IP packet that a router just passes on, and where did the last one of its kind go? */
#ifndef FAST_FLOW_H
#define FAST_FLOW_H

#include <linux/ipv6.h>
#include "fast-maps.h"
#include "frame.h"

#define AF_INET 2
#define AF_INET6 10

union flow_key {
	struct fast_flow4_key v4;
	struct fast_flow6_key v6;
};

struct transit {
	union flow_key key;
	__u32 is_ipv6;
	__u32 length; /* of the IP packet */
	__u32 protocol;
};

/* Destinations that may be the router's own whatever its routes say: 0/8, 127/8, 224/4 and 240/4 (RFC 6890). */
static __always_inline int is_transit_ipv4(const struct iphdr *ip, __u32 room, int sums)
{
	__u8 first = bpf_ntohl(ip->daddr) >> 24;

	return *(const __u8 *)ip == 0x45 && ip->ttl > 1 &&
	       !(ip->frag_off & (IP_MORE_FRAGMENTS | IP_FRAGMENT_OFFSET)) && ip->protocol != IPPROTO_ICMP &&
	       first && first != 127 && first < 224 && bpf_ntohs(ip->tot_len) <= room &&
	       bpf_ntohs(ip->tot_len) >= sizeof(*ip) && !(sums && ipv4_checksum(ip));
}

/* Extension headers and ICMPv6 are for the kernel; so are multicast and link-local addresses (RFC 4291 2.5.6). */
static __always_inline int is_transit_ipv6(const struct ipv6hdr *ip, __u32 room)
{
	const __u8 *to = (const void *)&ip->daddr, *from = (const void *)&ip->saddr;

	return ip->version == 6 && ip->hop_limit > 1 && (ip->nexthdr == IPPROTO_TCP || ip->nexthdr == IPPROTO_UDP) &&
	       to[0] != 0xff && from[0] != 0xff && !(to[0] == 0xfe && (to[1] & 0xc0) == 0x80) &&
	       !(from[0] == 0xfe && (from[1] & 0xc0) == 0x80) && to[0] && from[0] &&
	       bpf_ntohs(ip->payload_len) + sizeof(*ip) <= room;
}

/* `slot` is the virtual interface that the frame arrives at; `sums`: its IPv4 checksum is not known to be right yet. */
static __always_inline int is_transit(struct ethhdr *eth, void *stop, const struct egre_end *at, __u32 slot,
				      struct transit *t, int sums)
{
	const __u16 *a = (const void *)eth->h_dest, *b = (const void *)at->mac;
	struct iphdr *ip = (void *)(eth + 1);
	struct ipv6hdr *ip6 = (void *)(eth + 1);

	if (a[0] != b[0] || a[1] != b[1] || a[2] != b[2])
		return 0;
	if (eth->h_proto == bpf_htons(ETH_P_IP)) {
		if ((void *)(ip + 1) > stop || !is_transit_ipv4(ip, stop - (void *)ip, sums))
			return 0;
		t->is_ipv6 = 0;
		t->length = bpf_ntohs(ip->tot_len);
		t->protocol = ip->protocol;
		t->key.v4 = (struct fast_flow4_key){ slot, ip->saddr, ip->daddr, ip->tos };
		return 1;
	}
	if (eth->h_proto != bpf_htons(ETH_P_IPV6) || (void *)(ip6 + 1) > stop ||
	    !is_transit_ipv6(ip6, stop - (void *)ip6))
		return 0;
	t->is_ipv6 = 1;
	t->length = bpf_ntohs(ip6->payload_len) + sizeof(*ip6);
	t->protocol = ip6->nexthdr;
	t->key.v6.slot = slot;
	t->key.v6.traffic_class = *(__be32 *)ip6 & bpf_htonl(0x0fffffff);
	__builtin_memcpy(t->key.v6.from, &ip6->saddr, 16);
	__builtin_memcpy(t->key.v6.to, &ip6->daddr, 16);
	return 1;
}

static __always_inline struct fast_flow *flow_of(struct transit *t)
{
	if (t->is_ipv6)
		return bpf_map_lookup_elem(&fast_flows6, &t->key.v6);
	return bpf_map_lookup_elem(&fast_flows4, &t->key.v4);
}

static __always_inline void keep_flow(struct transit *t, const struct fast_flow *flow)
{
	if (t->is_ipv6)
		bpf_map_update_elem(&fast_flows6, &t->key.v6, flow, BPF_ANY);
	else
		bpf_map_update_elem(&fast_flows4, &t->key.v4, flow, BPF_ANY);
}

/* RFC 1812 5.3.1; the checksum is mended for the one word that changes (RFC 1624). */
static __always_inline void pass_on(struct ethhdr *eth, void *stop, const __u8 *dmac, const __u8 *smac, int is_ipv6)
{
	struct iphdr *ip = (void *)(eth + 1);
	struct ipv6hdr *ip6 = (void *)(eth + 1);
	__u32 sum;

	/* Both are there, as is_transit saw; the verifier has forgotten. */
	if (is_ipv6 && (void *)(ip6 + 1) <= stop) {
		ip6->hop_limit--;
	} else if (!is_ipv6 && (void *)(ip + 1) <= stop) {
		sum = ip->check + bpf_htons(0x0100);
		ip->check = sum + (sum >= 0xffff);
		ip->ttl--;
	}
	__builtin_memcpy(eth->h_dest, dmac, ETH_ALEN);
	__builtin_memcpy(eth->h_source, smac, ETH_ALEN);
}

#endif
