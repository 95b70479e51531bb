// SPDX-License-Identifier: GPL-2.0-only
/* Route, device and next hop, as the kernel knows them: it is asked, and made to ask (RFC 826) where it does not know. */
#include <errno.h>
#include <linux/neighbour.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "links.h"
#include "neighbours.h"

#define KNOWN (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP)

static void keep_route(const struct nlmsghdr *message, void *context)
{
	const struct rtmsg *info = NLMSG_DATA(message);
	const struct rtattr *a[RTA_MAX + 1];
	struct way *way = context;

	attributes_of(message, sizeof(*info), a, RTA_MAX + 1);
	way->type = info->rtm_type;
	way->index = attribute_u32(a[RTA_OIF]);
	way->gateway = way->remote;
	if (a[RTA_GATEWAY] && RTA_PAYLOAD(a[RTA_GATEWAY]) <= sizeof(way->gateway.bytes))
		memcpy(way->gateway.bytes, RTA_DATA(a[RTA_GATEWAY]), RTA_PAYLOAD(a[RTA_GATEWAY]));
}

static void keep_device(const struct nlmsghdr *message, void *context)
{
	struct way *way = context;
	struct link link;

	link_read(message, &link);
	way->mtu = link.mtu;
	way->device_type = link.type;
	memcpy(way->smac, link.mac, sizeof(way->smac));
}

static void keep_next_hop(const struct nlmsghdr *message, void *context)
{
	const struct ndmsg *info = NLMSG_DATA(message);
	const struct rtattr *a[NDA_MAX + 1];
	struct way *way = context;

	attributes_of(message, sizeof(*info), a, NDA_MAX + 1);
	way->resolved = info->ndm_state & KNOWN && a[NDA_LLADDR] && RTA_PAYLOAD(a[NDA_LLADDR]) == sizeof(way->dmac);
	if (way->resolved)
		memcpy(way->dmac, RTA_DATA(a[NDA_LLADDR]), sizeof(way->dmac));
}

static void ask_routes(struct batch *b, struct way *ways, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int length = address_length(&ways[i].remote);
		struct rtmsg info = { .rtm_family = ways[i].remote.family,
				      .rtm_dst_len = length * 8,
				      .rtm_src_len = length * 8 };

		ways[i].index = 0;
		batch_begin(b, ways[i].op, "finding a route from local to remote", 0, RTM_GETROUTE, 0, &info, sizeof(info));
		put(b, RTA_DST, ways[i].remote.bytes, length);
		put(b, RTA_SRC, ways[i].local.bytes, length);
		batch_reply(b, keep_route, &ways[i]);
	}
	batch_send(b);
}

static void ask_devices(struct batch *b, struct way *ways, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct ifinfomsg info = { .ifi_index = ways[i].index };

		if (ways[i].op->failed || !ways[i].index)
			continue;
		batch_begin(b, ways[i].op, "asking for the underlay device", 0, RTM_GETLINK, 0, &info, sizeof(info));
		put_u32(b, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
		batch_reply(b, keep_device, &ways[i]);
	}
	batch_send(b);
}

static size_t ask_next_hops(struct batch *b, struct way *ways, size_t count, bool provoke)
{
	size_t unresolved = 0;

	for (size_t i = 0; i < count; i++) {
		struct ndmsg info = { .ndm_family = ways[i].remote.family, .ndm_ifindex = ways[i].index };

		if (ways[i].op->failed || ways[i].resolved || !ways[i].index)
			continue;
		if (provoke) {
			info.ndm_flags = NTF_USE; /* as if a packet had been sent there */
			batch_begin(b, ways[i].op, "asking for the next hop", 0, RTM_NEWNEIGH, NLM_F_CREATE, &info,
				    sizeof(info));
		} else {
			batch_begin(b, ways[i].op, "asking for the next hop", ENOENT, RTM_GETNEIGH, 0, &info, sizeof(info));
			batch_reply(b, keep_next_hop, &ways[i]);
		}
		put(b, NDA_DST, ways[i].gateway.bytes, address_length(&ways[i].gateway));
	}
	batch_send(b);
	for (size_t i = 0; i < count; i++)
		unresolved += !ways[i].op->failed && !ways[i].resolved && ways[i].index;
	return unresolved;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* The kernel tells when a neighbour entry changes; what it tells is not read, only that there is something to ask for. */
static void wait_for_next_hops(struct batch *b, struct way *ways, size_t count, int wait_ms)
{
	int64_t until = now_ms() + wait_ms, left = wait_ms;
	int group = RTNLGRP_NEIGH;
	struct netlink news;
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	char ignored[65536];

	if (!netlink_open(&news))
		return;
	bind(news.fd, (void *)&any, sizeof(any)); /* without a number of its own it would be told nothing */
	setsockopt(news.fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group));
	ask_next_hops(b, ways, count, true);
	while (ask_next_hops(b, ways, count, false) && left > 0) {
		struct pollfd ready = { .fd = news.fd, .events = POLLIN };

		poll(&ready, 1, left);
		while (recv(news.fd, ignored, sizeof(ignored), MSG_DONTWAIT) > 0)
			;
		left = until - now_ms();
	}
	netlink_close(&news);
}

void ways_find(struct trellis *t, struct way *ways, size_t count, int wait_ms)
{
	struct batch b;

	batch_open(&b, &t->nl);
	ask_routes(&b, ways, count);
	ask_devices(&b, ways, count);
	if (!ask_next_hops(&b, ways, count, false))
		return;
	if (wait_ms)
		wait_for_next_hops(&b, ways, count, wait_ms);
	else
		ask_next_hops(&b, ways, count, true);
}
