/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `trellis paths`: a process beside `trellis serve` that knows how much the ways to other nodes take. It hears when they
 * take less (a device, a route, a router on the way), and tells those who send more. Without it long frames are dropped
 * and counted, and nobody is told.
 */
#ifndef TRELLIS_PATHS_H
#define TRELLIS_PATHS_H

#include "trellis.h"

#define PATH_ANSWER 512

/* The frame that tells the sender of this one (ICMP or ICMPv6), as it goes back where that came from; 0: nobody is told. */
size_t path_answer(const struct egre_too_long *too_long, uint8_t out[PATH_ANSWER]);
/* RFC 1071; `sum` is what was summed before */
uint16_t checksum(const void *bytes, size_t length, uint32_t sum);

/* What a router on the way says of a packet of ours. */
struct path_error {
	struct egre_tunnel tunnel; /* as it is found by: `remote` is where the packet went */
	uint32_t mtu;
};

/* Reads an ICMP packet from its IPv4 header on, or an ICMPv6 one from its own; false: it says nothing of EGRE. */
bool path_error_ipv4(const uint8_t *bytes, size_t length, struct path_error *error);
bool path_error_ipv6(const uint8_t *bytes, size_t length, struct path_error *error);

/* Sends a frame out of an end: into the virtual interface, or through the tunnel. */
void path_send(const struct maps *maps, int socket, uint32_t slot, const uint8_t *frame, size_t length);

void paths_start(struct trellis *t); /* unless it runs; it ends with us */
void paths_stop(struct trellis *t);

#endif
