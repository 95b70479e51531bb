/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is in the pinned maps? Shared by the kernel programs (egre/) and trellis (trellis/).
 *
 * Two kinds of ends: a virtual interface (device) and a tunnel (neighbour and key). An end has a slot; the slot
 * indexes `ends`, `end_labels` and `counters`, so that thousands of counters are read in one batch and a later fast
 * path can use the slot as an index of a device map. The short bridge is one number: `to`, the slot of the other end.
 */
#ifndef MYVINI_EGRE_H
#define MYVINI_EGRE_H

#include <linux/types.h>

#define EGRE_LAYOUT 5 /* raise it when a struct below, or of flows, changes: trellis then makes the maps anew */
#define EGRE_MAX_ENDS 16384 /* 4,000 links of a node are 8,000 ends; the rest is relay */
#define EGRE_MAX_NEIGHBOURS 256

enum egre_kind { EGRE_FREE = 0, EGRE_DEVICE = 1, EGRE_TUNNEL = 2 };

/* Flags of an end. */
#define EGRE_END_SHAPED 1u /* tunnel: it has a class of its own on the underlay device; device: a queue of its own */

#define EGRE_END_DOWN 2u     /* device: what it sends is dropped, as by a cut fibre */
#define EGRE_END_EMULATED 4u /* device: what goes there passes the delay line first (line.h) */
#define EGRE_END_SPLIT 8u    /* ... packet by packet */
#define EGRE_END_QUEUED 32u  /* device: delayed by the queue of its veth (netem) */
#define EGRE_END_SLOW 16u    /* device: somebody watches; nothing may take a way on which it is not seen */

/* A class is named by this and the end's slot: what the programs write into skb->priority. */
#define EGRE_CLASS_MAJOR 0x4d79u

struct egre_end {
	__u16 kind;
	__u16 host;	 /* device: the router it is of, whose flows are learnt (fast.h); 0: none */
	__u32 to;	 /* slot of the other end; 0: none, frames are dropped. Slot 0 is never used */
	__u32 ifindex;	 /* device: the node's side of the veth pair */
	__u32 neighbour; /* tunnel: index into `neighbours` */
	__be32 key;	 /* tunnel: the GRE key (RFC 2890) */
	__u32 mtu;	 /* device: largest network-layer packet */
	__u8 mac[6];	 /* device: the inner end's address when it was made; its root may change it */
	__u16 flags;
};

/* Which end has this number, or another that leaves the same rest? See find.h. */
struct egre_note {
	__u32 device; /* slot, by its ifindex */
	__u32 tunnel; /* slot, by its key in host order */
};
#define EGRE_NOTE(number) ((number) % EGRE_MAX_ENDS)

/* Addresses are always 16 bytes, IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2), so that IPv6 needs no second map. */
struct egre_address {
	__u8 octets[16];
};

struct egre_tunnel {
	struct egre_address remote, local;
	__be32 key;
};

struct egre_path {
	struct egre_address remote, local;
};

#define EGRE_RESOLVED 1u /* the next hop's MAC address is known */
#define EGRE_IPV6 2u /* the outer header is IPv6 */

struct egre_neighbour {
	struct egre_address local, remote;
	__u32 ifindex; /* 0: slot is free */
	__u32 mtu;
	__u8 dmac[6], smac[6]; /* as they stand in a frame */
	__u32 sum; /* IPv4: of the outer header without length and TTL, not folded (RFC 1071) */
	__u32 flags;
	__u32 reserved;
};

/* Why was a packet dropped? The first EGRE_END_REASONS can be blamed on an end, the others only on the node. */
#define EGRE_REASONS(R)                             \
	R(NONE, "none")                             \
	R(UNBOUND, "unbound")                       \
	R(OVERSIZE, "oversize")                     \
	R(VLAN_TAGS, "vlan-tags")                   \
	R(UNRESOLVED, "unresolved")                 \
	R(ENCAPSULATION, "encapsulation")           \
	R(DECAPSULATION, "decapsulation")           \
	R(TRUNCATED, "truncated")                   \
	R(TTL, "ttl")                               \
	R(LINK_DOWN, "link-down")                   \
	R(NO_LINE, "no-line")                       \
	R(PATH_MTU, "path-mtu")                     \
	R(IP_HEADER, "ip-header")                   \
	R(FRAGMENT, "fragment")                     \
	R(GRE_FLAGS, "gre-flags")                   \
	R(NO_KEY, "no-key")                         \
	R(UNKNOWN_NEIGHBOUR, "unknown-neighbour")   \
	R(UNKNOWN_KEY, "unknown-key")               \
	R(IPV6_EXTENSION, "ipv6-extension")         \
	R(PATH_ERROR, "path-error")

enum egre_reason {
#define R(name, text) EGRE_DROP_##name,
	EGRE_REASONS(R)
#undef R
	EGRE_REASON_COUNT
};
#define EGRE_END_REASONS 12
#define EGRE_MOST_REASONS 64 /* the map has room for more, so that another one needs no other layout */

/* One for each processor and slot: half a cache line. `in` is what came from that end, `out` what was sent to it. */
struct egre_counters {
	__u64 in_packets, in_bytes, out_packets, out_bytes;
};

/* Apart, as they are seldom touched: so two ends' counters fit in a cache line. */
struct egre_drops {
	__u64 of[EGRE_END_REASONS];
};

/* Never read by the kernel programs: what trellis needs to say what it sees in the agent's words. */
#define EGRE_LABEL 64
struct egre_end_label {
	char link[EGRE_LABEL];
	char device[16];
};

struct egre_neighbour_label {
	char underlay[EGRE_LABEL];
	__u32 made_clsact; /* the qdisc was not there before us */
	__u32 mtu;	   /* as it was asked for; the device may allow less */
	__u32 path_mtu;	   /* 0, or what a router on the way said it takes, */
	__u32 path_until;  /* ... believed until then: CLOCK_BOOTTIME in seconds */
};

/* The beginning of a frame that was longer than its way takes, for whoever tells its sender (trellis paths). */
#define EGRE_QUOTE 192
struct egre_too_long {
	__u32 slot; /* the end it came from */
	__u32 mtu;  /* what may follow the Ethernet header, VLAN tags among it */
	__u32 tag;  /* as in egre_frame */
	__u32 reserved;
	__u8 frame[EGRE_QUOTE];
};

/* One interface is watched by one capture at a time, each with a ring of its own. */
#define EGRE_MAX_CAPTURES 16
#define EGRE_SNAP 2048
enum egre_direction { EGRE_LEAVES_HOST = 0, EGRE_ENTERS_HOST = 1 };

struct egre_capture {
	__u64 until_ns; /* CLOCK_MONOTONIC: a reader that died leaves nothing behind that goes on */
	__u64 lost;	/* copies for which the ring had no room */
	__u32 ring;	/* index into `rings` */
	__u32 snap;	/* bytes of each frame */
	__u32 least, most; /* only frames of this length */
	__u32 every;	/* one of so many, at random */
	__u32 reserved;
};

struct egre_frame {
	__u64 at_ns; /* CLOCK_MONOTONIC */
	__u32 length, captured, direction;
	__u32 tag; /* a VLAN tag kept beside the packet: TPID (as on the wire) | TCI << 16; 0: none */
	__u8 bytes[EGRE_SNAP + 16]; /* what a mask may add to it */
};

struct egre_node {
	__u32 layout;
	__u32 last_slot; /* slots are handed out in turn, so that a freed one is not used again at once */
};

#endif
