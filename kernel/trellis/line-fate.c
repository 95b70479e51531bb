// SPDX-License-Identifier: GPL-2.0-only
/* What becomes of a packet on an emulated link: lost, damaged, doubled, and when does it arrive? */
#include <string.h>
#include "line.h"

/* What may wait for its turn at the link's rate: this long, but at least this much. */
#define MOST_WAIT_NS 200000000ULL
#define LEAST_WAIT_BITS (16ULL * 1514 * 8)
#define ETHERNET_BYTES 14
#define MOST_TRIES 1000 /* whoever wrote may have died in the middle; the next who writes sets it right */

/* xorshift64* (Vigna 2016): fast, and far better than these shares need. */
static uint32_t random_bits(struct work *w)
{
	w->random ^= w->random >> 12;
	w->random ^= w->random << 25;
	w->random ^= w->random >> 27;
	return (w->random * 0x2545f4914f6cdd1dULL) >> 32;
}

static bool chance(struct work *w, uint64_t millionths)
{
	return millionths && (uint64_t)random_bits(w) * LINE_MILLION >> 32 < millionths;
}

/*
 * Gilbert's chain (1960): after a loss the next is likelier by the correlation, after none less likely, such that the share
 * lost in the long run is just what was asked for.
 */
static bool is_lost(struct work *w, struct fate *f, uint64_t loss, uint64_t correlation)
{
	uint64_t base = loss * (LINE_MILLION - correlation) / LINE_MILLION;

	f->lost_last = loss && chance(w, f->lost_last ? base + correlation : base);
	return f->lost_last;
}

static int64_t jitter_ns(struct work *w, const struct egre_line *line)
{
	int64_t width = line->jitter_us * 1000LL, sum = 0;

	if (!width)
		return 0;
	if (line->flags & LINE_UNIFORM)
		return (2 * width * (int64_t)(random_bits(w) >> 1) >> 31) - width;
	for (int i = 0; i < 12; i++) /* twelve uniform numbers have a variance of 1 together (Irwin, Hall 1927) */
		sum += random_bits(w) >> 12;
	return width * (sum - (6LL << 20)) >> 20;
}

/* Checksums may be left to the receiver's device. Damage would then pass unnoticed, so they are made good first. */
static void finish_checksum(struct packet *p)
{
	struct virtio_net_hdr *h = (void *)p->bytes;
	unsigned char *frame = p->bytes + sizeof(*h);
	size_t length = p->length - sizeof(*h), at = h->csum_start + h->csum_offset;
	uint32_t sum = 0;

	if (!(h->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) || at + 2 > length || h->csum_start > length)
		return;
	for (size_t i = h->csum_start; i < length; i += 2)
		sum += frame[i] << 8 | (i + 1 < length ? frame[i + 1] : 0);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	sum = sum == 0xffff ? sum : ~sum & 0xffff; /* RFC 768: a sum of nothing is sent as all ones */
	frame[at] = sum >> 8;
	frame[at + 1] = sum;
	h->flags = 0;
}

static void corrupt(struct work *w, struct packet *p)
{
	const struct virtio_net_hdr *h = (const void *)p->bytes;
	uint32_t first = sizeof(*h) + ETHERNET_BYTES + LINE_TAG_BYTES, bit;

	if (h->gso_type != VIRTIO_NET_HDR_GSO_NONE || p->length <= first)
		return;
	finish_checksum(p);
	bit = (uint64_t)random_bits(w) * ((p->length - first) * 8) >> 32;
	p->bytes[first + bit / 8] ^= 1 << bit % 8;
}

/* Settings are written while we read: what is torn is read again. */
static struct egre_line settings(const struct egre_line *from)
{
	struct egre_line line;
	uint32_t sequence;

	for (int i = 0; i < MOST_TRIES; i++) {
		sequence = __atomic_load_n(&from->sequence, __ATOMIC_ACQUIRE);
		memcpy(&line, from, sizeof(line));
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (!(sequence & 1) && sequence == __atomic_load_n(&from->sequence, __ATOMIC_RELAXED))
			break;
	}
	return line;
}

static void notice_change(struct work *w, struct fate *f, const struct egre_line *line)
{
	if (f->sequence == line->sequence)
		return;
	trace_close(f->trace);
	*f = (struct fate){ .sequence = line->sequence };
	if (line->trace[0])
		f->trace = trace_open(w->run, line->trace);
}

/* When has the link sent it? UINT64_MAX: the queue is full. */
static uint64_t sent_at(struct fate *f, const struct egre_line *line, uint64_t bits, uint64_t now)
{
	uint64_t start = f->free_ns > now ? f->free_ns : now, waits = start - now;

	if (!line->rate_kbps && !f->trace)
		return now;
	if (waits > MOST_WAIT_NS && waits * line->rate_kbps / 1000000 > LEAST_WAIT_BITS)
		return UINT64_MAX;
	if (f->trace) {
		uint64_t sent = trace_sent(f->trace, start - line->trace_start_ns, bits, line->flags & LINE_LOOP);

		if (sent == UINT64_MAX)
			return sent;
		start = sent + line->trace_start_ns;
	} else {
		start += bits * 1000000 / line->rate_kbps;
	}
	return f->free_ns = start;
}

static void enqueue(struct work *w, struct packet *p)
{
	p->order = ++w->queue.last_order;
	p->waits = 1;
	queue_push(&w->queue, p);
}

static void duplicate(struct work *w, const struct packet *p, struct egre_line_counts *counts)
{
	struct packet *copy = pool_take(w->pool, p->length);

	if (!copy) {
		counts->overflowed++;
		return;
	}
	copy->due_ns = p->due_ns;
	copy->slot = p->slot;
	copy->cookie = p->cookie;
	copy->port = p->port;
	memcpy(copy->bytes, p->bytes, p->length);
	enqueue(w, copy);
	counts->duplicated++;
}

void line_admit(struct work *w, struct packet *p, uint64_t now)
{
	struct egre_line line = settings(&w->lines[p->slot]);
	struct egre_line_counts *counts = &w->counts[p->slot];
	struct fate *f = &w->fates[p->slot];
	uint64_t bits = (p->length - sizeof(struct virtio_net_hdr) - LINE_TAG_BYTES) * 8ULL, due = now;

	notice_change(w, f, &line);
	p->cookie = line.cookie;
	if (line.flags & LINE_ON) {
		if (f->trace) {
			struct trace_step step = trace_at(f->trace, now - line.trace_start_ns, line.flags & LINE_LOOP);

			line.rate_kbps = step.rate_kbps;
			line.delay_us += step.delay_us;
			line.loss = step.loss > line.loss ? step.loss : line.loss;
		}
		if (is_lost(w, f, line.loss, line.loss_correlation)) {
			counts->lost++;
			pool_free(w->pool, p);
			return;
		}
		due = sent_at(f, &line, bits, now);
		if (due == UINT64_MAX) {
			counts->overflowed++;
			pool_free(w->pool, p);
			return;
		}
		if (chance(w, line.corrupt)) {
			corrupt(w, p);
			counts->corrupted++;
		}
		if (chance(w, line.reorder)) { /* overtakes those on their way */
			counts->reordered++;
		} else {
			int64_t delay = line.delay_us * 1000LL + jitter_ns(w, &line);

			due += delay > 0 ? delay : 0;
			due = due > f->last_due_ns ? due : f->last_due_ns; /* jitter alone reorders nothing */
			f->last_due_ns = due;
		}
	}
	p->due_ns = due;
	enqueue(w, p);
	if (line.flags & LINE_ON && chance(w, line.duplicate))
		duplicate(w, p, counts);
}
