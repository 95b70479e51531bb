/* SPDX-License-Identifier: GPL-2.0-only */
/* How is a frame changed into one that nobody would send? At random, and the same for the same seed. */
#ifndef FUZZ_FRAMES_H
#define FUZZ_FRAMES_H

#include <stdint.h>
#include <string.h>

#define LARGEST 2048

static uint64_t state;

/* xorshift64 (Marsaglia 2003): the same seed gives the same frames. */
static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static uint32_t below(uint32_t most)
{
	return any() % most;
}

/* Half of them get a right checksum: else hardly one would be looked into. */
static void mend_checksum(uint8_t *p, size_t length)
{
	uint32_t sum = 0;

	if (length < 34 || p[12] != 8 || p[13] != 0 || p[14] != 0x45)
		return;
	p[24] = p[25] = 0;
	for (int i = 14; i < 34; i += 2)
		sum += p[i] << 8 | p[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	p[24] = ~sum >> 8;
	p[25] = ~sum;
}

static size_t mutate(uint8_t *p, size_t length)
{
	static const uint8_t interesting[] = { 0, 1, 4, 6, 0x08, 0x20, 0x2f, 0x3c, 0x40, 0x45, 0x65, 0x7f, 0x80, 0x81, 0xa8, 0xff };
	uint32_t head = length < 100 ? length : 100, times = 1 + below(4);

	while (times--)
		switch (below(8)) {
		case 0:
			p[below(head)] ^= 1 << below(8);
			break;
		case 1:
			p[below(head)] = interesting[below(sizeof(interesting))];
			break;
		case 2:
			p[below(length)] = any();
			break;
		case 3: /* cut short */
			length = 14 + below(length - 13);
			head = length < 100 ? length : 100;
			break;
		case 4: /* something behind it */
			for (uint32_t more = below(80); more && length < LARGEST - 1; more--)
				p[length++] = any();
			break;
		case 5: /* a length that is a little more or less */
			p[below(2) ? 17 : 19] += (int)below(9) - 4;
			break;
		case 6: { /* a header in the middle */
			uint32_t at = 14 + below(50), more = 8 * (1 + below(3));

			if (at < length && length + more < LARGEST) {
				memmove(p + at + more, p + at, length - at);
				memset(p + at, below(2) ? 0 : any(), more);
				length += more;
			}
			break;
		}
		case 7:
			p[below(2) ? 45 : 65] = below(16); /* the last octet of the key */
		}
	if (below(2))
		mend_checksum(p, length);
	return length;
}

#endif
