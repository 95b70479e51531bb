/* SPDX-License-Identifier: GPL-2.0-only */
/* Network devices as the kernel describes them, and the messages about them that several ops send. */
#ifndef TRELLIS_LINKS_H
#define TRELLIS_LINKS_H

#include "netlink.h"

#define OUR_GROUP 0x4d79564e /* "MyVN": a device bears it from its first instant, the altname only a message later */
#define GOING_GROUP 0x4d795647 /* devices about to be deleted together */

struct link {
	char name[IFNAMSIZ];
	uint32_t index, flags, mtu, group, peer;
	int32_t peer_namespace; /* the kernel's id of the namespace the other end is in, or -1 */
	uint16_t type;
	uint8_t mac[6];
	char mark[128]; /* the altname that makes it ours, or "" */
	char alias[256];
};

void link_read(const struct nlmsghdr *message, struct link *link);
bool link_is_ours(const struct link *link);
/* Asks for a device by name; `link->index` stays 0 when there is none. */
void link_ask(struct batch *batch, struct op *op, const char *name, struct link *link);
void link_ask_index(struct batch *batch, struct op *op, uint32_t index, struct link *link);
/* Starts a change of a device; attributes may follow. */
void link_change(struct batch *batch, struct op *op, const char *doing, uint32_t index, uint32_t flags, uint32_t mask);
int links_list(struct netlink *nl, netlink_reply *reply, void *context);
/* Deletes these together: one wait for the kernel instead of one each. */
void links_delete(struct netlink *nl, struct op **ops, const uint32_t *indexes, size_t count);

#endif
