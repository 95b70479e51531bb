// SPDX-License-Identifier: GPL-2.0-only
/* What a virtual host is given: its forwarding, its loopback addresses, its static routes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "inside.h"
#include "links.h"
#include "processes.h"
#include "sysctl.h"

static void configure(struct trellis *t, struct op *op)
{
	struct held_addresses held = { 0 };
	size_t loopback_count, route_count;
	struct address *loopback;
	struct route *routes;
	const char *name;
	struct visit visit;
	struct batch b;
	bool forwarding, off = false;
	int error;

	if (!take_name(op, "namespace", &name) || !take_bool(op, "forwarding", &forwarding) ||
	    (has(op, "off") && !take_bool(op, "off", &off)) ||
	    !take_networks(op, "loopback", &loopback, &loopback_count) || !take_routes(op, &routes, &route_count) ||
	    !visit_enter(&visit, t, op, name))
		return;
	if (off)
		processes_end(t->run, &name, 1, op->arena);
	sysctl_ready(3);
	error = sysctl_write_all((const struct sysctl[]){
		{ "ipv4/ip_forward", forwarding ? "1" : "0" },
		{ "ipv6/conf/all/forwarding", forwarding ? "1" : "0" },
		{ "ipv4/ping_group_range", "0 2147483647" }, /* ping without privilege, for every group inside */
		{ NULL, NULL },
	});
	if (!error)
		error = addresses_list(&visit.nl, &held);
	if (error)
		op_fail(op, error, "configuring %s: %s", name, strerror(error));
	batch_open(&b, &visit.nl);
	addresses_replace(&b, op, &held, LOOPBACK, loopback, loopback_count);
	batch_send(&b);
	routes_replace(&visit.nl, op, routes, route_count);
	visit_leave(&visit);
	free(held.list);
}

void namespace_configure(struct trellis *t, struct op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++)
		configure(t, &ops[i]);
}
