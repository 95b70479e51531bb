// SPDX-License-Identifier: GPL-2.0-only
/* How does a frame of our own leave by an end, as if it had come through the short bridge? */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <string.h>
#include <sys/socket.h>
#include "paths.h"

#define GRE_BYTES 8
#define OUTER_MOST (ETH_HLEN + sizeof(struct ipv6hdr) + GRE_BYTES)
#define OUTER_TTL 64

static size_t write_outer(uint8_t *out, const struct egre_neighbour *n, __be32 key, size_t length)
{
	bool is_ipv6 = n->flags & EGRE_IPV6;
	struct ethhdr eth = { .h_proto = htons(is_ipv6 ? ETH_P_IPV6 : ETH_P_IP) };
	struct ipv6hdr ip6 = { .version = 6, .nexthdr = IPPROTO_GRE, .hop_limit = OUTER_TTL };
	struct iphdr ip = { .version = 4, .ihl = 5, .ttl = OUTER_TTL, .protocol = IPPROTO_GRE, .frag_off = htons(0x4000) };
	uint16_t gre[2] = { htons(0x2000), htons(ETH_P_TEB) };
	size_t at = ETH_HLEN;

	memcpy(eth.h_dest, n->dmac, ETH_ALEN);
	memcpy(eth.h_source, n->smac, ETH_ALEN);
	memcpy(out, &eth, sizeof(eth));
	if (is_ipv6) {
		memcpy(&ip6.saddr, n->local.octets, 16);
		memcpy(&ip6.daddr, n->remote.octets, 16);
		ip6.payload_len = htons(GRE_BYTES + length);
		memcpy(out + at, &ip6, sizeof(ip6));
		at += sizeof(ip6);
	} else {
		memcpy(&ip.saddr, n->local.octets + 12, 4);
		memcpy(&ip.daddr, n->remote.octets + 12, 4);
		ip.tot_len = htons(sizeof(ip) + GRE_BYTES + length);
		ip.check = checksum(&ip, sizeof(ip), 0);
		memcpy(out + at, &ip, sizeof(ip));
		at += sizeof(ip);
	}
	memcpy(out + at, gre, sizeof(gre));
	memcpy(out + at + sizeof(gre), &key, sizeof(key));
	return at + GRE_BYTES;
}

void path_send(const struct maps *maps, int socket, uint32_t slot, const uint8_t *frame, size_t length)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = ETH_ALEN };
	const struct egre_end *end = &maps->ends[slot % EGRE_MAX_ENDS];
	uint8_t out[OUTER_MOST + PATH_ANSWER];
	size_t head = 0;

	if (end->kind == EGRE_DEVICE) {
		to.sll_ifindex = end->ifindex;
	} else if (end->kind == EGRE_TUNNEL) {
		const struct egre_neighbour *n = &maps->neighbours[end->neighbour % EGRE_MAX_NEIGHBOURS];

		if (!(n->flags & EGRE_RESOLVED))
			return;
		to.sll_ifindex = n->ifindex;
		head = write_outer(out, n, end->key, length);
	}
	if (!to.sll_ifindex)
		return;
	memcpy(out + head, frame, length);
	memcpy(to.sll_addr, out, ETH_ALEN);
	/* Its device may have gone meanwhile: then so has whoever would be told. */
	sendto(socket, out, head + length, MSG_DONTWAIT, (void *)&to, sizeof(to));
}
