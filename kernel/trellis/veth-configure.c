// SPDX-License-Identifier: GPL-2.0-only
/* What a virtual interface is given inside its virtual host: MTU, addresses, a bridge to be a port of. */
#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <stdlib.h>
#include <string.h>
#include "ends.h"
#include "inside.h"
#include "links.h"

#define MOST_VLAN 4094
#define MOST_VLANS 256

struct interface {
	struct op *op;
	const char *device, *namespace, *name, *bridge, *alias;
	struct address *addresses;
	size_t address_count;
	uint64_t mtu;
	bool access; /* its VLAN is told by the port, and frames there bear no tag */
	uint16_t *vlans;
	size_t vlan_count;
	bool down; /* its host is stopped */
	struct link node_side, inner, master;
};

static bool take_vlans(struct op *op, struct interface *i)
{
	struct op inner = { .in = json_member(op->in, "vlan"), .arena = op->arena };
	const struct json *trunk = json_member(inner.in, "trunk");
	uint64_t id;

	if (trunk && trunk->kind == JSON_ARRAY) {
		i->vlans = arena_take(op->arena, (trunk->count + 1) * sizeof(*i->vlans));
		for (const struct json *v = trunk->first; v; v = v->next) {
			if (v->kind != JSON_NUMBER || v->number < 1 || v->number > MOST_VLAN || i->vlan_count == MOST_VLANS) {
				op_fail(op, EINVAL, "vlan.trunk: must hold at most %d numbers from 1 to %d", MOST_VLANS, MOST_VLAN);
				return false;
			}
			i->vlans[i->vlan_count++] = v->number;
		}
		return true;
	}
	if (!take_number(&inner, "access", 1, MOST_VLAN, &id)) {
		op_fail(op, EINVAL, "vlan: must have \"access\", a number from 1 to %d, or \"trunk\", a list of them", MOST_VLAN);
		return false;
	}
	i->access = true;
	i->vlans = arena_take(op->arena, sizeof(*i->vlans));
	i->vlans[i->vlan_count++] = id;
	return true;
}

static bool take(struct op *op, struct interface *i)
{
	const struct json *alias = json_member(op->in, "alias");

	i->op = op;
	if (alias && (alias->kind != JSON_STRING || strlen(alias->text) > 255)) {
		op_fail(op, EINVAL, "alias: must be text of at most 255 bytes");
		return false;
	}
	i->alias = alias ? alias->text : NULL;
	return take_device(op, "device", &i->device) && take_name(op, "namespace", &i->namespace) &&
	       take_device(op, "interface", &i->name) && take_number(op, "mtuBytes", 68, 65535, &i->mtu) &&
	       take_networks(op, "addresses", &i->addresses, &i->address_count) &&
	       (!has(op, "down") || take_bool(op, "down", &i->down)) &&
	       (!has(op, "bridge") || take_device(op, "bridge", &i->bridge)) &&
	       (!has(op, "vlan") || take_vlans(op, i));
}

/* Replaces what the port was in: all others go first (bridge(8), "vlan"). */
static void put_vlans(struct batch *b, struct interface *i)
{
	struct ifinfomsg port = { .ifi_family = AF_BRIDGE, .ifi_index = i->inner.index };
	struct bridge_vlan_info all[2] = { { BRIDGE_VLAN_INFO_RANGE_BEGIN, 1 }, { BRIDGE_VLAN_INFO_RANGE_END, MOST_VLAN } };
	struct rtattr *spec;

	batch_begin(b, i->op, "clearing the VLANs of the port", 0, RTM_DELLINK, 0, &port, sizeof(port));
	spec = put_open(b, IFLA_AF_SPEC);
	put(b, IFLA_BRIDGE_VLAN_INFO, &all[0], sizeof(all[0]));
	put(b, IFLA_BRIDGE_VLAN_INFO, &all[1], sizeof(all[1]));
	put_close(b, spec);
	batch_begin(b, i->op, "setting the VLANs of the port", 0, RTM_SETLINK, 0, &port, sizeof(port));
	spec = put_open(b, IFLA_AF_SPEC);
	for (size_t v = 0; v < i->vlan_count; v++) {
		struct bridge_vlan_info info = { .vid = i->vlans[v] };

		info.flags = i->access ? BRIDGE_VLAN_INFO_PVID | BRIDGE_VLAN_INFO_UNTAGGED : 0;
		put(b, IFLA_BRIDGE_VLAN_INFO, &info, sizeof(info));
	}
	put_close(b, spec);
}

static void put_change(struct batch *b, struct interface *i, const struct held_addresses *held)
{
	link_change(b, i->op, "setting the MTU", i->inner.index, 0, 0);
	put_u32(b, IFLA_MTU, i->mtu);
	if (i->bridge) {
		link_change(b, i->op, "bridge", i->inner.index, 0, 0);
		put_u32(b, IFLA_MASTER, i->master.index);
		if (i->vlan_count)
			put_vlans(b, i);
	}
	addresses_replace(b, i->op, held, i->inner.index, i->addresses, i->address_count);
	link_change(b, i->op, i->down ? "taking the interface down" : "bringing the interface up", i->inner.index, IFF_UP,
		    i->down ? 0 : IFF_UP);
}

static void configure_inside(struct visit *visit, struct interface *list, size_t count)
{
	struct held_addresses held = { 0 };
	struct batch b;
	int error = addresses_list(&visit->nl, &held);

	batch_open(&b, &visit->nl);
	for (size_t k = 0; k < count; k++) {
		link_ask(&b, list[k].op, list[k].name, &list[k].inner);
		if (list[k].bridge)
			link_ask(&b, list[k].op, list[k].bridge, &list[k].master);
	}
	batch_send(&b);
	for (size_t k = 0; k < count; k++) {
		struct interface *i = &list[k];

		if (error)
			op_fail(i->op, error, "listing addresses: %s", strerror(error));
		else if (!i->inner.index)
			op_fail(i->op, ENODEV, "interface: there is no %s in %s", i->name, i->namespace);
		else if (i->bridge && !i->master.index)
			op_fail(i->op, ENODEV, "bridge: there is no %s in %s", i->bridge, i->namespace);
		else
			put_change(&b, i, &held);
	}
	batch_send(&b);
	free(held.list);
}

/* The alias is the record that all before it is done, so it is written after all else, and only then. */
static void configure_node_side(struct trellis *t, struct interface *list, size_t count)
{
	struct batch b;

	batch_open(&b, &t->nl);
	for (size_t k = 0; k < count; k++)
		link_ask(&b, list[k].op, list[k].device, &list[k].node_side);
	batch_send(&b);
	for (size_t k = 0; k < count; k++) {
		struct interface *i = &list[k];
		uint32_t slot = end_of_device(&t->maps, i->node_side.index);

		if (!i->node_side.index || !link_is_ours(&i->node_side) || !slot)
			op_fail(i->op, ENODEV, "device: there is no virtual interface %s", i->device);
		if (i->op->failed)
			continue;
		t->maps.ends[slot].mtu = i->mtu;
		if (!i->alias)
			continue;
		link_change(&b, i->op, "alias", i->node_side.index, 0, 0);
		put_text(&b, IFLA_IFALIAS, i->alias);
	}
	batch_send(&b);
}

static int by_namespace(const void *a, const void *b)
{
	const struct interface *x = a, *y = b;
	int order = strcmp(x->namespace, y->namespace);

	return order ? order : (x->op > y->op) - (x->op < y->op);
}

void veth_configure(struct trellis *t, struct op *ops, size_t count)
{
	struct interface *list = arena_take(ops->arena, count * sizeof(*list));
	struct visit visit;
	size_t n = 0, next;

	for (size_t i = 0; i < count; i++)
		if (take(&ops[i], &list[n]))
			n++;
		else
			memset(&list[n], 0, sizeof(*list));
	qsort(list, n, sizeof(*list), by_namespace);
	for (size_t first = 0; first < n; first = next) {
		for (next = first + 1; next < n && !strcmp(list[next].namespace, list[first].namespace);)
			next++;
		if (visit_enter(&visit, t, list[first].op, list[first].namespace)) {
			configure_inside(&visit, &list[first], next - first);
			visit_leave(&visit);
			continue;
		}
		for (size_t i = first + 1; i < next; i++)
			op_fail(list[i].op, list[first].op->error, "%s", list[first].op->message);
	}
	if (n)
		configure_node_side(t, list, n);
}
