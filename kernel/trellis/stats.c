// SPDX-License-Identifier: GPL-2.0-only
/* How much passed, and what was dropped? All slots are read in a few batches, whatever the number of links. */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "lines.h"
#include "neighbours.h"

#define AT_ONCE 1024

static const char *const reasons[] = {
#define R(name, text) text,
	EGRE_REASONS(R)
#undef R
};

/* Of one end, over all processors. */
struct total {
	struct egre_counters passed;
	struct egre_drops drops;
};

static uint32_t last_used(const struct maps *m)
{
	uint32_t slot = EGRE_MAX_ENDS - 1;

	while (slot && m->ends[slot].kind == EGRE_FREE)
		slot--;
	return slot;
}

static void write_drops(struct text *out, const __u64 *drops, size_t count)
{
	text_name(out, "drops");
	text_put(out, "{");
	for (size_t i = 1; i < count; i++)
		if (drops[i])
			text_name_number(out, reasons[i], drops[i]);
	text_put(out, "}");
}

static void write_amount(struct text *out, const char *name, __u64 packets, __u64 bytes)
{
	text_name(out, name);
	text_put(out, "{");
	text_name_number(out, "packets", packets);
	text_name_number(out, "bytes", bytes);
	text_put(out, "}");
}

static void write_end(const struct maps *m, struct text *out, uint32_t slot, const struct total *total)
{
	const struct egre_end *end = &m->ends[slot];

	text_comma(out);
	text_put(out, "{");
	if (end->kind == EGRE_DEVICE) {
		text_name_json(out, "device", m->labels[slot].device);
	} else {
		text_name_json(out, "underlay", m->paths[end->neighbour % EGRE_MAX_NEIGHBOURS].underlay);
		text_name_number(out, "key", ntohl(end->key));
	}
	text_name_json(out, "link", m->labels[slot].link);
	write_amount(out, "in", total->passed.in_packets, total->passed.in_bytes);
	write_amount(out, "out", total->passed.out_packets, total->passed.out_bytes);
	write_drops(out, total->drops.of, EGRE_END_REASONS);
	text_put(out, "}");
}

/* What `map` holds of all slots, each `words` numbers of 64 bits, added up over processors into `totals`, `step` words apart. */
static int read_all(int map, __u64 *totals, size_t words, size_t step, uint32_t count, int cpus)
{
	__u64 *batch = malloc(words * sizeof(*batch) * cpus * AT_ONCE);
	__u32 keys[AT_ONCE], cursor = 0, done = 0;
	int error = batch ? 0 : ENOMEM;

	while (!error && done < count) {
		__u32 n = AT_ONCE;

		error = bpf_map_lookup_batch(map, done ? &cursor : NULL, &cursor, keys, batch, &n, NULL) ? errno : 0;
		if (error == ENOENT) /* that was the end of the map */
			error = 0;
		for (__u32 i = 0; !error && i < n && done < count; i++, done++)
			for (size_t k = 0; k < words * cpus; k++)
				totals[done * step + k % words] += batch[i * words * cpus + k];
		if (!n)
			break;
	}
	free(batch);
	return error;
}

/* They move while they are read, each by itself. */
static void add(struct egre_counters *to, const volatile struct egre_counters *passed)
{
	to->in_packets += passed->in_packets;
	to->in_bytes += passed->in_bytes;
	to->out_packets += passed->out_packets;
	to->out_bytes += passed->out_bytes;
}

static int read_totals(const struct maps *m, struct total *totals, uint32_t count)
{
	size_t step = sizeof(*totals) / sizeof(__u64);

	memset(totals, 0, count * sizeof(*totals));
	for (int cpu = 0; cpu < m->cpus; cpu++)
		for (uint32_t slot = 0; slot < count; slot++)
			add(&totals[slot].passed, &m->passed[cpu * EGRE_MAX_ENDS + slot]);
	return read_all(m->end_drops, totals->drops.of, EGRE_END_REASONS, step, count, m->cpus);
}

static void write_node(const struct maps *m, struct text *out)
{
	__u64 *of_cpus = calloc(m->cpus, sizeof(*of_cpus)), drops[EGRE_REASON_COUNT] = { 0 };

	for (__u32 reason = 1; of_cpus && reason < EGRE_REASON_COUNT; reason++)
		if (!bpf_map_lookup_elem(m->node_drops, &reason, of_cpus))
			for (int cpu = 0; cpu < m->cpus; cpu++)
				drops[reason] += of_cpus[cpu];
	free(of_cpus);
	text_name(out, "node");
	text_put(out, "{");
	write_drops(out, drops, EGRE_REASON_COUNT);
	text_put(out, "}");
}

static void write_kind(const struct maps *m, struct text *out, const struct total *totals, uint32_t count,
		       uint32_t kind)
{
	text_name(out, kind == EGRE_DEVICE ? "virtual" : "tunnels");
	text_put(out, "[");
	for (uint32_t slot = 1; slot < count; slot++)
		if (m->ends[slot].kind == kind && m->labels[slot].link[0]) /* else it was never part of a link */
			write_end(m, out, slot, &totals[slot]);
	text_put(out, "]");
}

void stats(struct trellis *t, struct op *ops, size_t count)
{
	const struct maps *m = &t->maps;
	uint32_t slots = last_used(m) + 1;
	int error;
	struct total *totals = arena_take(ops->arena, slots * sizeof(*totals));
	struct timespec now;

	for (size_t i = 0; i < count; i++) {
		struct text *out = &ops[i].out;

		error = read_totals(m, totals, slots);
		if (error) {
			op_fail(&ops[i], error, "reading counters: %s", strerror(error));
			continue;
		}
		clock_gettime(CLOCK_BOOTTIME, &now);
		text_name_number(out, "at", now.tv_sec * 1000000000ull + now.tv_nsec);
		write_kind(m, out, totals, slots, EGRE_DEVICE);
		write_kind(m, out, totals, slots, EGRE_TUNNEL);
		write_node(m, out);
		lines_write_counts(t, &ops[i]);
	}
}
