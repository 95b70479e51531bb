/* SPDX-License-Identifier: GPL-2.0-only */
/* What is set inside a virtual host, and recognised later as ours: addresses and routes that bear our protocol number. */
#ifndef TRELLIS_INSIDE_H
#define TRELLIS_INSIDE_H

#include "links.h"
#include "trellis.h"

#define OUR_PROTOCOL 196 /* of routes (rtnetlink's RTPROT_*) and of addresses (IFA_PROTO, Linux 5.18) */
#define LOOPBACK 1	 /* the first device of every network namespace */

struct held_address {
	uint32_t index;
	struct address address;
};

struct held_addresses {
	struct held_address *list;
	size_t count, size;
};

/* Those that bear our number, on all interfaces of the namespace. */
int addresses_list(struct netlink *nl, struct held_addresses *held);
/* Makes `want` all of ours on that interface; nothing else is touched. */
void addresses_replace(struct batch *b, struct op *op, const struct held_addresses *held, uint32_t index,
		       const struct address *want, size_t count);

struct route {
	struct address to, via; /* via.family is 0 when the destination is on the link itself */
	const char *interface;
	struct link link;
};

bool take_routes(struct op *op, struct route **routes, size_t *count);
void routes_replace(struct netlink *nl, struct op *op, struct route *want, size_t count);

#endif
