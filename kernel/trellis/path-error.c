// SPDX-License-Identifier: GPL-2.0-only
/* Does a router on the way say that a packet of ours is too long for what comes next? */
#include <net/if.h> /* first: the kernel's header of that name then leaves out what both have */
#include <arpa/inet.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <string.h>
#include "neighbours.h"
#include "paths.h"

#define LEAST_IPV4 576 /* what every host takes (RFC 791 3.2); who says less would only make us slow (RFC 5927 7.2) */
#define LEAST_IPV6 1280
#define GRE_KEY_ALONE 0x2000
#define GRE_ETHERNET 0x6558

struct gre {
	uint16_t flags, protocol;
	uint32_t key;
};

/* The eight octets that are always quoted hold the key: who has not seen a packet of this tunnel cannot know it. */
static bool read_gre(const uint8_t *bytes, struct path_error *e)
{
	struct gre gre;

	memcpy(&gre, bytes, sizeof(gre));
	e->tunnel.key = gre.key;
	return gre.flags == htons(GRE_KEY_ALONE) && gre.protocol == htons(GRE_ETHERNET);
}

static struct egre_address mapped(uint32_t ipv4)
{
	struct address a = { .family = AF_INET };

	memcpy(a.bytes, &ipv4, 4);
	return mapped_address(&a);
}

bool path_error_ipv4(const uint8_t *bytes, size_t length, struct path_error *e)
{
	struct iphdr outside, ip;
	struct icmphdr icmp;
	size_t at;

	if (length < sizeof(outside))
		return false;
	memcpy(&outside, bytes, sizeof(outside));
	at = outside.ihl * 4;
	if (outside.ihl < 5 || length < at + sizeof(icmp) + sizeof(ip) + sizeof(struct gre))
		return false;
	memcpy(&icmp, bytes + at, sizeof(icmp));
	memcpy(&ip, bytes + at + sizeof(icmp), sizeof(ip));
	/* A raw socket is given what came, whether its sum is right or not. */
	if (icmp.type != ICMP_DEST_UNREACH || icmp.code != ICMP_FRAG_NEEDED || checksum(bytes + at, length - at, 0) ||
	    ip.version != 4 || ip.ihl != 5 || ip.protocol != IPPROTO_GRE)
		return false;
	e->tunnel.local = mapped(ip.saddr);
	e->tunnel.remote = mapped(ip.daddr);
	e->mtu = ntohs(icmp.un.frag.mtu);
	/* 0: a router older than RFC 1191, which says what may be done then (5) */
	e->mtu = e->mtu < LEAST_IPV4 ? LEAST_IPV4 : e->mtu;
	return read_gre(bytes + at + sizeof(icmp) + sizeof(ip), e);
}

bool path_error_ipv6(const uint8_t *bytes, size_t length, struct path_error *e)
{
	struct icmp6hdr icmp;
	struct ipv6hdr ip;

	if (length < sizeof(icmp) + sizeof(ip) + sizeof(struct gre))
		return false;
	memcpy(&icmp, bytes, sizeof(icmp));
	memcpy(&ip, bytes + sizeof(icmp), sizeof(ip));
	if (icmp.icmp6_type != ICMPV6_PKT_TOOBIG || ip.version != 6 || ip.nexthdr != IPPROTO_GRE)
		return false;
	memcpy(e->tunnel.local.octets, &ip.saddr, 16);
	memcpy(e->tunnel.remote.octets, &ip.daddr, 16);
	e->mtu = ntohl(icmp.icmp6_mtu);
	e->mtu = e->mtu < LEAST_IPV6 ? LEAST_IPV6 : e->mtu;
	return read_gre(bytes + sizeof(icmp) + sizeof(ip), e);
}
