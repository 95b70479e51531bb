/* SPDX-License-Identifier: GPL-2.0-only */
/* Where are the maps? What is written by trellis is mapped into its memory: setting 4,000 links takes no system call each. */
#ifndef EGRE_MAPS_H
#define EGRE_MAPS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "../include/egre.h"
#include "../include/line.h"

#define ARRAY(name, type_of_value, entries, flags)  \
	struct {                                    \
		__uint(type, BPF_MAP_TYPE_ARRAY);   \
		__uint(max_entries, entries);       \
		__uint(map_flags, flags);           \
		__type(key, __u32);                 \
		__type(value, type_of_value);       \
	} name SEC(".maps")

#define OF_KIND(kind, name, type_of_key, type_of_value, entries) \
	struct {                                                 \
		__uint(type, kind);                              \
		__uint(max_entries, entries);                    \
		__type(key, type_of_key);                        \
		__type(value, type_of_value);                    \
	} name SEC(".maps")

#define PERCPU_ARRAY(name, type_of_value, entries) OF_KIND(BPF_MAP_TYPE_PERCPU_ARRAY, name, __u32, type_of_value, entries)
#define HASH(name, type_of_key, type_of_value, entries) OF_KIND(BPF_MAP_TYPE_HASH, name, type_of_key, type_of_value, entries)

ARRAY(ends, struct egre_end, EGRE_MAX_ENDS, BPF_F_MMAPABLE);
ARRAY(neighbours, struct egre_neighbour, EGRE_MAX_NEIGHBOURS, BPF_F_MMAPABLE);
HASH(by_device, __u32, __u32, EGRE_MAX_ENDS);
HASH(by_tunnel, struct egre_tunnel, __u32, EGRE_MAX_ENDS);
ARRAY(notes, struct egre_note, EGRE_MAX_ENDS, BPF_F_MMAPABLE);
HASH(by_path, struct egre_path, __u32, EGRE_MAX_NEIGHBOURS);
/*
 * Of each processor EGRE_MAX_ENDS, one after the other; trellis, which knows how many there are, says how large it is. A per-CPU
 * array has a pointer to each besides, a cache line more for every counter that moves, and trellis could not map it.
 */
ARRAY(passed, struct egre_counters, EGRE_MAX_ENDS, BPF_F_MMAPABLE);
PERCPU_ARRAY(end_drops, struct egre_drops, EGRE_MAX_ENDS);
ARRAY(line_devices, struct egre_line_devices, 1, BPF_F_MMAPABLE);
PERCPU_ARRAY(node_drops, __u64, EGRE_MOST_REASONS);

HASH(captures, __u32, struct egre_capture, EGRE_MAX_CAPTURES);
PERCPU_ARRAY(frame, struct egre_frame, 1); /* larger than a stack */

ARRAY(told, __u64, EGRE_MAX_ENDS, 0); /* when somebody at this end was last told that a frame is too long */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} too_long SEC(".maps");

struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, EGRE_MAX_CAPTURES);
	__type(key, __u32);
	__array(values, struct ring);
} rings SEC(".maps");

/* For trellis alone; kept here so that one object file makes all of the node's state. */
ARRAY(end_labels, struct egre_end_label, EGRE_MAX_ENDS, BPF_F_MMAPABLE);
ARRAY(path_labels, struct egre_neighbour_label, EGRE_MAX_NEIGHBOURS, BPF_F_MMAPABLE);
/* Read by the delay line. */
ARRAY(lines, struct egre_line, EGRE_MAX_ENDS, BPF_F_MMAPABLE);
ARRAY(line_counts, struct egre_line_counts, EGRE_MAX_ENDS, BPF_F_MMAPABLE);
ARRAY(node, struct egre_node, 1, BPF_F_MMAPABLE);

#endif
