// SPDX-License-Identifier: GPL-2.0-only
/* What is the sender of a frame told that is longer than its way takes? */
#include <net/if.h> /* first: the kernel's header of that name then leaves out what both have */
#include <arpa/inet.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <string.h>
#include "paths.h"

#define LEAST_IPV4 68	/* RFC 791 3.2 */
#define LEAST_IPV6 1280 /* RFC 8200 5: of less no host takes notice */
#define MOST_TAGS 2
#define TAG_BYTES 4
#define INTERNET_CONTROL 0xc0 /* RFC 1812 4.3.2.5 */

struct quoted {
	const uint8_t *packet; /* from its IP header on */
	size_t length;
};

uint16_t checksum(const void *bytes, size_t length, uint32_t sum)
{
	const uint8_t *at = bytes;
	uint16_t word;

	for (; length > 1; length -= 2, at += 2) {
		memcpy(&word, at, 2);
		sum += word;
	}
	if (length)
		sum += htons(*at << 8);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~((sum & 0xffff) + (sum >> 16));
}

/* RFC 1122 3.2.2 and RFC 4443 2.4 (e): never about an error, nor to or about what is not one host's. */
static bool may_answer_ipv4(const struct iphdr *ip, struct quoted q)
{
	uint32_t from = ntohl(ip->saddr), to = ntohl(ip->daddr);
	uint8_t kind = ip->ihl * 4u < q.length ? q.packet[ip->ihl * 4] : 0;

	if (ip->version != 4 || ip->ihl < 5 || q.length < ip->ihl * 4u + 8 || ntohs(ip->frag_off) & 0x1fff)
		return false;
	if (!from || from >> 24 == 127 || from >> 28 >= 14 || to >> 28 >= 14)
		return false;
	return ip->protocol != IPPROTO_ICMP || kind == ICMP_ECHO || kind == ICMP_ECHOREPLY || kind == ICMP_TIMESTAMP ||
	       kind == ICMP_TIMESTAMPREPLY;
}

static bool may_answer_ipv6(const struct ipv6hdr *ip, struct quoted q)
{
	static const struct in6_addr none;

	if (ip->version != 6 || q.length < sizeof(*ip) + 8 || !memcmp(&ip->saddr, &none, sizeof(none)) ||
	    ip->saddr.s6_addr[0] == 0xff)
		return false;
	return ip->nexthdr != IPPROTO_ICMPV6 || q.packet[sizeof(*ip)] & 0x80; /* below 128 are errors (RFC 4443 2.1) */
}

static size_t write_ipv4(uint8_t *out, struct quoted q, uint32_t mtu)
{
	struct iphdr about, ip = { .version = 4, .ihl = 5, .tos = INTERNET_CONTROL, .ttl = 64, .protocol = IPPROTO_ICMP };
	struct icmphdr icmp = { .type = ICMP_DEST_UNREACH, .code = ICMP_FRAG_NEEDED };
	size_t head = sizeof(ip) + sizeof(icmp);

	memcpy(&about, q.packet, sizeof(about));
	if (!may_answer_ipv4(&about, q))
		return 0;
	/* An end has no address of its own: the packet's destination is, as seen from there, what lies that way. */
	ip.saddr = about.daddr;
	ip.daddr = about.saddr;
	ip.tot_len = htons(head + q.length);
	ip.check = checksum(&ip, sizeof(ip), 0);
	icmp.un.frag.mtu = htons(mtu < LEAST_IPV4 ? LEAST_IPV4 : mtu); /* RFC 1191 4 */
	memcpy(out + head, q.packet, q.length);
	memcpy(out + sizeof(ip), &icmp, sizeof(icmp));
	icmp.checksum = checksum(out + sizeof(ip), sizeof(icmp) + q.length, 0);
	memcpy(out, &ip, sizeof(ip));
	memcpy(out + sizeof(ip), &icmp, sizeof(icmp));
	return head + q.length;
}

static size_t write_ipv6(uint8_t *out, struct quoted q, uint32_t mtu)
{
	struct ipv6hdr about, ip = { .version = 6, .nexthdr = IPPROTO_ICMPV6, .hop_limit = 64 };
	struct icmp6hdr icmp = { .icmp6_type = ICMPV6_PKT_TOOBIG };
	size_t head = sizeof(ip) + sizeof(icmp);
	uint32_t pseudo[10] = { 0 }; /* RFC 8200 8.1 */

	memcpy(&about, q.packet, sizeof(about));
	if (!may_answer_ipv6(&about, q))
		return 0;
	ip.payload_len = htons(sizeof(icmp) + q.length);
	ip.saddr = about.daddr;
	ip.daddr = about.saddr;
	icmp.icmp6_mtu = htonl(mtu < LEAST_IPV6 ? LEAST_IPV6 : mtu); /* RFC 4443 3.2 */
	memcpy(out + head, q.packet, q.length);
	memcpy(out + sizeof(ip), &icmp, sizeof(icmp));
	memcpy(pseudo, &ip.saddr, 32);
	pseudo[8] = htonl(sizeof(icmp) + q.length);
	pseudo[9] = htonl(IPPROTO_ICMPV6);
	icmp.icmp6_cksum = checksum(out + sizeof(ip), sizeof(icmp) + q.length,
				    (uint16_t)~checksum(pseudo, sizeof(pseudo), 0));
	memcpy(out, &ip, sizeof(ip));
	memcpy(out + sizeof(ip), &icmp, sizeof(icmp));
	return head + q.length;
}

/* A tag kept beside the frame goes where it belongs. */
static size_t whole_frame(const struct egre_too_long *t, uint8_t frame[EGRE_QUOTE + TAG_BYTES])
{
	uint16_t tci = htons(t->tag >> 16), tpid = t->tag;

	if (!t->tag) {
		memcpy(frame, t->frame, EGRE_QUOTE);
		return EGRE_QUOTE;
	}
	memcpy(frame, t->frame, 2 * ETH_ALEN);
	memcpy(frame + 2 * ETH_ALEN, &tpid, 2);
	memcpy(frame + 2 * ETH_ALEN + 2, &tci, 2);
	memcpy(frame + 2 * ETH_ALEN + TAG_BYTES, t->frame + 2 * ETH_ALEN, EGRE_QUOTE - 2 * ETH_ALEN);
	return EGRE_QUOTE + TAG_BYTES;
}

size_t path_answer(const struct egre_too_long *t, uint8_t out[PATH_ANSWER])
{
	uint8_t frame[EGRE_QUOTE + TAG_BYTES];
	size_t length = whole_frame(t, frame), head = ETH_HLEN, written;
	uint32_t tags = 0;
	uint16_t type;
	struct quoted q;

	if (frame[0] & 1) /* to a group */
		return 0;
	for (;; tags++, head += TAG_BYTES) {
		memcpy(&type, frame + head - 2, 2);
		type = ntohs(type);
		if ((type != ETH_P_8021Q && type != ETH_P_8021AD) || tags == MOST_TAGS)
			break;
	}
	if (type != ETH_P_IP && type != ETH_P_IPV6)
		return 0;
	q = (struct quoted){ frame + head, length - head };
	written = (type == ETH_P_IP ? write_ipv4 : write_ipv6)(out + head, q, t->mtu - tags * TAG_BYTES);
	if (!written)
		return 0;
	memcpy(out, frame + ETH_ALEN, ETH_ALEN);
	memcpy(out + ETH_ALEN, frame, ETH_ALEN);
	memcpy(out + 2 * ETH_ALEN, frame + 2 * ETH_ALEN, head - 2 * ETH_ALEN);
	return head + written;
}
