/* SPDX-License-Identifier: GPL-2.0-only */
/* What is on the wire? Ethernet, IPv4 or IPv6, GRE with key (RFC 2784, RFC 2890), then the inner Ethernet frame. */
#ifndef EGRE_PACKET_H
#define EGRE_PACKET_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* linux/if_tunnel.h has them, but drags in headers that the BPF target lacks. */
#define GRE_FLAG_KEY bpf_htons(0x2000)
#define GRE_TRANSPARENT_ETHERNET bpf_htons(0x6558)
#define IP_DONT_FRAGMENT bpf_htons(0x4000)
#define IP_MORE_FRAGMENTS bpf_htons(0x2000)
#define IP_FRAGMENT_OFFSET bpf_htons(0x1fff)
#define OUTER_TTL 64

struct gre {
	__be16 flags, protocol;
	__be32 key;
};

#define OUTER_LENGTH (sizeof(struct ethhdr) + sizeof(struct iphdr) + sizeof(struct gre))
#define OUTER_LENGTH_IPV6 (sizeof(struct ethhdr) + sizeof(struct ipv6hdr) + sizeof(struct gre))
#define OUTER_AND_INNER_LENGTH (OUTER_LENGTH + sizeof(struct ethhdr))

static __always_inline __u32 outer_length(int is_ipv6)
{
	return is_ipv6 ? OUTER_LENGTH_IPV6 : OUTER_LENGTH;
}

/* Pointers and not one packed struct: from that clang would load byte by byte. */
struct headers {
	struct ethhdr *eth;
	struct iphdr *ip;
	struct gre *gre;
	struct ethhdr *inner;
};

static __always_inline struct headers headers_at(void *data)
{
	struct headers h = { .eth = data };

	h.ip = (void *)(h.eth + 1);
	h.gre = (void *)(h.ip + 1);
	h.inner = (void *)(h.gre + 1);
	return h;
}

/* `addresses`: destination and source, as they stand in the frame. Word by word, which clang would not do by itself. */
static __always_inline void write_addresses(struct ethhdr *eth, const __u8 *addresses)
{
	__u32 *to = (void *)eth;
	const __u32 *from = (const void *)addresses;

	to[0] = from[0];
	to[1] = from[1];
	to[2] = from[2];
}

static __always_inline __u16 fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static __always_inline __u16 ipv4_checksum(const struct iphdr *ip)
{
	const __u16 *word = (const void *)ip;
	__u32 sum = 0;

#pragma unroll
	for (int i = 0; i < 10; i++)
		sum += word[i];
	return fold(sum);
}

static __always_inline void *data_of(struct __sk_buff *skb)
{
	return (void *)(long)skb->data;
}

static __always_inline void *end_of(struct __sk_buff *skb)
{
	return (void *)(long)skb->data_end;
}

#endif
