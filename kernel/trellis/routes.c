// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "inside.h"
#include "links.h"

/*
 * Worse than what a routing daemon (FRR: 20) or a person (IPv4: 0, IPv6: 1024) adds for the same prefix: whoever runs
 * routing in a slice shall see it take effect beside the planned routes.
 */
#define OUR_METRIC 5000

struct held_route {
	struct address to, via;
	uint32_t index;
};

struct held_routes {
	struct held_route *list;
	size_t count, size;
};

static void read_address(struct address *to, uint8_t family, uint8_t prefix, const struct rtattr *from)
{
	*to = (struct address){ .family = family, .prefix = prefix };
	if (from && RTA_PAYLOAD(from) <= sizeof(to->bytes))
		memcpy(to->bytes, RTA_DATA(from), RTA_PAYLOAD(from));
}

static void keep(const struct nlmsghdr *message, void *context)
{
	const struct rtmsg *info = NLMSG_DATA(message);
	const struct rtattr *a[RTA_MAX + 1];
	struct held_routes *held = context;
	struct held_route *next;

	attributes_of(message, sizeof(*info), a, RTA_MAX + 1);
	if (info->rtm_protocol != OUR_PROTOCOL || info->rtm_table != RT_TABLE_MAIN)
		return;
	if (held->count == held->size) {
		held->size = held->size ? held->size * 2 : 64;
		held->list = realloc(held->list, held->size * sizeof(*held->list));
		if (!held->list)
			abort();
	}
	next = &held->list[held->count++];
	read_address(&next->to, info->rtm_family, info->rtm_dst_len, a[RTA_DST]);
	read_address(&next->via, a[RTA_GATEWAY] ? info->rtm_family : 0, 0, a[RTA_GATEWAY]);
	next->index = attribute_u32(a[RTA_OIF]);
}

static int list_held(struct netlink *nl, struct held_routes *held)
{
	struct rtmsg ours = { .rtm_family = AF_INET, .rtm_protocol = OUR_PROTOCOL };
	int error = netlink_dump(nl, RTM_GETROUTE, &ours, sizeof(ours), NULL, 0, keep, held);

	ours.rtm_family = AF_INET6;
	if (!error)
		error = netlink_dump(nl, RTM_GETROUTE, &ours, sizeof(ours), NULL, 0, keep, held);
	return error == ENOENT ? 0 : error; /* no table yet: no routes */
}

static void put_route(struct batch *b, struct op *op, const char *doing, int forgive, uint16_t type, uint16_t flags,
		      const struct address *to, const struct address *via, uint32_t index)
{
	struct rtmsg info = {
		.rtm_family = to->family,
		.rtm_dst_len = to->prefix,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = OUR_PROTOCOL,
		.rtm_scope = via->family || to->family == AF_INET6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
		.rtm_type = RTN_UNICAST,
	};

	batch_begin(b, op, doing, forgive, type, flags, &info, sizeof(info));
	if (to->prefix)
		put(b, RTA_DST, to->bytes, address_length(to));
	if (via->family)
		put(b, RTA_GATEWAY, via->bytes, address_length(via));
	put_u32(b, RTA_OIF, index);
	put_u32(b, RTA_PRIORITY, OUR_METRIC);
}

static bool same(const struct held_route *h, const struct route *r)
{
	return address_same(&h->to, &r->to) && h->via.family == r->via.family &&
	       !memcmp(h->via.bytes, r->via.bytes, sizeof(h->via.bytes)) && h->index == r->link.index;
}

static bool is_held(const struct held_routes *held, const struct route *route)
{
	for (size_t i = 0; i < held->count; i++)
		if (same(&held->list[i], route))
			return true;
	return false;
}

/* Add before delete: a changed next hop replaces the old one without a gap. */
static void put_changes(struct batch *b, struct op *op, const struct held_routes *held, struct route *want, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_held(held, &want[i]))
			put_route(b, op, "routes", 0, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &want[i].to, &want[i].via,
				  want[i].link.index);
	for (size_t i = 0; i < held->count; i++) {
		bool wanted = false;

		for (size_t k = 0; k < count; k++)
			wanted |= address_same(&held->list[i].to, &want[k].to);
		if (!wanted)
			put_route(b, op, "removing a route", ESRCH, RTM_DELROUTE, 0, &held->list[i].to, &held->list[i].via,
				  held->list[i].index);
	}
}

void routes_replace(struct netlink *nl, struct op *op, struct route *want, size_t count)
{
	struct held_routes held = { 0 };
	struct batch b;
	int error = list_held(nl, &held);

	if (error)
		op_fail(op, error, "listing routes: %s", strerror(error));
	batch_open(&b, nl);
	for (size_t i = 0; i < count; i++)
		link_ask(&b, op, want[i].interface, &want[i].link);
	batch_send(&b);
	for (size_t i = 0; i < count; i++)
		if (!want[i].link.index)
			op_fail(op, ENODEV, "routes: there is no interface %s", want[i].interface);
	if (!op->failed)
		put_changes(&b, op, &held, want, count);
	batch_send(&b);
	free(held.list);
}

static bool take_route(struct op *op, const struct json *item, struct route *route)
{
	const struct json *to = json_member(item, "to"), *via = json_member(item, "via");
	const struct json *interface = json_member(item, "interface");

	if (!interface || interface->kind != JSON_STRING || !device_name_ok(interface->text)) {
		op_fail(op, EINVAL, "routes: interface must be an interface's name");
		return false;
	}
	route->interface = interface->text;
	route->via = (struct address){ 0 };
	if (via && (via->kind != JSON_STRING || !address_parse(via->text, &route->via))) {
		op_fail(op, EINVAL, "routes: via must be an address");
		return false;
	}
	route->via.prefix = 0;
	if (to && to->kind == JSON_STRING && !strcmp(to->text, "default") && route->via.family)
		route->to = (struct address){ .family = route->via.family };
	else if (!to || to->kind != JSON_STRING || !address_parse_network(to->text, &route->to))
		op_fail(op, EINVAL, "routes: to must be a network as 10.0.0.0/24, or \"default\" with via");
	else if (route->via.family && route->via.family != route->to.family)
		op_fail(op, EINVAL, "routes: to and via must be of one address family");
	return !op->failed;
}

bool take_routes(struct op *op, struct route **routes, size_t *count)
{
	const struct json *array;

	*count = 0;
	if (!take_array(op, "routes", &array))
		return false;
	*routes = arena_take(op->arena, array->count * sizeof(**routes));
	for (const struct json *item = array->first; item; item = item->next)
		if (!take_route(op, item, &(*routes)[(*count)++]))
			return false;
	return true;
}
