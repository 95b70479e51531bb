// SPDX-License-Identifier: GPL-2.0-only
/* Removes all that bears our mark. */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "containers.h"
#include "devices.h"
#include "line-daemon.h"
#include "names.h"
#include "neighbours.h"
#include "paths.h"
#include "processes.h"
#include "run-folder.h"

static void release_all(struct trellis *t, struct op *op, const char *folder)
{
	struct names names = names_in(op->arena, t->run, folder);
	char path[PATH_SIZE];
	int error;

	if (!strcmp(folder, "netns"))
		processes_end(t->run, names.list, names.count, op->arena); /* and with them their terminal sessions */
	error = run_release(t->run, folder, names.list, names.count);
	if (error)
		op_fail(op, error, "letting %s go: %s", folder, strerror(error));
	for (size_t i = 0; i < names.count; i++)
		if (run_path(path, t->run, "owners", names.list[i]))
			unlink(path);
}

static void delete_devices(struct trellis *t, struct op *op)
{
	struct devices devices;
	const struct link **all;
	struct op **blamed;
	int error = devices_list(t, &devices);

	if (error)
		op_fail(op, error, "listing devices: %s", strerror(error));
	all = arena_take(op->arena, devices.count * sizeof(*all));
	blamed = arena_take(op->arena, devices.count * sizeof(*blamed));
	for (size_t i = 0; i < devices.count; i++) {
		all[i] = &devices.list[i];
		blamed[i] = op;
	}
	if (devices.count)
		devices_delete(t, blamed, all, devices.count);
	devices_free(&devices);
}

void wipe(struct trellis *t, struct op *ops, size_t count)
{
	paths_stop(t);
	fast_close(&t->fast);
	fast_remove(t->bpf);
	for (size_t i = 0; i < count; i++) {
		containers_wipe(t, &ops[i]);
		delete_devices(t, &ops[i]);
		for (uint32_t n = 0; n < EGRE_MAX_NEIGHBOURS; n++)
			if (t->maps.neighbours[n].ifindex)
				neighbour_delete(t, &ops[i], n);
		line_remove(t);
		release_all(t, &ops[i], "netns");
		release_all(t, &ops[i], "userns");
		limits_wipe(t, &ops[i]);
	}
	maps_remove(t->bpf);
	maps_close(&t->maps);
}
