// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include "names.h"
#include "run-folder.h"

static void keep(const char *name, void *context)
{
	struct names *names = context;

	if (names->count == names->size) {
		size_t size = names->size ? names->size * 2 : 256;
		const char **list = arena_take(names->arena, size * sizeof(*list));

		if (names->count)
			memcpy(list, names->list, names->count * sizeof(*list));
		names->list = list;
		names->size = size;
	}
	names->list[names->count++] = arena_copy(names->arena, name);
}

struct names names_in(struct arena *arena, const char *run, const char *folder)
{
	struct names names = { .arena = arena };

	run_list(run, folder, keep, &names);
	return names;
}
