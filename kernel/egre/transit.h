/* SPDX-License-Identifier: GPL-2.0-only */
/* Is this an IP packet that a router just passes on, and what becomes of it then? */
#ifndef EGRE_TRANSIT_H
#define EGRE_TRANSIT_H

#include "flow-maps.h"
#include "packet.h"

#define AF_INET 2
#define AF_INET6 10
#define TRAFFIC_CLASS 0x0fffffffu /* and flow label */

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
static __always_inline int is_transit_ipv4(const struct iphdr *ip, __u32 room, __u8 least_ttl, int sums)
{
	__u8 first = bpf_ntohl(ip->daddr) >> 24;

	return *(const __u8 *)ip == 0x45 && ip->ttl >= least_ttl &&
	       !(ip->frag_off & (IP_MORE_FRAGMENTS | IP_FRAGMENT_OFFSET)) && ip->protocol != IPPROTO_ICMP &&
	       first && first != 127 && first < 224 && bpf_ntohs(ip->tot_len) <= room &&
	       bpf_ntohs(ip->tot_len) >= sizeof(*ip) && !(sums && ipv4_checksum(ip));
}

/* Extension headers and ICMPv6 are for the kernel; so are multicast and link-local addresses (RFC 4291 2.5.6). */
static __always_inline int is_transit_ipv6(const struct ipv6hdr *ip, __u32 room, __u8 least_ttl)
{
	const __u8 *to = (const void *)&ip->daddr, *from = (const void *)&ip->saddr;

	return ip->version == 6 && ip->hop_limit >= least_ttl && (ip->nexthdr == IPPROTO_TCP || ip->nexthdr == IPPROTO_UDP) &&
	       to[0] != 0xff && from[0] != 0xff && !(to[0] == 0xfe && (to[1] & 0xc0) == 0x80) &&
	       !(from[0] == 0xfe && (from[1] & 0xc0) == 0x80) && to[0] && from[0] &&
	       bpf_ntohs(ip->payload_len) + sizeof(*ip) <= room;
}

static __always_inline int is_to(const struct ethhdr *eth, const struct egre_end *at)
{
	const __u16 *a = (const void *)eth->h_dest, *b = (const void *)at->mac;

	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

/*
 * `slot` is the virtual interface that the frame arrives at, `room` what there is of it after its Ethernet header. Where a
 * packet comes from its router, its TTL is one less, and its IPv4 checksum known to be right: no `sums`.
 */
static __always_inline int is_transit(struct ethhdr *eth, void *stop, __u32 room, __u32 slot, struct transit *t,
				      __u8 least_ttl, int sums)
{
	struct iphdr *ip = (void *)(eth + 1);
	struct ipv6hdr *ip6 = (void *)(eth + 1);

	if (eth->h_proto == bpf_htons(ETH_P_IP)) {
		if ((void *)(ip + 1) > stop || !is_transit_ipv4(ip, room, least_ttl, sums))
			return 0;
		t->is_ipv6 = 0;
		t->length = bpf_ntohs(ip->tot_len);
		t->protocol = ip->protocol;
		t->key.v4 = (struct fast_flow4_key){ slot, ip->saddr, ip->daddr, ip->tos };
		return 1;
	}
	if (eth->h_proto != bpf_htons(ETH_P_IPV6) || (void *)(ip6 + 1) > stop || !is_transit_ipv6(ip6, room, least_ttl))
		return 0;
	t->is_ipv6 = 1;
	t->length = bpf_ntohs(ip6->payload_len) + sizeof(*ip6);
	t->protocol = ip6->nexthdr;
	t->key.v6.slot = slot;
	/* The kernel shares IPv6 packets out by protocol, too, where several next hops are as good; where the version was there is room. */
	t->key.v6.traffic_class = (*(__be32 *)ip6 & bpf_htonl(TRAFFIC_CLASS)) |
				  (t->protocol == IPPROTO_TCP ? bpf_htonl(~TRAFFIC_CLASS) : 0);
	__builtin_memcpy(t->key.v6.from, &ip6->saddr, 16);
	__builtin_memcpy(t->key.v6.to, &ip6->daddr, 16);
	return 1;
}

/* RFC 1812 5.3.1; the checksum is mended for the one word that changes (RFC 1624). */
static __always_inline void pass_on(struct ethhdr *eth, void *stop, const __u8 *addresses, int is_ipv6)
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
	write_addresses(eth, addresses);
}

#endif
