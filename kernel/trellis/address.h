/* SPDX-License-Identifier: GPL-2.0-only */
/* An IPv4 or IPv6 address with a prefix length. */
#ifndef TRELLIS_ADDRESS_H
#define TRELLIS_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define ADDRESS_TEXT 64

struct address {
	uint8_t family; /* AF_INET or AF_INET6 */
	uint8_t prefix;
	uint8_t bytes[16];
};

static inline int address_length(const struct address *a)
{
	return a->family == AF_INET ? 4 : 16;
}

bool address_parse(const char *text, struct address *address);	     /* 10.0.0.1: prefix is the whole length */
bool address_parse_network(const char *text, struct address *address); /* 10.0.0.1/24 */
bool address_same(const struct address *a, const struct address *b);
void address_format(const struct address *address, char text[ADDRESS_TEXT]); /* without the prefix */

#endif
