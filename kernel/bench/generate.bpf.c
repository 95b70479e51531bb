// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where do the packets of a benchmark come from, and where do they end? BPF_PROG_TEST_RUN in live-frames mode runs
 * `generate` for each packet, which copies the next template into the frame and sends it out of a device.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "templates.h"

#define AF_INET 2

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MOST_TEMPLATES);
	__type(key, __u32);
	__type(value, struct template);
} templates SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct generator);
} state SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} out SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

static __always_inline void see(void)
{
	__u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&seen, &zero);

	if (count)
		(*count)++;
}

/* A frame comes back from where it went with other contents, so it is written whole each time. */
SEC("xdp")
int generate(struct xdp_md *ctx)
{
	__u64 *to = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 zero = 0, index;
	struct generator *g = bpf_map_lookup_elem(&state, &zero);
	const struct template *t;

	if (!g)
		return XDP_DROP;
	index = g->next + 1 < g->count ? g->next + 1 : 0;
	g->next = index;
	t = bpf_map_lookup_elem(&templates, &index);
	if (!t)
		return XDP_DROP;
#pragma unroll
	for (int i = 0; i < TEMPLATE_BYTES / 8; i++) {
		if ((void *)(to + i + 1) <= (void *)end) {
			to[i] = t->words[i];
		} else {
			__u16 *rest = (void *)(to + i);
			const __u16 *from = (const void *)&t->words[i];

			for (int k = 0; k < 3; k++)
				if ((void *)(rest + k + 1) <= (void *)end)
					rest[k] = from[k];
			break;
		}
	}
	return bpf_redirect_map(&out, 0, XDP_DROP);
}

SEC("xdp")
int count_frames(struct xdp_md *ctx)
{
	see();
	return XDP_DROP;
}

SEC("tc")
int count_packets(struct __sk_buff *skb)
{
	see();
	return TC_ACT_SHOT;
}

/* So that a veth takes frames that are sent to it, and nothing more. */
SEC("xdp")
int pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

/* What XDP forwarding costs without any tunnel: the least a fast path can be compared with. */
SEC("xdp")
int forward(struct xdp_md *ctx)
{
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct bpf_fib_lookup fib = { .family = AF_INET, .ifindex = ctx->ingress_ifindex };
	__u32 sum;

	if ((void *)(ip + 1) > (void *)(long)ctx->data_end || eth->h_proto != bpf_htons(ETH_P_IP) || ip->ihl != 5 ||
	    ip->ttl <= 1)
		return XDP_PASS;
	fib.tos = ip->tos;
	fib.l4_protocol = ip->protocol;
	fib.tot_len = bpf_ntohs(ip->tot_len);
	fib.ipv4_src = ip->saddr;
	fib.ipv4_dst = ip->daddr;
	if (bpf_fib_lookup(ctx, &fib, sizeof(fib), 0) != BPF_FIB_LKUP_RET_SUCCESS)
		return XDP_PASS;
	sum = ip->check + bpf_htons(0x0100);
	ip->check = sum + (sum >= 0xffff);
	ip->ttl--;
	__builtin_memcpy(eth->h_dest, fib.dmac, ETH_ALEN);
	__builtin_memcpy(eth->h_source, fib.smac, ETH_ALEN);
	return bpf_redirect(fib.ifindex, 0);
}

char generate_license[] SEC("license") = "GPL";
