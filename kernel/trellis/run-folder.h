/* SPDX-License-Identifier: GPL-2.0-only */
/* Which namespaces are held, and by what files? RUN/netns/NAME and RUN/userns/NAME are bind mounts of namespaces. */
#ifndef TRELLIS_RUN_FOLDER_H
#define TRELLIS_RUN_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PATH_SIZE = 512 };

/* All return 0 or an errno unless they say otherwise. */
int run_prepare(const char *run);
int run_lock(const char *run); /* a descriptor, or -1: one process changes the node at a time */
int run_open(const char *run, const char *folder, const char *name); /* a descriptor, or -1 with errno */
int run_hold(const char *run, const char *folder, const char *name, const char *source);
int run_release(const char *run, const char *folder, const char *const *names, size_t count);
bool run_path(char path[PATH_SIZE], const char *run, const char *folder, const char *name);

typedef void run_entry(const char *name, void *context);
void run_list(const char *run, const char *folder, run_entry *entry, void *context);

/* The ids an owner maps to are not to be read from a user namespace from outside, so they are kept in RUN/owners/. */
int owner_record(const char *run, const char *owner, uint32_t base, uint32_t count);
bool owner_recorded(const char *run, const char *owner, uint32_t *base, uint32_t *count);

#endif
