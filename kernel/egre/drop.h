/* SPDX-License-Identifier: GPL-2.0-only */
/* Where is it counted why a packet was dropped? */
#ifndef EGRE_DROP_H
#define EGRE_DROP_H

#include <linux/pkt_cls.h>
#include "maps.h"

static __noinline int drop_at_end(__u32 slot, __u32 reason)
{
	struct egre_drops *drops = bpf_map_lookup_elem(&end_drops, &slot);

	if (drops && reason < EGRE_END_REASONS)
		drops->of[reason]++;
	return TC_ACT_SHOT;
}

static __noinline int drop_at_node(__u32 reason)
{
	__u64 *count = bpf_map_lookup_elem(&node_drops, &reason);

	if (count)
		(*count)++;
	return TC_ACT_SHOT;
}

#endif
