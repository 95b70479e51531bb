// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(16) char bytes[];
};

void *arena_take(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->block;
	void *piece;

	size = (size + 15) & ~(size_t)15;
	if (!block || block->size - block->used < size) {
		size_t room = size > 65536 ? size : 65536;

		block = calloc(1, sizeof(*block) + room);
		if (!block) {
			fprintf(stderr, "trellis: out of memory\n");
			exit(1);
		}
		block->size = room;
		block->next = arena->block;
		arena->block = block;
	}
	piece = block->bytes + block->used;
	block->used += size;
	return piece;
}

char *arena_copy(struct arena *arena, const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(arena_take(arena, size), text, size);
}

void arena_free(struct arena *arena)
{
	while (arena->block) {
		struct arena_block *next = arena->block->next;

		free(arena->block);
		arena->block = next;
	}
}
