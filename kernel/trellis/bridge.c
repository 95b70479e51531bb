// SPDX-License-Identifier: GPL-2.0-only
/* A LAN segment's switch: the kernel's learning bridge, in a namespace of its own. */
#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include "links.h"
#include "sysctl.h"
#include "trellis.h"

#define FDB_MAX_LEARNED 49 /* IFLA_BR_FDB_MAX_LEARNED, Linux 6.7; older kernels pass over it */
#define MOST_LEARNED 4096

struct wanted {
	bool stp, vlan_filtering;
};

/*
 * A host that makes up addresses fills no more than the table's bound. With VLAN filtering a port is in no VLAN until
 * veth.configure says in which.
 */
static void put_settings(struct batch *b, struct wanted wanted)
{
	struct rtattr *info, *data;

	info = put_open(b, IFLA_LINKINFO);
	put_text(b, IFLA_INFO_KIND, "bridge");
	data = put_open(b, IFLA_INFO_DATA);
	/* 802.1D's least that fits: a slice that runs for an hour does not wait half a minute for each change. Hundredths. */
	put_u32(b, IFLA_BR_FORWARD_DELAY, 400);
	put_u32(b, IFLA_BR_HELLO_TIME, 100);
	put_u32(b, IFLA_BR_MAX_AGE, 600);
	put_u32(b, IFLA_BR_STP_STATE, wanted.stp);
	/* Snooping forwards a group only where it saw a member: hosts of a slice may speak protocols that never join. */
	put_u8(b, IFLA_BR_MCAST_SNOOPING, 0);
	if (wanted.vlan_filtering) { /* a kernel without it (CONFIG_BRIDGE_VLAN_FILTERING) refuses the question */
		put_u8(b, IFLA_BR_VLAN_FILTERING, 1);
		put_u16(b, IFLA_BR_VLAN_DEFAULT_PVID, 0);
	}
	put_u32(b, FDB_MAX_LEARNED, MOST_LEARNED);
	put_close(b, data);
	put_close(b, info);
}

static void put_bridge(struct batch *b, struct op *op, const char *name, struct wanted wanted)
{
	struct ifinfomsg none = { 0 };

	batch_begin(b, op, "making the bridge", EEXIST, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &none, sizeof(none));
	put_text(b, IFLA_IFNAME, name);
	put_settings(b, wanted);
}

static void change_bridge(struct batch *b, struct op *op, const struct link *bridge, struct wanted wanted)
{
	struct ifinfomsg info = { .ifi_index = bridge->index };

	batch_begin(b, op, "setting up the bridge", 0, RTM_NEWLINK, 0, &info, sizeof(info));
	put_settings(b, wanted);
}

static void join_ports(struct batch *b, struct op *op, const struct link *bridge, const struct json *ports)
{
	struct link *found = arena_take(op->arena, ports->count * sizeof(*found));
	size_t i = 0;

	for (const struct json *port = ports->first; port; port = port->next)
		link_ask(b, op, port->text, &found[i++]);
	batch_send(b);
	i = 0;
	for (const struct json *port = ports->first; port && !op->failed; port = port->next, i++) {
		if (!found[i].index) {
			op_fail(op, ENODEV, "ports: there is no %s", port->text);
			continue;
		}
		link_change(b, op, "ports", found[i].index, IFF_UP, IFF_UP);
		put_u32(b, IFLA_MASTER, bridge->index);
	}
}

/*
 * The switch itself is nobody on the LAN: without IPv6 it has no address and answers nothing. And where br_netfilter is
 * loaded, frames would otherwise pass iptables.
 */
static void silence(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "ipv6/conf/%s/disable_ipv6", name);
	sysctl_write_all((const struct sysctl[]){ { path, "1" },
						  { "bridge/bridge-nf-call-iptables", "0" },
						  { "bridge/bridge-nf-call-ip6tables", "0" },
						  { NULL, NULL } });
}

static void create(struct trellis *t, struct op *op)
{
	const char *namespace, *name;
	struct wanted wanted = { 0 };
	const struct json *ports;
	struct link bridge;
	struct visit visit;
	struct batch b;

	if (!take_name(op, "namespace", &namespace) || !take_device(op, "name", &name) || !take_array(op, "ports", &ports) ||
	    (has(op, "stp") && !take_bool(op, "stp", &wanted.stp)) ||
	    (has(op, "vlanFiltering") && !take_bool(op, "vlanFiltering", &wanted.vlan_filtering)))
		return;
	for (const struct json *port = ports->first; port; port = port->next)
		if (port->kind != JSON_STRING || !device_name_ok(port->text)) {
			op_fail(op, EINVAL, "ports: must hold names of interfaces");
			return;
		}
	if (!visit_enter(&visit, t, op, namespace))
		return;
	batch_open(&b, &visit.nl);
	put_bridge(&b, op, name, wanted);
	link_ask(&b, op, name, &bridge);
	batch_send(&b);
	if (!op->failed) {
		silence(name);
		change_bridge(&b, op, &bridge, wanted);
		join_ports(&b, op, &bridge, ports);
		link_change(&b, op, "bringing the bridge up", bridge.index, IFF_UP, IFF_UP);
	}
	batch_send(&b);
	visit_leave(&visit);
}

void bridge_create(struct trellis *t, struct op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++)
		create(t, &ops[i]);
}
