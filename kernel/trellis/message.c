// SPDX-License-Identifier: GPL-2.0-only
/* How is a netlink message laid out? Aligned to four bytes, lengths filled in as attributes come (netlink(7)). */
#include <stdlib.h>
#include <string.h>
#include "netlink.h"

#define LARGEST_REQUEST 4096 /* names, addresses and a nested peer: all of ours are well below */

void batch_open(struct batch *b, struct netlink *nl)
{
	b->nl = nl;
	b->open = NULL;
	b->length = 0;
	b->count = 0;
}

static void *extend(struct batch *b, size_t size)
{
	size_t padded = NLMSG_ALIGN(size);
	char *at = b->bytes + b->length;

	if (b->length + padded > sizeof(b->bytes))
		abort(); /* a request of 4 kB: none of ours can be */
	memset(at, 0, padded);
	b->length += padded;
	b->open->nlmsg_len = b->bytes + b->length - (char *)b->open;
	return at;
}

void batch_begin(struct batch *b, struct op *op, const char *doing, int forgive, uint16_t type, uint16_t flags,
		 const void *header, size_t size)
{
	if (b->count == BATCH_REQUESTS || b->length > sizeof(b->bytes) - LARGEST_REQUEST)
		batch_send(b);
	b->requests[b->count].op = op;
	b->requests[b->count].doing = doing;
	b->requests[b->count].forgive = forgive;
	b->requests[b->count].reply = NULL;
	b->requests[b->count].answered = false;
	b->open = (void *)(b->bytes + b->length);
	extend(b, sizeof(*b->open));
	b->open->nlmsg_type = type;
	b->open->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	b->open->nlmsg_seq = b->nl->sequence + 1 + b->count++;
	put_header(b, header, size);
}

void batch_reply(struct batch *b, netlink_reply *reply, void *context)
{
	b->requests[b->count - 1].reply = reply;
	b->requests[b->count - 1].context = context;
}

void put_header(struct batch *b, const void *header, size_t size)
{
	memcpy(extend(b, size), header, size);
}

void put(struct batch *b, uint16_t type, const void *value, size_t length)
{
	struct rtattr *attribute = extend(b, RTA_LENGTH(length));

	attribute->rta_type = type;
	attribute->rta_len = RTA_LENGTH(length);
	if (length)
		memcpy(RTA_DATA(attribute), value, length);
}

void put_text(struct batch *b, uint16_t type, const char *text)
{
	put(b, type, text, strlen(text) + 1);
}

void put_u8(struct batch *b, uint16_t type, uint8_t value)
{
	put(b, type, &value, sizeof(value));
}

void put_u16(struct batch *b, uint16_t type, uint16_t value)
{
	put(b, type, &value, sizeof(value));
}

void put_u32(struct batch *b, uint16_t type, uint32_t value)
{
	put(b, type, &value, sizeof(value));
}

struct rtattr *put_open(struct batch *b, uint16_t type)
{
	struct rtattr *nested = (void *)(b->bytes + b->length);

	put(b, type, NULL, 0);
	return nested;
}

void put_close(struct batch *b, struct rtattr *nested)
{
	nested->rta_len = b->bytes + b->length - (char *)nested;
}

static void collect(const struct rtattr *a, int length, const struct rtattr **table, size_t count)
{
	memset(table, 0, count * sizeof(*table));
	for (; RTA_OK(a, length); a = RTA_NEXT(a, length)) {
		size_t type = a->rta_type & NLA_TYPE_MASK;

		if (type < count && !table[type])
			table[type] = a;
	}
}

void attributes_of(const struct nlmsghdr *message, size_t size, const struct rtattr **table, size_t count)
{
	size_t before = NLMSG_LENGTH(NLMSG_ALIGN(size));
	const char *first = (const char *)message + before;
	int length = (int)message->nlmsg_len - (int)before;

	collect((const void *)first, length, table, count);
}

void attributes_in(const struct rtattr *nested, const struct rtattr **table, size_t count)
{
	collect(RTA_DATA(nested), RTA_PAYLOAD(nested), table, count);
}

uint32_t attribute_u32(const struct rtattr *attribute)
{
	uint32_t value = 0;

	if (attribute && RTA_PAYLOAD(attribute) >= sizeof(value))
		memcpy(&value, RTA_DATA(attribute), sizeof(value));
	return value;
}
