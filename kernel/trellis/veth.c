// SPDX-License-Identifier: GPL-2.0-only
/* A virtual interface: a veth pair, one end in the virtual host, the other on the node where the program is attached. */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "ends.h"
#include "links.h"
#include "run-folder.h"
#include "sysctl.h"
#include "tc.h"
#include "trellis.h"

/*
 * Of the node's side only. The virtual host's own side bounds what it sends; should its root raise that, the frames
 * come this far and are counted as oversize instead of being lost without a trace.
 */
#define NODE_SIDE_MTU 65535

struct veth {
	struct op *op;
	const char *device, *namespace, *interface, *mark;
	uint8_t mac[6];
	uint64_t mtu, queue;
	struct link link;
};

static bool take(struct op *op, struct veth *v)
{
	v->op = op;
	return take_device(op, "device", &v->device) && take_name(op, "namespace", &v->namespace) &&
	       take_device(op, "interface", &v->interface) && take_mac(op, "mac", v->mac) &&
	       take_number(op, "mtuBytes", 68, NODE_SIDE_MTU, &v->mtu) && take_mark(op, "mark", &v->mark) &&
	       (!has(op, "txQueueLength") || take_number(op, "txQueueLength", 0, 1000000, &v->queue));
}

static void put_pair(struct batch *b, const struct veth *v, int namespace)
{
	struct ifinfomsg none = { 0 };
	struct rtattr *info, *data, *peer;

	batch_begin(b, v->op, "making the veth pair", EEXIST, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &none, sizeof(none));
	put_text(b, IFLA_IFNAME, v->device);
	put_u32(b, IFLA_GROUP, OUR_GROUP);
	put_u32(b, IFLA_MTU, NODE_SIDE_MTU);
	put_u32(b, IFLA_NUM_TX_QUEUES, 1); /* the default is one per CPU, on both ends: memory and time */
	put_u32(b, IFLA_NUM_RX_QUEUES, 1);
	info = put_open(b, IFLA_LINKINFO);
	put_text(b, IFLA_INFO_KIND, "veth");
	data = put_open(b, IFLA_INFO_DATA);
	peer = put_open(b, VETH_INFO_PEER);
	put_header(b, &none, sizeof(none));
	put_text(b, IFLA_IFNAME, v->interface);
	put(b, IFLA_ADDRESS, v->mac, sizeof(v->mac));
	put_u32(b, IFLA_MTU, v->mtu);
	put_u32(b, IFLA_NUM_TX_QUEUES, 1);
	put_u32(b, IFLA_NUM_RX_QUEUES, 1);
	if (has(v->op, "txQueueLength"))
		put_u32(b, IFLA_TXQLEN, v->queue);
	put_u32(b, IFLA_NET_NS_FD, namespace);
	put_close(b, peer);
	put_close(b, data);
	put_close(b, info);
	if (has(v->op, "txQueueLength"))
		put_u32(b, IFLA_TXQLEN, v->queue);
}

/* Each namespace is opened once for all its interfaces; its descriptor must live until the messages are sent. */
static void make_pairs(struct trellis *t, struct batch *b, struct veth *veths, size_t count)
{
	const char *opened = NULL;
	int fds[BATCH_REQUESTS / 2], fd = -1;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (n == BATCH_REQUESTS / 2) {
			batch_send(b);
			while (n)
				close(fds[--n]);
			opened = NULL;
		}
		if (!opened || strcmp(opened, veths[i].namespace)) {
			opened = veths[i].namespace;
			fd = run_open(t->run, "netns", opened);
			if (fd >= 0)
				fds[n++] = fd;
		}
		if (fd < 0)
			op_fail(veths[i].op, ENOENT, "namespace: there is no %s", opened);
		else
			put_pair(b, &veths[i], fd);
		link_ask(b, veths[i].op, veths[i].device, &veths[i].link);
	}
	batch_send(b);
	while (n)
		close(fds[--n]);
}

/* Without IPv6 the node's side sends nothing of its own accord: no neighbour solicitations, no multicast reports. */
static void silence(const struct veth *v)
{
	char path[64];
	int error;

	snprintf(path, sizeof(path), "ipv6/conf/%s/disable_ipv6", v->device);
	error = sysctl_write(path, "1");
	if (error && error != ENOENT)
		op_fail(v->op, error, "turning IPv6 off on %s: %s", v->device, strerror(error));
}

static bool check(struct veth *v)
{
	if (!v->op->failed && !v->link.index)
		op_fail(v->op, ENODEV, "device: %s vanished while it was made", v->device);
	if (!v->op->failed && !link_is_ours(&v->link))
		op_fail(v->op, EEXIST, "device: %s exists and is not ours", v->device);
	if (!v->op->failed)
		silence(v);
	return !v->op->failed;
}

static void put_mark(struct batch *b, const struct veth *v)
{
	struct ifinfomsg info = { .ifi_index = v->link.index };
	struct rtattr *list;

	batch_begin(b, v->op, "marking the device", EEXIST, RTM_NEWLINKPROP, NLM_F_CREATE | NLM_F_EXCL, &info, sizeof(info));
	list = put_open(b, IFLA_PROP_LIST | NLA_F_NESTED);
	put_text(b, IFLA_ALT_IFNAME, v->mark);
	put_close(b, list);
}

/* Up comes last: before the program is there, a frame from the virtual host would enter the node's own stack. */
static void attach(struct trellis *t, struct batch *b, struct veth *veths, size_t count)
{
	struct op all = { 0 };

	for (size_t i = 0; i < count; i++)
		if (!veths[i].op->failed)
			tc_join_block(b, veths[i].op, veths[i].link.index);
	tc_fill_block(b, &all, t->maps.from_virtual, false);
	batch_send(b);
	for (size_t i = 0; all.failed && i < count; i++)
		op_fail(veths[i].op, all.error, "%s", all.message);
	for (size_t i = 0; i < count; i++) {
		struct veth *v = &veths[i];

		if (v->op->failed)
			continue;
		put_mark(b, v);
		if (!(v->link.flags & IFF_UP))
			link_change(b, v->op, "bringing the device up", v->link.index, IFF_UP, IFF_UP);
	}
	batch_send(b);
}

static void add_end(struct trellis *t, struct veth *v)
{
	uint32_t slot = end_of_device(&t->maps, v->link.index);

	if (slot)
		t->maps.ends[slot].mtu = v->mtu;
	else if (!end_add_device(&t->maps, v->link.index, v->device, v->mac, v->mtu))
		op_fail(v->op, ENOSPC, "device: the node has no room for more than %d ends of links", EGRE_MAX_ENDS - 1);
}

void veth_create(struct trellis *t, struct op *ops, size_t count)
{
	struct veth *veths = arena_take(ops->arena, count * sizeof(*veths));
	struct batch b;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		memset(&veths[n], 0, sizeof(*veths));
		if (take(&ops[i], &veths[n]))
			n++;
	}
	if (!n)
		return;
	batch_open(&b, &t->nl);
	make_pairs(t, &b, veths, n);
	for (size_t i = 0; i < n; i++)
		if (check(&veths[i]))
			add_end(t, &veths[i]);
	attach(t, &b, veths, n);
}
