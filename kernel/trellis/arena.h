/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of one request: given out piece by piece, let go all at once. */
#ifndef TRELLIS_ARENA_H
#define TRELLIS_ARENA_H

#include <stddef.h>

struct arena {
	struct arena_block *block;
};

void *arena_take(struct arena *arena, size_t size); /* zeroed; ends the program when there is no memory */
char *arena_copy(struct arena *arena, const char *text);
void arena_free(struct arena *arena);

#endif
