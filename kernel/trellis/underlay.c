// SPDX-License-Identifier: GPL-2.0-only
/* Neighbour nodes come and go: an entry in the maps, and the program on the device that leads there. */
#include <bpf/bpf.h>
#include <errno.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include "ends.h"
#include "neighbours.h"
#include "queues.h"
#include "tc.h"
#include "tcx.h"

#define NEXT_HOP_WAIT_MS 1000

struct underlay {
	struct op *op;
	const char *name;
	uint64_t mtu;
	uint32_t slot;
};

/* Link-local (RFC 4291 2.5.6), which without an interface says not where; or an IPv4 address in disguise (2.5.5.2). */
static bool unusable(const struct address *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return a->family == AF_INET6 &&
	       ((a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80) || !memcmp(a->bytes, mapped, sizeof(mapped)));
}

static bool take(struct op *op, struct underlay *u, struct way *way)
{
	u->op = op;
	way->op = op;
	if (!take_label(op, "underlay", &u->name) || !take_address(op, "local", &way->local) ||
	    !take_address(op, "remote", &way->remote) || !take_number(op, "mtuBytes", 576, 65535, &u->mtu))
		return false;
	if (way->local.family != way->remote.family)
		op_fail(op, EINVAL, "remote: must be of the same address family as local");
	else if (unusable(&way->remote) || unusable(&way->local))
		op_fail(op, EINVAL, "%s: must not be a link-local or IPv4-mapped IPv6 address",
			unusable(&way->remote) ? "remote" : "local");
	return !op->failed;
}

static bool check(const struct underlay *u, const struct way *way)
{
	if (!u->op->failed && way->type != RTN_UNICAST)
		op_fail(u->op, EINVAL, "remote: %s",
			way->type == RTN_LOCAL ? "is an address of this node" : "is not one node's address");
	if (!u->op->failed && !way->index)
		op_fail(u->op, ENETUNREACH, "remote: no route leads there");
	if (!u->op->failed && way->device_type != ARPHRD_ETHER)
		op_fail(u->op, EOPNOTSUPP, "remote: the way there is not over an Ethernet device");
	return !u->op->failed;
}

static uint32_t find_slot(struct maps *m, const struct underlay *u)
{
	uint32_t slot = neighbour_named(m, u->name);

	for (uint32_t i = 0; slot == NO_NEIGHBOUR && i < EGRE_MAX_NEIGHBOURS; i++)
		if (!m->neighbours[i].ifindex)
			slot = i;
	return slot;
}

static struct egre_path path_of(const struct egre_neighbour *n)
{
	return (struct egre_path){ .remote = n->remote, .local = n->local };
}

/* Tunnels are found by the neighbour's addresses: when these change, each is looked up anew. */
static void move_tunnels(struct maps *m, uint32_t neighbour, const struct egre_neighbour *old)
{
	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++) {
		struct egre_end *end = &m->ends[slot];
		struct egre_tunnel before, after;

		if (end->kind != EGRE_TUNNEL || end->neighbour != neighbour)
			continue;
		before = tunnel_key(old, end->key);
		after = tunnel_key(&m->neighbours[neighbour], end->key);
		bpf_map_update_elem(m->by_tunnel, &after, &slot, BPF_ANY);
		bpf_map_delete_elem(m->by_tunnel, &before);
	}
}

static void write_entry(struct trellis *t, struct underlay *u, const struct way *way)
{
	struct egre_neighbour *n = &t->maps.neighbours[u->slot], old = *n;
	struct egre_path path = path_of(&old), next = { mapped_address(&way->remote), mapped_address(&way->local) };
	bool moved = old.ifindex && memcmp(&path, &next, sizeof(path));
	uint32_t taken;

	if (!bpf_map_lookup_elem(t->maps.by_path, &next, &taken) && taken != u->slot) {
		op_fail(u->op, EEXIST, "remote: underlay %s has these addresses already", t->maps.paths[taken].underlay);
		return;
	}
	if (!old.ifindex || moved)
		*n = (struct egre_neighbour){ .local = next.local,
					      .remote = next.remote,
					      .flags = way->remote.family == AF_INET6 ? EGRE_IPV6 : 0 };
	snprintf(t->maps.paths[u->slot].underlay, sizeof(t->maps.paths[u->slot].underlay), "%s", u->name);
	t->maps.paths[u->slot].mtu = u->mtu;
	neighbour_update(n, way, &t->maps.paths[u->slot]);
	fast_underlay_changed(t, u->slot);
	if (bpf_map_update_elem(t->maps.by_path, &next, &u->slot, BPF_ANY))
		op_fail(u->op, errno, "underlay: the map of neighbours: %s", strerror(errno));
	if (!moved)
		return;
	move_tunnels(&t->maps, u->slot, &old);
	bpf_map_delete_elem(t->maps.by_path, &path);
}

static void note_clsact(uint32_t index, bool clsact, bool ours, void *context)
{
	struct {
		uint32_t index;
		bool found;
	} *wanted = context;

	wanted->found |= clsact && !ours && index == wanted->index;
}

static bool has_clsact(struct trellis *t, uint32_t index)
{
	struct {
		uint32_t index;
		bool found;
	} wanted = { index, false };

	tc_list_qdiscs(&t->nl, note_clsact, &wanted);
	return wanted.found;
}

/* The filter, and the qdisc if it was put there for it alone. */
static void remove_filter(struct trellis *t, struct op *op, uint32_t index, bool made_clsact)
{
	struct batch b;
	bool ours;

	batch_open(&b, &t->nl);
	if (tc_count_filters(&t->nl, index, &ours), ours)
		tc_detach(&b, op, index);
	batch_send(&b);
	if (made_clsact && !tc_count_filters(&t->nl, index, &ours))
		tc_remove_clsact(&b, op, index);
	batch_send(&b);
}

/* The last neighbour behind a device takes the program away. */
static void detach(struct trellis *t, struct op *op, uint32_t index, bool made_clsact)
{
	struct op ignored = { 0 };
	struct batch b;
	int error;

	for (uint32_t i = 0; i < EGRE_MAX_NEIGHBOURS; i++)
		if (t->maps.neighbours[i].ifindex == index) {
			t->maps.paths[i].made_clsact |= made_clsact;
			return;
		}
	batch_open(&b, &t->nl);
	queue_remove(&b, &ignored, index); /* if there is one */
	batch_send(&b);
	error = tcx_is_attached(index, FROM_UNDERLAY) ? tcx_detach(index, FROM_UNDERLAY) : 0;
	if (error)
		op_fail(op, error, "detaching the program from the underlay device: %s", strerror(error));
	remove_filter(t, op, index, made_clsact);
}

/* Where an earlier trellis, or an earlier kernel, had a filter, both saw each packet for an instant: the second does not see ours. */
static void forget_filter(struct trellis *t, struct op *op, uint32_t index)
{
	bool made_clsact = false;

	for (uint32_t i = 0; i < EGRE_MAX_NEIGHBOURS; i++)
		if (t->maps.neighbours[i].ifindex == index) {
			made_clsact |= t->maps.paths[i].made_clsact;
			t->maps.paths[i].made_clsact = 0;
		}
	remove_filter(t, op, index, made_clsact);
}

/* True: a qdisc was made for it. */
static bool attach_filter(struct trellis *t, struct op *op, uint32_t index)
{
	bool had_clsact = has_clsact(t, index);
	struct batch b;

	batch_open(&b, &t->nl);
	tc_add_clsact(&b, op, index);
	tc_attach(&b, op, index, t->maps.from_underlay);
	batch_send(&b);
	return !had_clsact;
}

bool underlay_attach(struct trellis *t, struct op *op, uint32_t index)
{
	int error = tcx_attach(index, t->maps.from_underlay);

	if (error == EINVAL) /* this kernel has no tcx */
		return attach_filter(t, op, index);
	if (error)
		op_fail(op, error, "attaching the program to the underlay device: %s", strerror(error));
	else
		forget_filter(t, op, index);
	return false;
}

static void attach(struct trellis *t, struct underlay *u, const struct way *way, uint32_t old_index)
{
	struct egre_neighbour_label *label = &t->maps.paths[u->slot];
	bool made_clsact = underlay_attach(t, u->op, way->index);

	if (old_index && old_index != way->index) {
		detach(t, u->op, old_index, label->made_clsact);
		label->made_clsact = 0;
	}
	label->made_clsact |= made_clsact;
}

static void set(struct trellis *t, struct underlay *u, struct way *way)
{
	uint32_t old_index;

	if (!check(u, way))
		return;
	u->slot = find_slot(&t->maps, u);
	if (u->slot == NO_NEIGHBOUR) {
		op_fail(u->op, ENOSPC, "underlay: the node has no room for more than %d neighbours", EGRE_MAX_NEIGHBOURS);
		return;
	}
	old_index = t->maps.neighbours[u->slot].ifindex;
	if (!old_index)
		memset(&t->maps.paths[u->slot], 0, sizeof(t->maps.paths[u->slot]));
	write_entry(t, u, way);
	if (!u->op->failed)
		attach(t, u, way, old_index);
	if (!u->op->failed) {
		text_name_json(&u->op->out, "underlay", u->name);
		text_name_bool(&u->op->out, "resolved", t->maps.neighbours[u->slot].flags & EGRE_RESOLVED);
	}
}

void underlay_set(struct trellis *t, struct op *ops, size_t count)
{
	struct underlay *underlays = arena_take(ops->arena, count * sizeof(*underlays));
	struct way *ways = arena_take(ops->arena, count * sizeof(*ways));
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (take(&ops[i], &underlays[n], &ways[n]))
			n++;
	if (!n)
		return;
	ways_find(t, ways, n, NEXT_HOP_WAIT_MS);
	for (size_t i = 0; i < n; i++)
		set(t, &underlays[i], &ways[i]);
}

void neighbour_delete(struct trellis *t, struct op *op, uint32_t index)
{
	struct egre_neighbour old = t->maps.neighbours[index];
	struct egre_path path = path_of(&old);

	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++)
		if (t->maps.ends[slot].kind == EGRE_TUNNEL && t->maps.ends[slot].neighbour == index)
			end_free(&t->maps, slot);
	bpf_map_delete_elem(t->maps.by_path, &path);
	t->maps.neighbours[index] = (struct egre_neighbour){ 0 };
	fast_underlay_changed(t, index);
	detach(t, op, old.ifindex, t->maps.paths[index].made_clsact);
}

void underlay_delete(struct trellis *t, struct op *ops, size_t count)
{
	const char *name;

	for (size_t i = 0; i < count; i++) {
		uint32_t index;

		if (!take_label(&ops[i], "underlay", &name))
			continue;
		index = neighbour_named(&t->maps, name);
		if (index != NO_NEIGHBOUR)
			neighbour_delete(t, &ops[i], index);
	}
}
