// SPDX-License-Identifier: GPL-2.0-only
/* Where do packets wait? In memory shared with the supervisor, touched only as far as it is needed. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "line.h"

/* Two sizes: an Ethernet frame, and what TCP hands down as one. */
#define KINDS 2
static const struct kind {
	uint32_t bytes, count;
} kinds[KINDS] = { { 2048, 65536 }, { 69632, 2048 } };

struct pool {
	struct shelf {
		uint32_t used; /* places ever taken: those beyond were never touched */
		unsigned char *places;
		uint32_t *free; /* the worker's own */
		uint32_t free_count;
	} shelves[KINDS];
};

static void *map(size_t size, int flags)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

struct pool *pool_make(void)
{
	struct pool *pool = map(sizeof(*pool), MAP_SHARED);

	for (int k = 0; pool && k < KINDS; k++) {
		pool->shelves[k].places = map((size_t)kinds[k].bytes * kinds[k].count, MAP_SHARED);
		if (!pool->shelves[k].places)
			return NULL;
	}
	return pool;
}

static struct packet *place(const struct pool *pool, int k, uint32_t i)
{
	return (struct packet *)(pool->shelves[k].places + (size_t)kinds[k].bytes * i);
}

void pool_open(struct pool *pool, void (*waits)(struct packet *packet, void *context), void *context)
{
	for (int k = 0; k < KINDS; k++) {
		struct shelf *s = &pool->shelves[k];

		s->free = map(sizeof(*s->free) * kinds[k].count, MAP_PRIVATE);
		s->free_count = 0;
		if (!s->free)
			abort();
		for (uint32_t i = 0; i < s->used; i++)
			if (place(pool, k, i)->waits)
				waits(place(pool, k, i), context);
			else
				s->free[s->free_count++] = i;
	}
}

struct packet *pool_take(struct pool *pool, uint32_t length)
{
	int k = length + sizeof(struct packet) > kinds[0].bytes;
	struct shelf *s = &pool->shelves[k];
	struct packet *packet;

	if (length + sizeof(struct packet) > kinds[1].bytes)
		return NULL;
	if (s->free_count) /* the one freed last is still in the cache */
		packet = place(pool, k, s->free[--s->free_count]);
	else if (s->used < kinds[k].count)
		packet = place(pool, k, s->used++);
	else
		return NULL;
	packet->large = k;
	packet->length = length;
	return packet;
}

void pool_free(struct pool *pool, struct packet *packet)
{
	struct shelf *s = &pool->shelves[packet->large];

	packet->waits = 0;
	s->free[s->free_count++] = ((unsigned char *)packet - s->places) / kinds[packet->large].bytes;
}

static bool before(const struct queue_entry *a, const struct queue_entry *b)
{
	return a->due_ns < b->due_ns || (a->due_ns == b->due_ns && (int32_t)(a->order - b->order) < 0);
}

void queue_push(struct queue *q, struct packet *packet)
{
	struct queue_entry entry = { packet->due_ns, packet->order, packet };
	uint32_t at = q->count++;

	if (q->count > q->size) {
		q->size = q->size ? q->size * 2 : 1024;
		q->heap = realloc(q->heap, q->size * sizeof(*q->heap));
		if (!q->heap)
			abort();
	}
	for (; at && before(&entry, &q->heap[(at - 1) / 2]); at = (at - 1) / 2)
		q->heap[at] = q->heap[(at - 1) / 2];
	q->heap[at] = entry;
}

struct packet *queue_pop(struct queue *q)
{
	struct packet *first = q->heap[0].packet;
	struct queue_entry last = q->heap[--q->count];
	uint32_t at = 0, child;

	while ((child = 2 * at + 1) < q->count) {
		if (child + 1 < q->count && before(&q->heap[child + 1], &q->heap[child]))
			child++;
		if (!before(&q->heap[child], &last))
			break;
		q->heap[at] = q->heap[child];
		at = child;
	}
	q->heap[at] = last;
	return first;
}
