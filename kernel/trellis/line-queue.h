/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's netem in place of the delay line, for what it keeps as well (line-queue.c). */
#ifndef TRELLIS_LINE_QUEUE_H
#define TRELLIS_LINE_QUEUE_H

#include "trellis.h"

/* May these settings of the interface in that slot be netem's? */
bool line_queue_fits(const struct maps *maps, uint32_t slot, const struct egre_line *want);
/* Delays what goes out of this device; an errno where this kernel has no netem or somebody's queue is there. */
int line_queue_set(struct trellis *t, uint32_t index, uint32_t delay_us);
/* Delays nothing that comes from now on; what waits arrives when it would have. */
void line_queue_leave(struct trellis *t, uint32_t index);
/* Takes those away that were left and are empty. */
void line_queues_sweep(struct trellis *t);
/* Notes that packets may be in the delay line still. */
void line_queue_left(struct egre_line *line);

struct line_queue {
	uint32_t index;
	uint64_t passed, overflowed, waiting;
};
typedef void line_queue_found(const struct line_queue *queue, void *context);
int line_queues_list(struct netlink *nl, line_queue_found *found, void *context);

#endif
