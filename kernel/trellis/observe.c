// SPDX-License-Identifier: GPL-2.0-only
/* What is on this node now? Read from the kernel and the run folder, never from memory. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "containers.h"
#include "devices.h"
#include "ends.h"
#include "lines.h"
#include "names.h"
#include "neighbours.h"
#include "run-folder.h"
#include "shape.h"
#include "tc.h"
#include "tcx.h"

static void write_owners(struct trellis *t, struct op *op)
{
	struct names names = names_in(op->arena, t->run, "userns");
	uint32_t base, count;

	text_name(&op->out, "owners");
	text_put(&op->out, "[");
	for (size_t i = 0; i < names.count; i++) {
		int fd = run_open(t->run, "userns", names.list[i]);

		if (fd < 0)
			continue;
		close(fd);
		if (!owner_recorded(t->run, names.list[i], &base, &count))
			continue;
		text_comma(&op->out);
		text_put(&op->out, "{");
		text_name_json(&op->out, "owner", names.list[i]);
		text_name_number(&op->out, "uidBase", base);
		text_name_number(&op->out, "uidCount", count);
		text_put(&op->out, "}");
	}
	text_put(&op->out, "]");
}

static void write_namespaces(struct op *op, const struct names *names, const struct namespace_names *numbered)
{
	text_name(&op->out, "namespaces");
	text_put(&op->out, "[");
	for (size_t i = 0; i < names->count; i++) {
		if (!numbered->held[i]) /* only its file is there */
			continue;
		text_comma(&op->out);
		text_json(&op->out, names->list[i]);
	}
	text_put(&op->out, "]");
}

struct attached {
	uint32_t *list; /* sorted */
	size_t count, size;
};

static void keep_attached(uint32_t index, bool, bool ours, void *context)
{
	struct attached *attached = context;

	if (!ours)
		return;
	if (attached->count == attached->size) {
		attached->size = attached->size ? attached->size * 2 : 256;
		attached->list = realloc(attached->list, attached->size * sizeof(*attached->list));
		if (!attached->list)
			abort();
	}
	attached->list[attached->count++] = index;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool is_attached(const struct attached *attached, uint32_t index)
{
	return attached->count && bsearch(&index, attached->list, attached->count, sizeof(index), by_number);
}

static void write_device(struct trellis *t, struct text *out, const struct link *link, bool attached, const char *name)
{
	uint32_t slot = end_of_device(&t->maps, link->index);

	text_comma(out);
	text_put(out, "{");
	text_name_json(out, "device", link->name);
	text_name_json(out, "mark", link->mark);
	text_name_json(out, "alias", link->alias[0] ? link->alias : NULL);
	text_name_bool(out, "up", link->flags & IFF_UP);
	text_name_number(out, "mtuBytes", slot ? t->maps.ends[slot].mtu : 0);
	text_name_bool(out, "attached", attached && slot);
	text_name_json(out, "namespace", name);
	text_put(out, "}");
}

static void write_namespaces_and_devices(struct trellis *t, struct op *op, const struct names *names, struct devices *devices)
{
	bool filled = tc_block_is_filled(&t->nl);
	struct namespace_names numbered;
	struct attached attached = { 0 };
	int error = devices_list(t, devices);

	if (!error)
		error = tc_list_qdiscs(&t->nl, keep_attached, &attached);
	if (error)
		op_fail(op, error, "listing devices: %s", strerror(error));
	if (attached.count)
		qsort(attached.list, attached.count, sizeof(*attached.list), by_number);
	namespace_names_read(t, names->list, names->count, &numbered);
	write_namespaces(op, names, &numbered);
	text_name(&op->out, "devices");
	text_put(&op->out, "[");
	for (size_t i = 0; i < devices->count; i++)
		write_device(t, &op->out, &devices->list[i], filled && is_attached(&attached, devices->list[i].index),
			     namespace_name(&numbered, devices->list[i].peer_namespace));
	text_put(&op->out, "]");
	namespace_names_free(&numbered);
	free(attached.list);
}

static void write_underlays(struct trellis *t, struct op *op)
{
	char local[ADDRESS_TEXT], remote[ADDRESS_TEXT], device[IF_NAMESIZE];
	struct address address;

	text_name(&op->out, "underlays");
	text_put(&op->out, "[");
	for (uint32_t i = 0; i < EGRE_MAX_NEIGHBOURS; i++) {
		const struct egre_neighbour *n = &t->maps.neighbours[i];
		bool ours = false;
		const char *name;

		if (!n->ifindex)
			continue;
		name = if_indextoname(n->ifindex, device);
		address = neighbour_address(&n->local);
		address_format(&address, local);
		address = neighbour_address(&n->remote);
		address_format(&address, remote);
		ours = tcx_is_attached(n->ifindex, FROM_UNDERLAY);
		if (!ours)
			tc_count_filters(&t->nl, n->ifindex, &ours);
		text_comma(&op->out);
		text_put(&op->out, "{");
		text_name_json(&op->out, "underlay", t->maps.paths[i].underlay);
		text_name_json(&op->out, "local", local);
		text_name_json(&op->out, "remote", remote);
		text_name_number(&op->out, "mtuBytes", t->maps.paths[i].mtu);
		text_name_number(&op->out, "pathMtuBytes", n->mtu);
		text_name_json(&op->out, "device", name);
		text_name_bool(&op->out, "isVeth", name && fast_is_veth(t, name));
		text_name_bool(&op->out, "attached", ours);
		text_name_bool(&op->out, "resolved", name && ours && n->flags & EGRE_RESOLVED);
		text_put(&op->out, "}");
	}
	text_put(&op->out, "]");
}

/* Names come from the list of devices, so that an end whose device has gone shows as such. */
static const char *device_name(const struct devices *devices, uint32_t index)
{
	size_t low = 0, high = devices->count;

	while (low < high) { /* the kernel lists devices by number */
		size_t middle = (low + high) / 2;

		if (devices->list[middle].index == index)
			return devices->list[middle].name;
		if (devices->list[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void write_place(struct trellis *t, struct text *out, const struct devices *devices, uint32_t slot)
{
	const struct egre_end *end = &t->maps.ends[slot % EGRE_MAX_ENDS];

	if (end->kind == EGRE_DEVICE) {
		text_name_json(out, "device", device_name(devices, end->ifindex));
		return;
	}
	text_name_json(out, "underlay", t->maps.paths[end->neighbour % EGRE_MAX_NEIGHBOURS].underlay);
	text_name_number(out, "key", ntohl(end->key));
}

static void write_ends(struct trellis *t, struct op *op, const struct devices *devices, uint32_t kind)
{
	text_name(&op->out, kind == EGRE_DEVICE ? "virtual" : "tunnels");
	text_put(&op->out, "[");
	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++) {
		const struct egre_end *end = &t->maps.ends[slot];

		if (end->kind != kind || !end->to)
			continue;
		text_comma(&op->out);
		text_put(&op->out, "{");
		write_place(t, &op->out, devices, slot);
		text_name_json(&op->out, "link", t->maps.labels[slot].link);
		text_name(&op->out, "to");
		text_put(&op->out, "{");
		text_name_json(&op->out, "kind", t->maps.ends[end->to % EGRE_MAX_ENDS].kind == EGRE_DEVICE ? "device" : "tunnel");
		write_place(t, &op->out, devices, end->to);
		text_put(&op->out, "}}");
	}
	text_put(&op->out, "]");
}

/* One that has ended has no fingerprint: something of it is left, be it to be started again or to be deleted. */
static void write_containers(struct trellis *t, struct op *op)
{
	struct names names = names_in(op->arena, t->run, "containers");

	text_name(&op->out, "containers");
	text_put(&op->out, "[");
	for (size_t i = 0; i < names.count; i++) {
		struct container_record record;

		bool alive = container_read(t->run, names.list[i], &record) && container_alive(&record);

		text_comma(&op->out);
		text_put(&op->out, "{");
		text_name_json(&op->out, "container", names.list[i]);
		text_name_json(&op->out, "fingerprint", alive ? record.fingerprint : NULL);
		text_put(&op->out, "}");
	}
	text_put(&op->out, "]");
}

/*
 * A full node is mostly as it was: whoever says which version it knows is then told of nothing but that. Kept is the text
 * itself rather than a sum of it, as what is in it may be of a guest's making.
 */
static void write_version(struct trellis *t, struct op *op)
{
	struct seen *seen = &t->seen;
	struct text *out = &op->out;
	uint64_t known = 0;

	if (op->failed || (has(op, "known") && !take_number(op, "known", 0, 1ull << 53, &known)))
		return;
	if (!seen->version || seen->text.length != out->length || memcmp(seen->text.bytes, out->bytes, out->length)) {
		seen->text.length = 0;
		text_add(&seen->text, out->bytes, out->length);
		seen->version++;
	} else if (known == seen->version) {
		out->length = 0;
	}
	text_name_number(out, "version", seen->version);
}

void observe(struct trellis *t, struct op *ops, size_t count)
{
	captures_sweep(&t->maps);
	for (size_t i = 0; i < count; i++) {
		struct names names = names_in(ops[i].arena, t->run, "netns");
		struct devices devices;

		neighbours_refresh(t, ops[i].arena);
		write_owners(t, &ops[i]);
		write_namespaces_and_devices(t, &ops[i], &names, &devices);
		write_underlays(t, &ops[i]);
		write_containers(t, &ops[i]);
		limits_observe(t, &ops[i]);
		write_ends(t, &ops[i], &devices, EGRE_DEVICE);
		write_ends(t, &ops[i], &devices, EGRE_TUNNEL);
		shapes_write(t, &ops[i]);
		lines_write(t, &ops[i]);
		fast_write(t, &ops[i].out);
		devices_free(&devices);
		write_version(t, &ops[i]);
	}
}
