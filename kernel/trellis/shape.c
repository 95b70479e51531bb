// SPDX-License-Identifier: GPL-2.0-only
/* How much may leave by an end, and is it kept for it? Classes on the underlay, limits on virtual interfaces. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "ends.h"
#include "neighbours.h"
#include "queues.h"
#include "shape.h"
#include "trellis.h"

#define MOST_KBPS 1000000000ULL

enum where { AT_UNDERLAY, AT_TUNNEL, AT_DEVICE };

struct shape {
	struct op *op;
	enum where where;
	uint32_t index, slot, neighbour;
	struct rate rate;
	bool is_new;
};

static bool take_place(struct trellis *t, struct op *op, struct op *inner, struct shape *s)
{
	const struct json *kind = json_member(inner->in, "kind");
	const char *text = kind && kind->kind == JSON_STRING ? kind->text : "", *name;
	uint64_t key = 0;

	if (!strcmp(text, "device")) {
		s->where = AT_DEVICE;
		if (!take_device(inner, "device", &name))
			return false;
		s->index = device_index(t, name);
		s->slot = end_of_device(&t->maps, s->index);
		if (!s->slot)
			op_fail(inner, ENODEV, "device: there is no virtual interface %s", name);
		return !inner->failed;
	}
	s->where = !strcmp(text, "tunnel") ? AT_TUNNEL : AT_UNDERLAY;
	if (s->where == AT_UNDERLAY && strcmp(text, "underlay"))
		op_fail(inner, EINVAL, "kind: must be \"device\", \"tunnel\" or \"underlay\"");
	if (inner->failed || !take_label(inner, "underlay", &name) ||
	    (s->where == AT_TUNNEL && !take_number(inner, "key", 0, UINT32_MAX, &key)))
		return false;
	s->neighbour = neighbour_named(&t->maps, name);
	if (s->neighbour == NO_NEIGHBOUR) {
		op_fail(inner, ENOENT, "underlay: there is no underlay %s", name);
		return false;
	}
	s->index = t->maps.neighbours[s->neighbour].ifindex;
	s->slot = s->where == AT_TUNNEL ? end_of_tunnel(&t->maps, s->neighbour, htonl(key)) : 0;
	if (s->where == AT_TUNNEL && !s->slot)
		op_fail(op, ENOENT, "at.key: there is no such tunnel");
	return !inner->failed && !op->failed;
}

static bool take_at(struct trellis *t, struct op *op, struct shape *s)
{
	struct op inner = { .in = json_member(op->in, "at"), .arena = op->arena };

	*s = (struct shape){ .op = op };
	if (take_place(t, op, &inner, s))
		return true;
	if (inner.failed)
		op_fail(op, inner.error, "at.%s", inner.message);
	return false;
}

static bool take(struct trellis *t, struct op *op, struct shape *s)
{
	if (!take_at(t, op, s) || !take_number(op, "rateKbps", 1, MOST_KBPS, &s->rate.kbps) ||
	    !take_number(op, "ceilKbps", 1, MOST_KBPS, &s->rate.ceil_kbps))
		return false;
	if (s->rate.ceil_kbps < s->rate.kbps)
		op_fail(op, EINVAL, "ceilKbps: must not be below rateKbps");
	return !op->failed;
}

/* A class left by an end that had this slot before may hang below another neighbour: it goes first. */
static void put_shape(struct trellis *t, struct batch *b, struct shape *s)
{
	switch (s->where) {
	case AT_UNDERLAY:
		queue_prepare(b, s->op, s->index);
		queue_class(b, s->op, s->index, NEIGHBOUR_CLASS + s->neighbour, 0, s->rate);
		return;
	case AT_TUNNEL:
		s->is_new = !(t->maps.ends[s->slot].flags & EGRE_END_SHAPED);
		if (s->is_new)
			queue_class_delete(b, s->op, s->index, s->slot);
		queue_class(b, s->op, s->index, s->slot, NEIGHBOUR_CLASS + s->neighbour, s->rate);
		queue_bound(b, s->op, s->index, s->slot, s->rate.ceil_kbps);
		return;
	case AT_DEVICE:
		queue_limit(b, s->op, s->index, s->rate.kbps);
	}
}

void shape_set(struct trellis *t, struct op *ops, size_t count)
{
	struct shape *shapes = arena_take(ops->arena, count * sizeof(*shapes));
	struct batch b;
	size_t n = 0;

	batch_open(&b, &t->nl);
	for (size_t i = 0; i < count; i++)
		if (take(t, &ops[i], &shapes[n]))
			put_shape(t, &b, &shapes[n++]);
	batch_send(&b);
	/* Only now do the programs send anything there. */
	for (size_t i = 0; i < n; i++)
		if (!shapes[i].op->failed && shapes[i].slot)
			t->maps.ends[shapes[i].slot].flags |= EGRE_END_SHAPED;
}

void shape_delete(struct trellis *t, struct op *ops, size_t count)
{
	struct op ignored = { 0 };
	struct shape s;
	struct batch b;

	batch_open(&b, &t->nl);
	for (size_t i = 0; i < count; i++) {
		if (!take_at(t, &ops[i], &s)) {
			if (ops[i].error == ENOENT || ops[i].error == ENODEV) /* gone, and its class with it or soon */
				ops[i].failed = false;
			continue;
		}
		if (s.slot)
			t->maps.ends[s.slot].flags &= ~EGRE_END_SHAPED;
		if (s.where == AT_DEVICE)
			queue_remove(&b, &ignored, s.index); /* if it is still there */
		else
			queue_class_delete(&b, &ops[i], s.index,
					   s.where == AT_TUNNEL ? s.slot : NEIGHBOUR_CLASS + s.neighbour);
	}
	batch_send(&b);
}

struct looking {
	struct trellis *t;
	struct text *out;
	struct batch *stale; /* deletions, sent once the kernel has listed all */
	struct op ignored;
	bool found[EGRE_MAX_ENDS];
};

static void write_rate(struct text *out, struct rate rate)
{
	text_put(out, "}");
	text_name_number(out, "rateKbps", rate.kbps);
	text_name_number(out, "ceilKbps", rate.ceil_kbps);
	text_put(out, "}");
}

static void open_place(struct text *out, const char *kind)
{
	text_comma(out);
	text_put(out, "{");
	text_name(out, "at");
	text_put(out, "{");
	text_name_json(out, "kind", kind);
}

static void seen_class(uint32_t index, const struct queue_class *class, void *context)
{
	struct looking *l = context;
	const struct maps *m = &l->t->maps;
	bool is_neighbour = class->minor >= NEIGHBOUR_CLASS;
	uint32_t neighbour = is_neighbour ? class->minor - NEIGHBOUR_CLASS : class->parent_minor - NEIGHBOUR_CLASS;
	const struct egre_end *end = &m->ends[class->minor % EGRE_MAX_ENDS];

	if (neighbour >= EGRE_MAX_NEIGHBOURS || m->neighbours[neighbour].ifindex != index)
		goto stale;
	if (is_neighbour) {
		open_place(l->out, "underlay");
		text_name_json(l->out, "underlay", m->paths[neighbour].underlay);
		write_rate(l->out, class->rate);
		return;
	}
	if (class->minor >= EGRE_MAX_ENDS || end->kind != EGRE_TUNNEL || end->neighbour != neighbour ||
	    !(end->flags & EGRE_END_SHAPED))
		goto stale;
	l->found[class->minor] = true;
	open_place(l->out, "tunnel");
	text_name_json(l->out, "underlay", m->paths[neighbour].underlay);
	text_name_number(l->out, "key", ntohl(end->key));
	write_rate(l->out, class->rate);
	return;
stale:
	queue_class_delete(l->stale, &l->ignored, index, class->minor);
}

static void seen_limit(uint32_t index, uint64_t kbps, void *context)
{
	struct looking *l = context;
	uint32_t slot = end_of_device(&l->t->maps, index);

	if (!slot || !(l->t->maps.ends[slot].flags & EGRE_END_SHAPED))
		return;
	l->found[slot] = true;
	open_place(l->out, "device");
	text_name_json(l->out, "device", l->t->maps.labels[slot].device);
	write_rate(l->out, (struct rate){ kbps, kbps });
}

static bool seen_before(const struct maps *m, uint32_t neighbour)
{
	for (uint32_t i = 0; i < neighbour; i++)
		if (m->neighbours[i].ifindex == m->neighbours[neighbour].ifindex)
			return true;
	return false;
}

void shapes_write(struct trellis *t, struct op *op)
{
	struct looking *l = arena_take(op->arena, sizeof(*l));
	struct batch stale;
	struct netlink second; /* a dump and a change cannot share a socket */

	*l = (struct looking){ .t = t, .out = &op->out, .stale = &stale };
	if (!netlink_open(&second)) {
		op_fail(op, errno, "listing classes: %s", strerror(errno));
		return;
	}
	batch_open(&stale, &second);
	text_name(&op->out, "shapes");
	text_put(&op->out, "[");
	for (uint32_t i = 0; i < EGRE_MAX_NEIGHBOURS; i++)
		if (t->maps.neighbours[i].ifindex && !seen_before(&t->maps, i))
			queues_list_classes(&t->nl, t->maps.neighbours[i].ifindex, seen_class, l);
	queues_list_limits(&t->nl, seen_limit, l);
	text_put(&op->out, "]");
	batch_send(&stale);
	netlink_close(&second);
	/* Somebody else took the class or the queue away: what is sent there has none, and is to say so. */
	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++)
		if (t->maps.ends[slot].flags & EGRE_END_SHAPED && !l->found[slot])
			t->maps.ends[slot].flags &= ~EGRE_END_SHAPED;
}
