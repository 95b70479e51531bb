/* SPDX-License-Identifier: GPL-2.0-only */
/* The names in a folder of the run folder. */
#ifndef TRELLIS_NAMES_H
#define TRELLIS_NAMES_H

#include "arena.h"

struct names {
	struct arena *arena;
	const char **list;
	size_t count, size;
};

struct names names_in(struct arena *arena, const char *run, const char *folder);

#endif
