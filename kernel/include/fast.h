/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is in the pinned maps of the fast path? Shared by its programs (egre/, fast/) and trellis (trellis/fast-*.c).
 *
 * A virtual host that may use it has a number, `host`. Its interfaces are the ends of egre.h, by slot.
 */
#ifndef MYVINI_FAST_H
#define MYVINI_FAST_H

#include "egre.h"

#define FAST_LAYOUT 3 /* raise it when a struct below changes */
#define FAST_MAX_HOSTS 4096
#define FAST_FLOWS 65536
#define FAST_NAME 132

/* Whether a virtual interface is one of the fast path: only if `ifindex` is still that of the end with this slot. */
struct fast_end {
	__u32 host; /* 0: it is not */
	__u32 ifindex;
	__u32 inner; /* its number inside the host, as routes there name it */
	__u32 reserved;
};

/* Why do packets of a host go by its kernel? It would hide them from something that is to see them. */
#define FAST_REASONS(R)                                                    \
	R(UNWATCHED, "unwatched") /* nobody listens for changes in it */   \
	R(FILTER, "filter")	  /* nftables, iptables, rp_filter */      \
	R(CAPTURE, "capture")	  /* a packet socket that takes all */     \
	R(QUEUES, "queues")	  /* tc: its own shaping or filters */     \
	R(XFRM, "xfrm")		  /* IPsec policies */

enum fast_reason {
#define R(name, text) FAST_##name##_BIT,
	FAST_REASONS(R)
#undef R
	FAST_REASON_COUNT
};
#define FAST_BLOCKED(name) (1u << FAST_##name##_BIT)

struct fast_host {
	__u32 generation; /* a new one, never used before, with every change of routes, neighbours and interfaces */
	__u32 blocked;	  /* FAST_BLOCKED(…) */
	__u32 uncached;	  /* what its routes depend on is not all in a flow's key */
	__u32 reserved;
};

/* Never read by the programs. */
struct fast_name {
	char namespace[FAST_NAME]; /* "": free */
	__u32 xdp;		   /* its ports have the XDP program */
};

/* By neighbour: is the fast path wanted there, and on which device was it put? Not read by the programs either. */
struct fast_way {
	__u32 mode; /* enum fast_mode */
	__u32 ifindex;
};

/* AUTO: where the driver has XDP of its own and is not veth, over which it costs more than it saves. */
enum fast_mode { FAST_OFF, FAST_AUTO, FAST_ON };

struct fast_state {
	__u64 alive_until; /* ns, CLOCK_MONOTONIC: the listener says so again and again; later, no host is fast */
	__u32 layout;
	__u32 changes;	   /* raised when hosts come or go */
	__u32 generations; /* the last that was given to any host */
	__u32 reserved;
};

/* An interface inside a host, as its routes name it → slot */
struct fast_output {
	__u32 host, inner;
};

struct fast_flow4_key {
	__u32 slot; /* the virtual interface it arrives at */
	__be32 from, to;
	__u32 tos;
};

struct fast_flow6_key {
	__u32 slot, traffic_class;
	__u8 from[16], to[16];
};

/* Half a cache line. */
struct fast_flow {
	__u32 learnt; /* when, in ticks; they wrap after weeks, which no flow lives to see */
	__u32 asked;  /* it is old, and a packet is on its way through the kernel to see whether it still holds */
	__u32 generation;
	__u32 out; /* slot of the virtual interface it leaves by */
	__u8 dmac[6], smac[6]; /* as they stand in a frame */
	__u32 mtu; /* of the route; or the longest packet that has passed */
};

/*
 * The last flow of IPv4 that a processor saw with this remainder of a hash: a look instead of a search. Of each processor's own,
 * so that nobody writes what another reads.
 */
#define FAST_RECENT_BITS 13
#define FAST_RECENT (1u << FAST_RECENT_BITS) /* for each processor */
struct fast_recent {
	struct fast_flow4_key key;
	struct fast_flow flow;
	__u64 reserved[2]; /* a cache line */
};

#define FAST_TICK_SHIFT 20 /* of ns: some thousand ticks a second */
#define FAST_FLOW_TICKS 4768u /* 5 s */
#define FAST_GRACE_TICKS 954u /* 1 s */

#endif
