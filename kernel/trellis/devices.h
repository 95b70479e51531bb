/* SPDX-License-Identifier: GPL-2.0-only */
/* Which devices of the node are ours, and where are their other ends? */
#ifndef TRELLIS_DEVICES_H
#define TRELLIS_DEVICES_H

#include "links.h"
#include "trellis.h"

struct devices {
	struct link *list;
	size_t count, size;
};

int devices_list(struct trellis *t, struct devices *devices); /* ours only */
void devices_free(struct devices *devices);

/* The names we gave to the kernel's numbers of namespaces. */
struct namespace_names {
	char **list; /* by the kernel's number; NULL where it is none of ours */
	size_t size;
	bool *held; /* of the names asked for: there is such a namespace */
};

/* Only after a listing of devices: that is what makes the kernel number the namespaces it mentions. */
void namespace_names_read(struct trellis *t, const char *const *names, size_t count, struct namespace_names *numbered);
const char *namespace_name(const struct namespace_names *names, int32_t number);
void namespace_names_free(struct namespace_names *names);

/* Deletes devices with their slots; `ops[i]` is blamed for `links[i]`. */
void devices_delete(struct trellis *t, struct op **ops, const struct link *const *links, size_t count);

#endif
