/* SPDX-License-Identifier: GPL-2.0-only */
/* The pinned maps and programs: opened where they are, made where they are not. */
#ifndef TRELLIS_MAPS_H
#define TRELLIS_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include "../include/egre.h"
#include "../include/line.h"

struct maps {
	struct egre_end *ends;
	struct egre_end_label *labels;
	struct egre_neighbour *neighbours;
	struct egre_neighbour_label *paths;
	struct egre_node *node;
	struct egre_note *notes;
	struct egre_counters *passed; /* of each of so many processors EGRE_MAX_ENDS */
	int cpus;
	struct egre_line *lines;
	struct egre_line_counts *line_counts;
	struct egre_line_devices *line_devices;
	int by_device, by_tunnel, by_path, end_drops, node_drops, captures, rings;
	int from_virtual, from_underlay, from_line;
	bool replaced;		   /* the programs are newer than those pinned before */
	struct bpf_object *object; /* NULL: not open */
};

/* The object file `name`, loaded, its maps pinned in `folder`; those that are there are taken over. NULL and errno on failure. */
struct bpf_object *maps_load(const char *folder, const char *objects, const char *name);
/* false and a message on failure */
bool maps_open(struct maps *maps, const char *folder, const char *objects, char *error, size_t error_size);
void maps_close(struct maps *maps);
void maps_remove(const char *folder);

#endif
