/* SPDX-License-Identifier: GPL-2.0-only */
/* How are the programs attached? */
#ifndef TRELLIS_TC_H
#define TRELLIS_TC_H

#include "netlink.h"

/*
 * All virtual interfaces share one tc filter block, so the program is attached to thousands of them by attaching it
 * once, is replaced for all of them at one instant, and one listing of qdiscs tells which devices have it.
 */
#define OUR_BLOCK 0x4d79564e

void tc_join_block(struct batch *batch, struct op *op, uint32_t index);
void tc_fill_block(struct batch *batch, struct op *op, int program, bool replace);
/* An underlay device has a filter of its own, beside those that others put there. */
void tc_attach(struct batch *batch, struct op *op, uint32_t index, int program);
void tc_detach(struct batch *batch, struct op *op, uint32_t index);
void tc_add_clsact(struct batch *batch, struct op *op, uint32_t index);
void tc_remove_clsact(struct batch *batch, struct op *op, uint32_t index);

typedef void tc_qdisc(uint32_t index, bool clsact, bool ours, void *context);
int tc_list_qdiscs(struct netlink *nl, tc_qdisc *found, void *context);
bool tc_block_is_filled(struct netlink *nl);
/* On an underlay device: how many filters are there, and is ours among them? */
int tc_count_filters(struct netlink *nl, uint32_t index, bool *ours);

#endif
