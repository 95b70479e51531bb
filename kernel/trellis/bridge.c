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

static void put_bridge(struct batch *b, struct op *op, const char *name)
{
	struct ifinfomsg none = { 0 };
	struct rtattr *info, *data;

	batch_begin(b, op, "making the bridge", EEXIST, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &none, sizeof(none));
	put_text(b, IFLA_IFNAME, name);
	info = put_open(b, IFLA_LINKINFO);
	put_text(b, IFLA_INFO_KIND, "bridge");
	data = put_open(b, IFLA_INFO_DATA);
	put_u32(b, IFLA_BR_STP_STATE, 0);
	/* Snooping forwards a group only where it saw a member: hosts of a slice may speak protocols that never join. */
	put_u8(b, IFLA_BR_MCAST_SNOOPING, 0);
	put_close(b, data);
	put_close(b, info);
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
	const struct json *ports;
	struct link bridge;
	struct visit visit;
	struct batch b;

	if (!take_name(op, "namespace", &namespace) || !take_device(op, "name", &name) || !take_array(op, "ports", &ports))
		return;
	for (const struct json *port = ports->first; port; port = port->next)
		if (port->kind != JSON_STRING || !device_name_ok(port->text)) {
			op_fail(op, EINVAL, "ports: must hold names of interfaces");
			return;
		}
	if (!visit_enter(&visit, t, op, namespace))
		return;
	batch_open(&b, &visit.nl);
	put_bridge(&b, op, name);
	link_ask(&b, op, name, &bridge);
	batch_send(&b);
	if (!op->failed) {
		silence(name);
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
