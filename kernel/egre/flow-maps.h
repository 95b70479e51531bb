/* SPDX-License-Identifier: GPL-2.0-only */
/* Which virtual hosts may be passed by, and which way did packets take through them? Shared with the XDP programs (fast/). */
#ifndef EGRE_FLOW_MAPS_H
#define EGRE_FLOW_MAPS_H

#include "../include/fast.h"
#include "maps.h"

ARRAY(fast_ends, struct fast_end, EGRE_MAX_ENDS, BPF_F_MMAPABLE);
ARRAY(fast_hosts, struct fast_host, FAST_MAX_HOSTS, BPF_F_MMAPABLE);
ARRAY(fast_state, struct fast_state, 1, BPF_F_MMAPABLE);

/* The oldest go when they are full: a slice with many flows costs others speed, and nothing else. */
OF_KIND(BPF_MAP_TYPE_LRU_HASH, fast_flows4, struct fast_flow4_key, struct fast_flow, FAST_FLOWS);
OF_KIND(BPF_MAP_TYPE_LRU_HASH, fast_flows6, struct fast_flow6_key, struct fast_flow, FAST_FLOWS / 4);

/* How many there are is said by trellis, which knows the processors. Mapped by nobody: that makes each begin at a cache line. */
ARRAY(fast_recent, struct fast_recent, FAST_RECENT, BPF_F_MMAPABLE);

#endif
