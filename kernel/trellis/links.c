// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include "links.h"

static void copy_text(char *to, size_t size, const struct rtattr *from)
{
	if (from)
		snprintf(to, size, "%.*s", (int)RTA_PAYLOAD(from), (const char *)RTA_DATA(from));
}

static void read_mark(const struct rtattr *list, struct link *link)
{
	int length = RTA_PAYLOAD(list);
	const struct rtattr *a = RTA_DATA(list);

	for (; RTA_OK(a, length); a = RTA_NEXT(a, length))
		if ((a->rta_type & NLA_TYPE_MASK) == IFLA_ALT_IFNAME && !strncmp(RTA_DATA(a), MARK, strlen(MARK)))
			copy_text(link->mark, sizeof(link->mark), a);
}

void link_read(const struct nlmsghdr *message, struct link *link)
{
	const struct ifinfomsg *info = NLMSG_DATA(message);
	const struct rtattr *a[IFLA_PROP_LIST + 1];

	attributes_of(message, sizeof(*info), a, IFLA_PROP_LIST + 1);
	memset(link, 0, sizeof(*link));
	link->index = info->ifi_index;
	link->flags = info->ifi_flags;
	link->type = info->ifi_type;
	link->mtu = attribute_u32(a[IFLA_MTU]);
	link->group = attribute_u32(a[IFLA_GROUP]);
	link->peer = attribute_u32(a[IFLA_LINK]);
	link->peer_namespace = a[IFLA_LINK_NETNSID] ? (int32_t)attribute_u32(a[IFLA_LINK_NETNSID]) : -1;
	copy_text(link->name, sizeof(link->name), a[IFLA_IFNAME]);
	copy_text(link->alias, sizeof(link->alias), a[IFLA_IFALIAS]);
	if (a[IFLA_ADDRESS] && RTA_PAYLOAD(a[IFLA_ADDRESS]) == sizeof(link->mac))
		memcpy(link->mac, RTA_DATA(a[IFLA_ADDRESS]), sizeof(link->mac));
	if (a[IFLA_PROP_LIST])
		read_mark(a[IFLA_PROP_LIST], link);
}

bool link_is_ours(const struct link *link)
{
	return link->mark[0] || link->group == OUR_GROUP;
}

static void keep_link(const struct nlmsghdr *message, void *context)
{
	link_read(message, context);
}

static void ask(struct batch *b, struct op *op, int index, const char *name, struct link *link)
{
	struct ifinfomsg info = { .ifi_index = index };

	memset(link, 0, sizeof(*link));
	batch_begin(b, op, "asking for a device", ENODEV, RTM_GETLINK, 0, &info, sizeof(info));
	if (name)
		put_text(b, IFLA_IFNAME, name);
	put_u32(b, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	batch_reply(b, keep_link, link);
}

void link_ask(struct batch *b, struct op *op, const char *name, struct link *link)
{
	ask(b, op, 0, name, link);
}

void link_ask_index(struct batch *b, struct op *op, uint32_t index, struct link *link)
{
	ask(b, op, index, NULL, link);
}

void link_change(struct batch *b, struct op *op, const char *doing, uint32_t index, uint32_t flags, uint32_t mask)
{
	struct ifinfomsg info = { .ifi_index = index, .ifi_flags = flags, .ifi_change = mask };

	batch_begin(b, op, doing, 0, RTM_SETLINK, 0, &info, sizeof(info));
}

int links_list(struct netlink *nl, netlink_reply *reply, void *context)
{
	struct ifinfomsg info = { 0 };
	struct {
		struct rtattr attribute;
		uint32_t mask;
	} filter = { { RTA_LENGTH(sizeof(uint32_t)), IFLA_EXT_MASK }, RTEXT_FILTER_SKIP_STATS };

	return netlink_dump(nl, RTM_GETLINK, &info, sizeof(info), &filter, sizeof(filter), reply, context);
}

/* Whoever dies between the two steps leaves devices in GOING_GROUP; the next deletion takes them along. */
void links_delete(struct netlink *nl, struct op **ops, const uint32_t *indexes, size_t count)
{
	struct ifinfomsg none = { 0 };
	struct batch b;

	if (!count)
		return;
	batch_open(&b, nl);
	for (size_t i = 0; i < count; i++) {
		struct ifinfomsg info = { .ifi_index = indexes[i] };

		batch_begin(&b, ops[i], "preparing to delete the device", ENODEV, RTM_SETLINK, 0, &info, sizeof(info));
		put_u32(&b, IFLA_GROUP, GOING_GROUP);
	}
	batch_begin(&b, ops[count - 1], "deleting devices", ENODEV, RTM_DELLINK, 0, &none, sizeof(none));
	put_u32(&b, IFLA_GROUP, GOING_GROUP);
	batch_send(&b);
}
