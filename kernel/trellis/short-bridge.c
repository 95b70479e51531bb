// SPDX-License-Identifier: GPL-2.0-only
/* Which two ends does the short bridge join? One direction at a time: each end says where its frames go. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "ends.h"
#include "neighbours.h"

struct place {
	const char *device;   /* a virtual interface, or */
	const char *underlay; /* a tunnel: */
	uint32_t key;
};

/* Fields of `to` are read with the same functions as those of the op itself; messages then name them `to.…`. */
static bool take_to(struct op *op, struct place *place)
{
	struct op inner = { .in = json_member(op->in, "to"), .arena = op->arena };
	const struct json *kind = json_member(inner.in, "kind");
	uint64_t key;

	*place = (struct place){ 0 };
	if (kind && kind->kind == JSON_STRING && !strcmp(kind->text, "device")) {
		take_device(&inner, "device", &place->device);
	} else if (kind && kind->kind == JSON_STRING && !strcmp(kind->text, "tunnel")) {
		if (take_label(&inner, "underlay", &place->underlay) && take_number(&inner, "key", 0, UINT32_MAX, &key))
			place->key = key;
	} else {
		op_fail(&inner, EINVAL, "kind: must be \"device\" or \"tunnel\"");
	}
	if (inner.failed)
		op_fail(op, inner.error, "to.%s", inner.message);
	return !op->failed;
}

static uint32_t device_slot(struct trellis *t, struct op *op, const char *field, const char *name)
{
	uint32_t slot = end_of_device(&t->maps, device_index(t, name));

	if (!slot)
		op_fail(op, ENODEV, "%s: there is no virtual interface %s", field, name);
	return slot;
}

static uint32_t tunnel_slot(struct trellis *t, struct op *op, const char *field, const char *underlay, uint32_t key,
			    const char *link)
{
	uint32_t neighbour = neighbour_named(&t->maps, underlay), slot;

	if (neighbour == NO_NEIGHBOUR) {
		op_fail(op, ENOENT, "%s: there is no underlay %s", field, underlay);
		return 0;
	}
	slot = end_of_tunnel(&t->maps, neighbour, htonl(key));
	if (!slot)
		slot = end_add_tunnel(&t->maps, neighbour, htonl(key), link);
	if (!slot)
		op_fail(op, ENOSPC, "the node has no room for more than %d ends of links", EGRE_MAX_ENDS - 1);
	return slot;
}

static uint32_t to_slot(struct trellis *t, struct op *op, const struct place *to, const char *link)
{
	if (to->device)
		return device_slot(t, op, "to.device", to->device);
	return tunnel_slot(t, op, "to.underlay", to->underlay, to->key, link);
}

static void join(struct trellis *t, uint32_t from, uint32_t to, const char *link)
{
	end_set_link(&t->maps, from, link);
	t->maps.ends[from].to = to;
}

void virtual_set(struct trellis *t, struct op *ops, size_t count)
{
	const char *device, *link;
	struct place to;

	for (size_t i = 0; i < count; i++) {
		struct op *op = &ops[i];
		uint32_t from, other;

		if (!take_device(op, "device", &device) || !take_label(op, "link", &link) || !take_to(op, &to))
			continue;
		from = device_slot(t, op, "device", device);
		other = from ? to_slot(t, op, &to, link) : 0;
		if (from == other && from)
			op_fail(op, EINVAL, "to.device: is the device itself");
		if (!op->failed)
			join(t, from, other, link);
	}
	ends_sweep(&t->maps);
}

void tunnel_set(struct trellis *t, struct op *ops, size_t count)
{
	const char *underlay, *link;
	struct place to;
	uint64_t key;

	for (size_t i = 0; i < count; i++) {
		struct op *op = &ops[i];
		uint32_t from, other;

		if (!take_label(op, "underlay", &underlay) || !take_number(op, "key", 0, UINT32_MAX, &key) ||
		    !take_label(op, "link", &link) || !take_to(op, &to))
			continue;
		other = to_slot(t, op, &to, link);
		from = other ? tunnel_slot(t, op, "underlay", underlay, key, link) : 0;
		if (!op->failed)
			join(t, from, other, link);
	}
	ends_sweep(&t->maps);
}

void virtual_delete(struct trellis *t, struct op *ops, size_t count)
{
	const char *device;

	for (size_t i = 0; i < count; i++) {
		uint32_t index, slot;

		if (!take_device(&ops[i], "device", &device))
			continue;
		index = device_index(t, device);
		slot = index ? end_of_device(&t->maps, index) : end_of_device_name(&t->maps, device);
		if (slot && index)
			t->maps.ends[slot].to = 0;
		else if (slot) /* its device is gone */
			end_free(&t->maps, slot);
	}
	ends_sweep(&t->maps);
}

void tunnel_delete(struct trellis *t, struct op *ops, size_t count)
{
	const char *underlay;
	uint64_t key;

	for (size_t i = 0; i < count; i++) {
		uint32_t neighbour, slot;

		if (!take_label(&ops[i], "underlay", &underlay) || !take_number(&ops[i], "key", 0, UINT32_MAX, &key))
			continue;
		neighbour = neighbour_named(&t->maps, underlay);
		slot = neighbour == NO_NEIGHBOUR ? 0 : end_of_tunnel(&t->maps, neighbour, htonl(key));
		if (slot)
			t->maps.ends[slot].to = 0;
	}
	ends_sweep(&t->maps);
}
