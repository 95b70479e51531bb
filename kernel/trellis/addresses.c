// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/if_addr.h>
#include <stdlib.h>
#include <string.h>
#include "inside.h"

static void keep(const struct nlmsghdr *message, void *context)
{
	const struct ifaddrmsg *info = NLMSG_DATA(message);
	const struct rtattr *a[IFA_PROTO + 1], *own;
	struct held_addresses *held = context;
	struct held_address *next;

	attributes_of(message, sizeof(*info), a, IFA_PROTO + 1);
	own = a[IFA_LOCAL] ? a[IFA_LOCAL] : a[IFA_ADDRESS]; /* IFA_ADDRESS is the far end on a point-to-point link */
	if (!a[IFA_PROTO] || *(uint8_t *)RTA_DATA(a[IFA_PROTO]) != OUR_PROTOCOL || !own || RTA_PAYLOAD(own) > 16)
		return;
	if (held->count == held->size) {
		held->size = held->size ? held->size * 2 : 64;
		held->list = realloc(held->list, held->size * sizeof(*held->list));
		if (!held->list)
			abort();
	}
	next = &held->list[held->count++];
	memset(next, 0, sizeof(*next));
	next->index = info->ifa_index;
	next->address.family = info->ifa_family;
	next->address.prefix = info->ifa_prefixlen;
	memcpy(next->address.bytes, RTA_DATA(own), RTA_PAYLOAD(own));
}

int addresses_list(struct netlink *nl, struct held_addresses *held)
{
	struct ifaddrmsg all = { .ifa_family = AF_INET };
	int error = netlink_dump(nl, RTM_GETADDR, &all, sizeof(all), NULL, 0, keep, held);

	all.ifa_family = AF_INET6;
	return error ? error : netlink_dump(nl, RTM_GETADDR, &all, sizeof(all), NULL, 0, keep, held);
}

static void put_address(struct batch *b, struct op *op, uint32_t index, const struct address *a, bool add)
{
	struct ifaddrmsg info = { .ifa_family = a->family, .ifa_prefixlen = a->prefix, .ifa_index = index };

	if (add)
		batch_begin(b, op, "addresses", EEXIST, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &info, sizeof(info));
	else
		batch_begin(b, op, "removing an address", EADDRNOTAVAIL, RTM_DELADDR, 0, &info, sizeof(info));
	put(b, IFA_LOCAL, a->bytes, address_length(a));
	put(b, IFA_ADDRESS, a->bytes, address_length(a));
	if (add) {
		put_u8(b, IFA_PROTO, OUR_PROTOCOL);
		put_u32(b, IFA_FLAGS, IFA_F_NODAD | IFA_F_PERMANENT);
	}
}

static bool listed(const struct address *list, size_t count, const struct address *a)
{
	for (size_t i = 0; i < count; i++)
		if (address_same(&list[i], a))
			return true;
	return false;
}

/* Old ones go first: an address removed later would take others of its subnet along (promote_secondaries is off). */
void addresses_replace(struct batch *b, struct op *op, const struct held_addresses *held, uint32_t index,
		       const struct address *want, size_t count)
{
	for (size_t i = 0; i < held->count; i++)
		if (held->list[i].index == index && !listed(want, count, &held->list[i].address))
			put_address(b, op, index, &held->list[i].address, false);
	for (size_t i = 0; i < count; i++)
		put_address(b, op, index, &want[i], true);
}
