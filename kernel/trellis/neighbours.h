/* SPDX-License-Identifier: GPL-2.0-only */
/* Neighbour nodes: which are known, and how are they reached now? */
#ifndef TRELLIS_NEIGHBOURS_H
#define TRELLIS_NEIGHBOURS_H

#include "trellis.h"

#define NO_NEIGHBOUR UINT32_MAX

uint32_t neighbour_named(const struct maps *maps, const char *underlay);
struct address neighbour_address(const struct egre_address *mapped);
struct egre_address mapped_address(const struct address *address);

/* What the kernel says of the way from `local` to `remote`. */
struct way {
	struct op *op;
	struct address local, remote, gateway;
	uint32_t index; /* the underlay device; 0: there is no route */
	uint8_t type;	/* RTN_UNICAST, or RTN_LOCAL: the remote address is our own */
	uint32_t mtu;
	uint16_t device_type;
	uint8_t smac[6], dmac[6];
	bool resolved;
};

/* Asks for all together, waits at most this long for next hops to answer; op of a way fails when there is none. */
void ways_find(struct trellis *t, struct way *ways, size_t count, int wait_ms);
/* Puts what was found into the map; the rest of the entry stays. */
void neighbour_update(struct egre_neighbour *neighbour, const struct way *way, struct egre_neighbour_label *label);
#define FROM_UNDERLAY "from_underlay" /* the program's name */
/* The program on an underlay device, in place of an older one: by tcx, or where that is not by a filter. True: a qdisc was made for it. */
bool underlay_attach(struct trellis *t, struct op *op, uint32_t index);
/* Takes a neighbour away, with all tunnels to it. */
void neighbour_delete(struct trellis *t, struct op *op, uint32_t index);
/* Looks again at all neighbours, without waiting: next hops change their address or come back. */
void neighbours_refresh(struct trellis *t, struct arena *arena);
/* ... at how much their ways take alone, which may be done while another process changes the rest. */
void neighbours_measure(struct trellis *t, struct arena *arena);

#define PATH_MTU_S 600 /* how long a router on the way is believed (RFC 1191 6.3, RFC 8201 5.3) */
/* A router on the way takes no more than this. False: nothing new. */
bool neighbour_takes_less(struct egre_neighbour *neighbour, struct egre_neighbour_label *label, uint32_t mtu);

#endif
