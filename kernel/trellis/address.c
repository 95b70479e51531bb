// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include "address.h"

bool address_parse(const char *text, struct address *address)
{
	*address = (struct address){ .family = strchr(text, ':') ? AF_INET6 : AF_INET };
	address->prefix = address->family == AF_INET ? 32 : 128;
	return inet_pton(address->family, text, address->bytes) == 1;
}

bool address_parse_network(const char *text, struct address *address)
{
	const char *slash = strchr(text, '/');
	char host[INET6_ADDRSTRLEN], *end;
	unsigned long prefix;
	size_t length;

	if (!slash || (length = slash - text) >= sizeof(host) || slash[1] < '0' || slash[1] > '9')
		return false;
	memcpy(host, text, length);
	host[length] = 0;
	prefix = strtoul(slash + 1, &end, 10);
	if (*end || !address_parse(host, address) || prefix > address->prefix)
		return false;
	address->prefix = prefix;
	return true;
}

bool address_same(const struct address *a, const struct address *b)
{
	return a->family == b->family && a->prefix == b->prefix && !memcmp(a->bytes, b->bytes, address_length(a));
}

void address_format(const struct address *address, char text[ADDRESS_TEXT])
{
	if (!inet_ntop(address->family, address->bytes, text, ADDRESS_TEXT))
		text[0] = 0;
}
