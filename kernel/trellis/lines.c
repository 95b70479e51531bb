// SPDX-License-Identifier: GPL-2.0-only
/* What is done to frames on their way to a virtual interface? Settings in the map that the delay line reads. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "ends.h"
#include "line-daemon.h"
#include "line-queue.h"
#include "line.h"
#include "lines.h"
#include "run-folder.h"

#define LONGEST_US 10000000

static bool take_share(struct op *op, const char *field, uint32_t *share)
{
	uint64_t value;

	*share = 0;
	if (!has(op, field))
		return true;
	if (!take_number(op, field, 0, LINE_MILLION, &value))
		return false;
	*share = value;
	return true;
}

static bool take_optional(struct op *op, const char *field, uint64_t most, uint32_t *to)
{
	uint64_t value;

	*to = 0;
	if (!has(op, field))
		return true;
	if (!take_number(op, field, 0, most, &value))
		return false;
	*to = value;
	return true;
}

static bool take_flag(struct op *op, const char *field, uint32_t flag, uint32_t *flags)
{
	bool value = false;

	if (has(op, field) && !take_bool(op, field, &value))
		return false;
	*flags |= value ? flag : 0;
	return true;
}

static bool take_trace(struct op *op, struct egre_line *line)
{
	const char *name;

	if (!has(op, "trace"))
		return true;
	if (!take_name(op, "trace", &name))
		return false;
	if (strlen(name) >= sizeof(line->trace)) {
		op_fail(op, EINVAL, "trace: must be at most %zu letters", sizeof(line->trace) - 1);
		return false;
	}
	snprintf(line->trace, sizeof(line->trace), "%s", name);
	return true;
}

static bool take(struct op *op, const char **device, struct egre_line *line, bool *down)
{
	uint32_t is_down = 0;
	bool good;

	*line = (struct egre_line){ 0 };
	good = take_device(op, "device", device) && take_flag(op, "down", 1, &is_down) &&
	       take_optional(op, "rateKbps", 1000000000, &line->rate_kbps) &&
	       take_optional(op, "delayUs", LONGEST_US, &line->delay_us) &&
	       take_optional(op, "jitterUs", LONGEST_US, &line->jitter_us) &&
	       take_flag(op, "uniform", LINE_UNIFORM, &line->flags) && take_flag(op, "loop", LINE_LOOP, &line->flags) &&
	       take_share(op, "loss", &line->loss) && take_share(op, "lossCorrelation", &line->loss_correlation) &&
	       take_share(op, "duplicate", &line->duplicate) && take_share(op, "reorder", &line->reorder) &&
	       take_share(op, "corrupt", &line->corrupt) && take_trace(op, line);
	*down = is_down;
	return good;
}

static bool is_emulated(const struct egre_line *line)
{
	return line->rate_kbps || line->delay_us || line->jitter_us || line->loss || line->duplicate || line->reorder ||
	       line->corrupt || line->trace[0];
}

/* Where each packet has a fate of its own, what TCP hands down as one is split before. */
static bool is_split(const struct egre_line *line)
{
	return line->rate_kbps || line->loss || line->duplicate || line->reorder || line->corrupt || line->trace[0];
}

/* The delay line reads while we write: an odd sequence tells it so. */
static void write_line(struct egre_line *to, struct egre_line line)
{
	uint32_t sequence = to->sequence | 1;

	__atomic_store_n(&to->sequence, sequence, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	line.cookie = to->cookie;
	line.sequence = sequence;
	line.trace_start_ns = !strcmp(line.trace, to->trace) && to->trace_start_ns ? to->trace_start_ns : line.trace_start_ns;
	memcpy(to, &line, sizeof(line));
	__atomic_store_n(&to->sequence, sequence + 1, __ATOMIC_RELEASE);
}

static void set_flags(struct egre_end *end, const struct egre_line *line, bool down)
{
	uint16_t flags = end->flags & ~(EGRE_END_EMULATED | EGRE_END_SPLIT | EGRE_END_DOWN | EGRE_END_QUEUED);

	flags |= (line->flags & LINE_ON ? EGRE_END_EMULATED : 0) | (is_split(line) ? EGRE_END_SPLIT : 0) |
		 (down ? EGRE_END_DOWN : 0) | (line->flags & (LINE_QUEUED | LINE_LEAVING) ? EGRE_END_QUEUED : 0);
	__atomic_store_n(&end->flags, flags, __ATOMIC_RELEASE);
}

/* Who keeps these settings is written into them: netem where it can, else the delay line. */
static void choose(struct trellis *t, struct op *op, uint32_t slot, struct egre_line *line)
{
	const struct egre_line *is = &t->maps.lines[slot];
	uint32_t index = t->maps.ends[slot].ifindex;

	if (line_queue_fits(&t->maps, slot, line) && !line_queue_set(t, index, line->delay_us)) {
		line->flags |= LINE_QUEUED;
		return;
	}
	line->left_s = is->left_s;
	if (is->flags & LINE_ON && !is_emulated(line))
		line_queue_left(line);
	if (is->flags & (LINE_QUEUED | LINE_LEAVING))
		line->flags |= LINE_LEAVING;
	if (!is_emulated(line))
		return;
	line_ensure(t, op);
	line->flags |= LINE_ON;
}

static void apply(struct trellis *t, struct op *op, uint32_t slot, struct egre_line line, bool down)
{
	choose(t, op, slot, &line);
	if (op->failed)
		return;
	line.trace_start_ns = line_now();
	write_line(&t->maps.lines[slot], line);
	set_flags(&t->maps.ends[slot], &line, down);
	/* Only now: until here frames went there, and what the delay line has taken since is not out of it yet. */
	if (line.flags & LINE_LEAVING)
		line_queue_leave(t, t->maps.ends[slot].ifindex);
}

void line_set(struct trellis *t, struct op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct egre_line line;
		const char *device;
		uint32_t slot;
		bool down;

		if (!take(&ops[i], &device, &line, &down))
			continue;
		slot = end_of_device(&t->maps, device_index(t, device));
		if (!slot)
			op_fail(&ops[i], ENODEV, "device: there is no virtual interface %s", device);
		else
			apply(t, &ops[i], slot, line, down);
	}
}

/* What is on its way in the delay line or in netem arrives when it would have. */
void line_delete(struct trellis *t, struct op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *device;
		uint32_t slot;

		if (!take_device(&ops[i], "device", &device))
			continue;
		slot = end_of_device(&t->maps, device_index(t, device));
		if (slot)
			apply(t, &ops[i], slot, (struct egre_line){ 0 }, false);
	}
}

void lines_write(struct trellis *t, struct op *op)
{
	struct text *out = &op->out;

	line_queues_sweep(t);
	text_name(out, "lines");
	text_put(out, "[");
	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++) {
		const struct egre_line *l = &t->maps.lines[slot];
		const struct egre_end *end = &t->maps.ends[slot];

		if (end->kind != EGRE_DEVICE ||
		    !(end->flags & (EGRE_END_DOWN | EGRE_END_EMULATED) || l->flags & LINE_QUEUED) ||
		    device_index(t, t->maps.labels[slot].device) != end->ifindex) /* its device has gone */
			continue;
		text_comma(out);
		text_put(out, "{");
		text_name_json(out, "device", t->maps.labels[slot].device);
		text_name_bool(out, "down", end->flags & EGRE_END_DOWN);
		text_name_number(out, "rateKbps", l->rate_kbps);
		text_name_number(out, "delayUs", l->delay_us);
		text_name_number(out, "jitterUs", l->jitter_us);
		text_name_bool(out, "uniform", l->flags & LINE_UNIFORM);
		text_name_number(out, "loss", l->loss);
		text_name_number(out, "lossCorrelation", l->loss_correlation);
		text_name_number(out, "duplicate", l->duplicate);
		text_name_number(out, "reorder", l->reorder);
		text_name_number(out, "corrupt", l->corrupt);
		text_name_json(out, "trace", l->trace[0] ? l->trace : NULL);
		text_name_bool(out, "loop", l->flags & LINE_LOOP);
		text_name_json(out, "by", l->flags & LINE_QUEUED ? "netem" : "line");
		text_put(out, "}");
	}
	text_put(out, "]");
}

static void write_counts(struct text *out, const char *device, const struct egre_line_counts *c)
{
	text_comma(out);
	text_put(out, "{");
	text_name_json(out, "device", device);
	text_name_number(out, "passed", c->passed);
	text_name_number(out, "lost", c->lost);
	text_name_number(out, "duplicated", c->duplicated);
	text_name_number(out, "reordered", c->reordered);
	text_name_number(out, "corrupted", c->corrupted);
	text_name_number(out, "overflowed", c->overflowed);
	text_name_number(out, "late", c->late);
	text_name_number(out, "worstLateUs", c->worst_late_ns / 1000);
	text_put(out, "}");
}

struct counted {
	struct trellis *t;
	struct text *out;
};

static void write_queue_counts(const struct line_queue *queue, void *context)
{
	const struct egre_line_counts counts = { .passed = queue->passed, .overflowed = queue->overflowed };
	const struct counted *c = context;
	uint32_t slot = end_of_device(&c->t->maps, queue->index);

	if (slot && c->t->maps.lines[slot].flags & LINE_QUEUED)
		write_counts(c->out, c->t->maps.labels[slot].device, &counts);
}

void lines_write_counts(struct trellis *t, struct op *op)
{
	struct counted counted = { t, &op->out };
	struct text *out = &op->out;
	bool queued = false;

	text_name(out, "lines");
	text_put(out, "[");
	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++) {
		const struct egre_end *end = &t->maps.ends[slot];

		queued |= end->kind == EGRE_DEVICE && end->flags & EGRE_END_QUEUED;
		if (end->kind == EGRE_DEVICE && end->flags & EGRE_END_EMULATED)
			write_counts(out, t->maps.labels[slot].device, &t->maps.line_counts[slot]);
	}
	if (queued)
		line_queues_list(&t->nl, write_queue_counts, &counted);
	text_put(out, "]");
}
