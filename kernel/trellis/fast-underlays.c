// SPDX-License-Identifier: GPL-2.0-only
/* Which underlay devices take the fast path, in and out? */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "neighbours.h"
#include "tc.h"
#include "trellis.h"

bool fast_is_veth(const struct trellis *t, const char *device)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	struct ifreq request = { .ifr_data = (void *)&info };

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", device);
	return !ioctl(t->ask, SIOCETHTOOL, &request) && !strcmp(info.driver, "veth");
}

static __u32 id_of(int program)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);

	return bpf_obj_get_info_by_fd(program, &info, &size) ? 0 : info.id;
}

/* Only in native mode: generic XDP comes after the packet is made, and would cost more than it saves. */
static int attach(int program, uint32_t index, int old)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, options, .old_prog_fd = old);
	__u32 there = 0, flags = XDP_FLAGS_DRV_MODE;

	if (!bpf_xdp_query_id(index, 0, &there) && there && there == id_of(program))
		return 0;
	if (there && !old)
		return EBUSY;
	return -bpf_xdp_attach(index, program, old ? flags | XDP_FLAGS_REPLACE : flags | XDP_FLAGS_UPDATE_IF_NOEXIST,
			       old ? &options : NULL);
}

struct waiting {
	uint32_t indexes[EGRE_MAX_NEIGHBOURS];
	size_t count;
};

static const char *const plain[] = { "noqueue", "mq", "pfifo_fast", "pfifo", "fq", "fq_codel", "clsact", "ingress" };

static void find_queues(const struct nlmsghdr *message, void *context)
{
	const struct tcmsg *info = NLMSG_DATA(message);
	const struct rtattr *a[TCA_MAX + 1];
	struct waiting *waiting = context;

	attributes_of(message, sizeof(*info), a, TCA_MAX + 1);
	for (size_t i = 0; a[TCA_KIND] && i < sizeof(plain) / sizeof(*plain); i++)
		if (!strcmp(RTA_DATA(a[TCA_KIND]), plain[i]))
			return;
	if (waiting->count < EGRE_MAX_NEIGHBOURS)
		waiting->indexes[waiting->count++] = info->tcm_ifindex;
}

static bool waits(const struct waiting *waiting, uint32_t index)
{
	for (size_t i = 0; i < waiting->count; i++)
		if (waiting->indexes[i] == index)
			return true;
	return false;
}

/*
 * A queueing discipline that shapes keeps what was reserved for other links; frames of the fast path would pass it by.
 * Tunnels over IPv6 are left to the tc path.
 */
void fast_allow_underlays(int underlays, const struct fast_way *ways, const struct egre_neighbour *neighbours,
			  struct netlink *nl)
{
	struct waiting waiting = { .count = 0 };
	struct tcmsg all = { 0 };
	int error = netlink_dump(nl, RTM_GETQDISC, &all, sizeof(all), NULL, 0, find_queues, &waiting);

	for (uint32_t i = 0; i < EGRE_MAX_NEIGHBOURS; i++) {
		uint32_t index = ways[i].ifindex, there = 0;
		bool allowed = !error && ways[i].mode != FAST_OFF && index && neighbours[i].ifindex == index &&
			       neighbour_address(&neighbours[i].remote).family == AF_INET && !waits(&waiting, index);

		bpf_map_lookup_elem(underlays, &i, &there);
		if (allowed && there != index)
			bpf_map_update_elem(underlays, &i, &index, BPF_ANY);
		else if (!allowed && there)
			bpf_map_delete_elem(underlays, &i);
	}
}

static void allow(struct trellis *t)
{
	fast_allow_underlays(t->fast.underlays, t->fast.ways, t->maps.neighbours, &t->nl);
}

/* The last neighbour behind a device takes the program away. */
static void detach(struct trellis *t, uint32_t index)
{
	__u32 there = 0;

	for (uint32_t i = 0; i < EGRE_MAX_NEIGHBOURS; i++)
		if (t->fast.ways[i].mode != FAST_OFF && t->fast.ways[i].ifindex == index)
			return;
	if (!bpf_xdp_query_id(index, 0, &there) && there && there == id_of(t->fast.on_underlay))
		bpf_xdp_detach(index, XDP_FLAGS_DRV_MODE, NULL);
}

void fast_underlay_changed(struct trellis *t, uint32_t neighbour)
{
	struct fast_way old;

	fast_open_if_used(t);
	if (!t->fast.object || t->fast.ways[neighbour].ifindex == t->maps.neighbours[neighbour].ifindex)
		return;
	old = t->fast.ways[neighbour];
	t->fast.ways[neighbour] = (struct fast_way){ 0 };
	allow(t);
	if (old.ifindex)
		detach(t, old.ifindex);
}

static const char *turn_on(struct trellis *t, struct op *op, uint32_t neighbour, enum fast_mode mode)
{
	uint32_t index = t->maps.neighbours[neighbour].ifindex;
	char device[IF_NAMESIZE];
	int error;

	if (!if_indextoname(index, device))
		return "its device is gone";
	if (mode == FAST_AUTO && fast_is_veth(t, device))
		return "veth: XDP would cost more than it saves";
	error = attach(t->fast.on_underlay, index, 0);
	if (error == EBUSY || error == EEXIST)
		return "another XDP program is on its device";
	if (error == EOPNOTSUPP || error == EINVAL || error == ERANGE)
		return "its driver has no XDP for this MTU";
	if (error) {
		op_fail(op, error, "underlay: XDP on %s: %s", device, strerror(error));
		return NULL;
	}
	t->fast.ways[neighbour] = (struct fast_way){ mode, index };
	return NULL;
}

static void set(struct trellis *t, struct op *op, const char *underlay, enum fast_mode mode)
{
	uint32_t neighbour = neighbour_named(&t->maps, underlay);
	struct fast_way old;
	const char *why;

	if (neighbour == NO_NEIGHBOUR) {
		op_fail(op, ENOENT, "underlay: there is no underlay %s", underlay);
		return;
	}
	old = t->fast.ways[neighbour];
	t->fast.ways[neighbour] = (struct fast_way){ 0 };
	why = mode == FAST_OFF ? "off" : turn_on(t, op, neighbour, mode);
	if (why && mode != FAST_OFF)
		t->fast.ways[neighbour].mode = mode; /* asked for, and refused: so it is not asked again and again */
	allow(t);
	if (old.ifindex && !t->fast.ways[neighbour].ifindex)
		detach(t, old.ifindex);
	text_name_bool(&op->out, "fast", !why && !op->failed);
	text_name_json(&op->out, "why", why);
}

static bool take_mode(struct op *op, enum fast_mode *mode)
{
	static const char *const names[] = { "off", "auto", "on" };
	const struct json *value = json_member(op->in, "mode");

	for (int i = FAST_OFF; value && value->kind == JSON_STRING && i <= FAST_ON; i++)
		if (!strcmp(value->text, names[i])) {
			*mode = i;
			return true;
		}
	op_fail(op, EINVAL, "mode: must be \"off\", \"auto\" or \"on\"");
	return false;
}

void fast_underlay(struct trellis *t, struct op *ops, size_t count)
{
	const char *underlay;
	enum fast_mode mode;
	char error[200];

	for (size_t i = 0; i < count; i++) {
		if (!take_label(&ops[i], "underlay", &underlay) || !take_mode(&ops[i], &mode))
			continue;
		if (!fast_open(t, error, sizeof(error)))
			op_fail(&ops[i], ENOSYS, "%s", error);
		else
			set(t, &ops[i], underlay, mode);
	}
}

/* Newer programs in the place of older ones: the driver swaps a pointer, and no packet is lost. */
void fast_attach_underlays(struct trellis *t)
{
	for (uint32_t i = 0; i < EGRE_MAX_NEIGHBOURS; i++) {
		__u32 there = 0;
		int old;

		if (t->fast.ways[i].mode == FAST_OFF || bpf_xdp_query_id(t->fast.ways[i].ifindex, 0, &there) || !there)
			continue;
		old = bpf_prog_get_fd_by_id(there);
		if (old < 0)
			continue;
		if (attach(t->fast.on_underlay, t->fast.ways[i].ifindex, old))
			fprintf(stderr, "trellis: XDP on device %u stays as it was\n", t->fast.ways[i].ifindex);
		close(old);
	}
}
