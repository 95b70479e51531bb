// SPDX-License-Identifier: GPL-2.0-only
#include "pcapng.h"
#include <stdint.h>
#include <string.h>

enum { SECTION = 0x0a0d0d0a, INTERFACE = 1, STATISTICS = 5, PACKET = 6 };
enum { OPTION_END = 0, INTERFACE_NAME = 2, INTERFACE_RESOLUTION = 9, APPLICATION = 4, PACKET_FLAGS = 2, DROPPED = 5 };
#define ETHERNET 1
#define MAC_ADDRESSES 12
#define TAG 4

static void add_u32(struct text *out, uint32_t value)
{
	text_add(out, (const char *)&value, sizeof(value));
}

static void add_padded(struct text *out, const void *bytes, size_t length)
{
	static const char zeros[4];

	text_add(out, bytes, length);
	text_add(out, zeros, -length & 3);
}

static void add_option(struct text *out, uint16_t code, const void *value, uint16_t length)
{
	add_u32(out, code | (uint32_t)length << 16);
	add_padded(out, value, length);
}

/* A block's length stands at both of its ends. */
static size_t open_block(struct text *out, uint32_t type)
{
	size_t at = out->length;

	add_u32(out, type);
	add_u32(out, 0);
	return at;
}

static void close_block(struct text *out, size_t at)
{
	uint32_t length = out->length - at + 4;

	memcpy(out->bytes + at + 4, &length, sizeof(length));
	add_u32(out, length);
}

void pcapng_begin(struct text *out, const char *interface, uint32_t snap)
{
	static const char application[] = "MyVINI";
	uint8_t nanoseconds = 9;
	uint64_t unknown = UINT64_MAX;
	size_t block = open_block(out, SECTION);

	add_u32(out, 0x1a2b3c4d);
	add_u32(out, 1); /* version 1.0 */
	text_add(out, (const char *)&unknown, sizeof(unknown));
	add_option(out, APPLICATION, application, sizeof(application) - 1);
	add_u32(out, OPTION_END);
	close_block(out, block);

	block = open_block(out, INTERFACE);
	add_u32(out, ETHERNET);
	add_u32(out, snap);
	add_option(out, INTERFACE_NAME, interface, strlen(interface));
	add_option(out, INTERFACE_RESOLUTION, &nanoseconds, 1);
	add_u32(out, OPTION_END);
	close_block(out, block);
}

static void add_time(struct text *out, uint64_t ns)
{
	add_u32(out, ns >> 32);
	add_u32(out, ns);
}

void pcapng_frame(struct text *out, const struct egre_frame *f, uint64_t offset_ns)
{
	uint32_t tag = f->tag ? TAG : 0, flags = f->direction == EGRE_ENTERS_HOST ? 1 : 2, length = f->captured + tag;
	uint16_t tci = f->tag >> 16;
	uint8_t tagged[TAG] = { f->tag, f->tag >> 8, tci >> 8, tci };
	size_t block = open_block(out, PACKET);

	add_u32(out, 0); /* the interface */
	add_time(out, f->at_ns + offset_ns);
	add_u32(out, length);
	add_u32(out, f->length + tag);
	text_add(out, (const char *)f->bytes, MAC_ADDRESSES);
	text_add(out, (const char *)tagged, tag);
	text_add(out, (const char *)f->bytes + MAC_ADDRESSES, f->captured - MAC_ADDRESSES);
	text_add(out, "\0\0\0", -length & 3);
	add_option(out, PACKET_FLAGS, &flags, sizeof(flags));
	add_u32(out, OPTION_END);
	close_block(out, block);
}

void pcapng_end(struct text *out, uint64_t now_ns, uint64_t lost)
{
	size_t block = open_block(out, STATISTICS);

	add_u32(out, 0);
	add_time(out, now_ns);
	add_option(out, DROPPED, &lost, sizeof(lost));
	add_u32(out, OPTION_END);
	close_block(out, block);
}
