/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's queues that keep rates: HTB on underlay devices (a class a tunnel end), TBF on virtual interfaces. */
#ifndef TRELLIS_QUEUES_H
#define TRELLIS_QUEUES_H

#include "../include/egre.h"
#include "netlink.h"

/* Minor numbers of classes: a tunnel end's slot (below 0x4000), or this and the neighbour's. */
#define NEIGHBOUR_CLASS 0x8000u

struct rate {
	uint64_t kbps, ceil_kbps;
};

/* Fails with EEXIST where somebody else has put a queue there; ours being there already is no failure. */
void queue_prepare(struct batch *batch, struct op *op, uint32_t index);
void queue_remove(struct batch *batch, struct op *op, uint32_t index);
/* Made, or changed in place: what waits in it stays. */
void queue_class(struct batch *batch, struct op *op, uint32_t index, uint32_t minor, uint32_t parent_minor, struct rate rate);
/* Bounds what waits in a class. */
void queue_bound(struct batch *batch, struct op *op, uint32_t index, uint32_t minor, uint64_t kbps);
void queue_class_delete(struct batch *batch, struct op *op, uint32_t index, uint32_t minor);
void queue_limit(struct batch *batch, struct op *op, uint32_t index, uint64_t kbps);

struct queue_class {
	uint32_t minor, parent_minor;
	struct rate rate;
};

typedef void queue_class_found(uint32_t index, const struct queue_class *class, void *context);
typedef void queue_limit_found(uint32_t index, uint64_t kbps, void *context);
int queues_list_classes(struct netlink *nl, uint32_t index, queue_class_found *found, void *context);
int queues_list_limits(struct netlink *nl, queue_limit_found *found, void *context);

#endif
