/* SPDX-License-Identifier: GPL-2.0-only */
/* Where are the maps of the XDP programs? Those of the short bridge and of flows are the very same, by their pins. */
#ifndef FAST_MAPS_H
#define FAST_MAPS_H

#include "../egre/flow-maps.h"

ARRAY(fast_names, struct fast_name, FAST_MAX_HOSTS, BPF_F_MMAPABLE);
ARRAY(fast_ways, struct fast_way, EGRE_MAX_NEIGHBOURS, BPF_F_MMAPABLE);
HASH(fast_outputs, struct fast_output, __u32, EGRE_MAX_ENDS);

/* By neighbour: the underlay device that leads there, if frames may leave it without its queues. */
OF_KIND(BPF_MAP_TYPE_DEVMAP, fast_underlays, __u32, __u32, EGRE_MAX_NEIGHBOURS);
/* By slot: the node's side of the veth pair of a virtual interface. */
OF_KIND(BPF_MAP_TYPE_DEVMAP, fast_ports, __u32, __u32, EGRE_MAX_ENDS);

#endif
