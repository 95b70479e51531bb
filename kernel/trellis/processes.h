/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is still inside a namespace that goes? */
#ifndef TRELLIS_PROCESSES_H
#define TRELLIS_PROCESSES_H

#include "arena.h"

/* Ends all processes in these network namespaces; a namespace lives as long as one of them does. */
void processes_end(const char *run, const char *const *names, size_t count, struct arena *arena);

#endif
