/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rtnetlink (RFC 3549), many requests in one send. Each request belongs to an op, which fails when the kernel refuses it.
 * Debian has no static libmnl, so the little that is needed is here.
 */
#ifndef TRELLIS_NETLINK_H
#define TRELLIS_NETLINK_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "op.h"

struct netlink {
	int fd;
	uint32_t sequence;
};

/* In the network namespace the thread is in now; it stays there. */
bool netlink_open(struct netlink *nl);
void netlink_close(struct netlink *nl);

typedef void netlink_reply(const struct nlmsghdr *message, void *context);

#define BATCH_REQUESTS 128
#define BATCH_BYTES 65536

struct batch {
	struct netlink *nl;
	struct nlmsghdr *open; /* the request that attributes are added to */
	size_t length;
	unsigned count;
	struct {
		struct op *op;
		const char *doing;
		int forgive;
		netlink_reply *reply;
		void *context;
		bool answered;
	} requests[BATCH_REQUESTS];
	_Alignas(8) char bytes[BATCH_BYTES];
};

void batch_open(struct batch *batch, struct netlink *nl);
/*
 * Starts a request, sending those before it when the batch is full. `doing` begins the message if it fails ("making the
 * veth pair"); `forgive` is the one errno that is no failure, as it is what makes an op idempotent.
 */
void batch_begin(struct batch *batch, struct op *op, const char *doing, int forgive, uint16_t type, uint16_t flags,
		 const void *header, size_t size);
void batch_reply(struct batch *batch, netlink_reply *reply, void *context); /* for the request just begun */
void batch_send(struct batch *batch);

void put(struct batch *batch, uint16_t type, const void *value, size_t length);
void put_text(struct batch *batch, uint16_t type, const char *text);
void put_u8(struct batch *batch, uint16_t type, uint8_t value);
void put_u16(struct batch *batch, uint16_t type, uint16_t value);
void put_u32(struct batch *batch, uint16_t type, uint32_t value);
struct rtattr *put_open(struct batch *batch, uint16_t type); /* a nested attribute */
void put_header(struct batch *batch, const void *header, size_t size);
void put_close(struct batch *batch, struct rtattr *nested);

/* Calls `reply` for each object the kernel lists. 0 or an errno. */
int netlink_dump(struct netlink *nl, uint16_t type, const void *header, size_t size, const void *attributes,
		 size_t attributes_size, netlink_reply *reply, void *context);

/* The attributes behind a header of `size` bytes, by type; those not there are NULL. */
void attributes_of(const struct nlmsghdr *message, size_t size, const struct rtattr **table, size_t count);
void attributes_in(const struct rtattr *nested, const struct rtattr **table, size_t count);
uint32_t attribute_u32(const struct rtattr *attribute);

#endif
