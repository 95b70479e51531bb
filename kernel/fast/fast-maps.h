/* SPDX-License-Identifier: GPL-2.0-only */
/* Where are the maps of the fast path? Those of the short bridge are the very same, by their pins. */
#ifndef FAST_MAPS_H
#define FAST_MAPS_H

#include "../egre/maps.h"
#include "../include/fast.h"

#define OF_KIND(kind, name, type_of_key, type_of_value, entries) \
	struct {                                                 \
		__uint(type, kind);                              \
		__uint(max_entries, entries);                    \
		__type(key, type_of_key);                        \
		__type(value, type_of_value);                    \
	} name SEC(".maps")

ARRAY(fast_ends, struct fast_end, EGRE_MAX_ENDS, BPF_F_MMAPABLE);
ARRAY(fast_hosts, struct fast_host, FAST_MAX_HOSTS, BPF_F_MMAPABLE);
ARRAY(fast_names, struct fast_name, FAST_MAX_HOSTS, BPF_F_MMAPABLE);
ARRAY(fast_state, struct fast_state, 1, BPF_F_MMAPABLE);
ARRAY(fast_ways, struct fast_way, EGRE_MAX_NEIGHBOURS, BPF_F_MMAPABLE);
HASH(fast_outputs, struct fast_output, __u32, EGRE_MAX_ENDS);

/* By neighbour: the underlay device that leads there, if frames may leave it without its queues. */
OF_KIND(BPF_MAP_TYPE_DEVMAP, fast_underlays, __u32, __u32, EGRE_MAX_NEIGHBOURS);
/* By slot: the node's side of the veth pair of a virtual interface. */
OF_KIND(BPF_MAP_TYPE_DEVMAP, fast_ports, __u32, __u32, EGRE_MAX_ENDS);

/* The oldest go when they are full: a slice with many flows costs others speed, and nothing else. */
OF_KIND(BPF_MAP_TYPE_LRU_HASH, fast_flows4, struct fast_flow4_key, struct fast_flow, FAST_FLOWS);
OF_KIND(BPF_MAP_TYPE_LRU_HASH, fast_flows6, struct fast_flow6_key, struct fast_flow, FAST_FLOWS / 4);

#endif
