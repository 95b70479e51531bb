/* SPDX-License-Identifier: GPL-2.0-only */
/* How is a capture written? As pcapng (IETF draft-ietf-opsawg-pcapng), which Wireshark and tcpdump read. */
#ifndef TRELLIS_PCAPNG_H
#define TRELLIS_PCAPNG_H

#include "../include/egre.h"
#include "text.h"

/* One section with one Ethernet interface of that name; times are in nanoseconds. */
void pcapng_begin(struct text *out, const char *interface, uint32_t snap);
/* `offset_ns` is what CLOCK_REALTIME is ahead of CLOCK_MONOTONIC. */
void pcapng_frame(struct text *out, const struct egre_frame *frame, uint64_t offset_ns);
/* How many copies were lost. */
void pcapng_end(struct text *out, uint64_t now_ns, uint64_t lost);

#endif
