/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The delay line: a process of its own, one a node, that holds packets until they are due. Frames reach it through two
 * TAP devices and go back the same way; what to do with them it reads from the pinned maps (../include/line.h).
 * A supervisor holds devices and memory; the worker may die at any instant, and the next one goes on with what waits.
 */
#ifndef TRELLIS_LINE_H
#define TRELLIS_LINE_H

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stdint.h>
#include "../include/egre.h"
#include "../include/line.h"

#define LINE_TAG_BYTES 4

/* In memory that outlives the worker. */
struct packet {
	uint64_t due_ns;
	uint32_t order, slot, cookie;
	uint32_t length; /* of `bytes`: virtio header, frame, tag */
	uint8_t port, large, reserved[6];
	volatile uint64_t waits; /* written last: then all else is whole */
	unsigned char bytes[];
};

struct pool; /* line-pool.c */
struct pool *pool_make(void);
/* After a worker died: which places are taken is found by looking. */
void pool_open(struct pool *pool, void (*waits)(struct packet *packet, void *context), void *context);
struct packet *pool_take(struct pool *pool, uint32_t length); /* NULL: full */
void pool_free(struct pool *pool, struct packet *packet);

/* Packets by the time they are due; those due together in the order they came. */
struct queue {
	struct queue_entry {
		uint64_t due_ns;
		uint32_t order;
		struct packet *packet;
	} *heap;
	uint32_t count, size, last_order;
};

void queue_push(struct queue *queue, struct packet *packet);
struct packet *queue_pop(struct queue *queue);

struct trace; /* line-trace.c */
struct trace_step {
	uint32_t rate_kbps, delay_us, loss;
};
#define TRACE_STEP_NS 10000000ULL
struct trace *trace_open(const char *run, const char *name);
void trace_close(struct trace *trace);
/* What holds at this time since its start. */
struct trace_step trace_at(const struct trace *trace, uint64_t since_ns, bool loop);
/* When have so many bits been sent that began then? UINT64_MAX: never. */
uint64_t trace_sent(const struct trace *trace, uint64_t since_ns, uint64_t bits, bool loop);

struct fate { /* of one direction of a link, as the worker remembers it */
	uint64_t last_due_ns, free_ns;
	uint32_t sequence;
	bool lost_last;
	struct trace *trace;
};

struct work {
	const char *run;
	struct pool *pool;
	struct queue queue;
	const struct egre_line *lines;
	struct egre_line_counts *counts;
	struct fate *fates;
	int ports[2];
	uint64_t random;
};

/* Decides when the packet is due, and puts it (or a copy, or nothing) into the queue. */
void line_admit(struct work *work, struct packet *packet, uint64_t now_ns);
int line_work(struct work *work); /* the worker: until there is nothing left to do */
uint64_t line_now(void);	  /* CLOCK_MONOTONIC */

#endif
