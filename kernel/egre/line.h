/* SPDX-License-Identifier: GPL-2.0-only */
/* How does a frame get into the delay line? With its slot in a tag beside it, so that offloads stay as they are. */
#ifndef EGRE_LINE_H
#define EGRE_LINE_H

#include "drop.h"
#include "maps.h"

static __noinline int enter_line(struct __sk_buff *skb, const struct egre_end *to, __u32 slot)
{
	__u32 zero = 0;
	const struct egre_line_devices *devices = bpf_map_lookup_elem(&line_devices, &zero);

	/* A tag that the frame has beside it is written into it by the push: both come out as they went in. */
	if (!devices || !devices->whole || bpf_skb_vlan_push(skb, bpf_htons(LINE_TAG_PROTOCOL), slot))
		return drop_at_end(slot, EGRE_DROP_NO_LINE);
	return bpf_redirect(to->flags & EGRE_END_SPLIT ? devices->split : devices->whole, 0);
}

#endif
