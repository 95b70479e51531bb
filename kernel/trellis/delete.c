// SPDX-License-Identifier: GPL-2.0-only
/* How do devices and namespaces go, many at a time? */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "devices.h"
#include "ends.h"
#include "limits.h"
#include "processes.h"
#include "run-folder.h"

/* A device that is gone took no end with it: the kernel knows nothing of our maps. */
static void forget(struct trellis *t, const char *name)
{
	uint32_t slot = end_of_device_name(&t->maps, name);

	if (slot)
		end_free(&t->maps, slot);
}

static bool name_of(struct op *op, const struct json *item, const char **name)
{
	*name = item->kind == JSON_STRING ? item->text : "";
	if (device_name_ok(*name))
		return true;
	op_fail(op, EINVAL, "devices: must hold names of devices");
	return false;
}

static void delete_named(struct trellis *t, struct op *op, const struct json *array)
{
	struct link *found = arena_take(op->arena, array->count * sizeof(*found));
	const struct link **ours = arena_take(op->arena, array->count * sizeof(*ours));
	struct op **ops = arena_take(op->arena, array->count * sizeof(*ops));
	size_t n = 0, i = 0;
	const char *name;
	struct batch b;

	batch_open(&b, &t->nl);
	for (const struct json *item = array->first; item; item = item->next, i++)
		if (name_of(op, item, &name))
			link_ask(&b, op, name, &found[i]);
	batch_send(&b);
	i = 0;
	for (const struct json *item = array->first; item && !op->failed; item = item->next, i++) {
		if (!found[i].index)
			forget(t, item->text);
		else if (!link_is_ours(&found[i]))
			op_fail(op, EPERM, "devices: %s is not ours", item->text);
		else {
			ops[n] = op;
			ours[n++] = &found[i];
		}
	}
	if (n && !op->failed)
		devices_delete(t, ops, ours, n);
}

void device_delete(struct trellis *t, struct op *ops, size_t count)
{
	const struct json *array;

	for (size_t i = 0; i < count; i++)
		if (take_array(&ops[i], "devices", &array))
			delete_named(t, &ops[i], array);
	ends_sweep(&t->maps);
}

/* The kernel takes the devices down with a namespace too, but only later and one after the other. */
static void delete_devices_in(struct trellis *t, struct op *op, const char *const *names, size_t count)
{
	struct namespace_names numbered;
	struct devices devices;
	const struct link **there;
	struct op **blamed;
	size_t n = 0;
	int error = devices_list(t, &devices);

	if (error)
		op_fail(op, error, "listing devices: %s", strerror(error));
	namespace_names_read(t, names, count, &numbered);
	there = arena_take(op->arena, devices.count * sizeof(*there));
	blamed = arena_take(op->arena, devices.count * sizeof(*blamed));
	for (size_t i = 0; i < devices.count; i++)
		if (namespace_name(&numbered, devices.list[i].peer_namespace)) {
			blamed[n] = op;
			there[n++] = &devices.list[i];
		}
	if (n)
		devices_delete(t, blamed, there, n);
	namespace_names_free(&numbered);
	devices_free(&devices);
}

/* Of hosts whose records were deleted from the run folder nothing else tells that they had one. */
static void remove_unrecorded_cgroups(struct trellis *t, const char *const *names, size_t count)
{
	struct limits limits = { 0 }, recorded;

	snprintf(limits.base, sizeof(limits.base), "%s", t->cgroup);
	for (size_t i = 0; i < count; i++)
		if (cgroup_there(&limits, names[i]) && !limits_read(t->run, names[i], &recorded))
			cgroup_remove(&limits, names[i]);
}

void namespace_delete(struct trellis *t, struct op *ops, size_t count)
{
	const char **names = arena_take(ops->arena, count * sizeof(*names));
	struct op all = { .arena = ops->arena };
	size_t n = 0;
	int error;

	for (size_t i = 0; i < count; i++)
		if (take_name(&ops[i], "namespace", &names[n]))
			n++;
	if (!n)
		return;
	fast_forget(t, names, n);
	delete_devices_in(t, &all, names, n);
	processes_end(t->run, names, n, ops->arena);
	remove_unrecorded_cgroups(t, names, n);
	parting_hold(&t->parting, t->run, names, n);
	error = run_release(t->run, "netns", names, n);
	if (error)
		op_fail(&all, error, "letting namespaces go: %s", strerror(error));
	for (size_t i = 0; all.failed && i < count; i++)
		op_fail(&ops[i], all.error, "%s", all.message);
}
