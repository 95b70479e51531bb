/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which end did a frame come from? A hash says so for certain. Before it is asked, the slot that trellis noted for such a number
 * is looked at: an end says itself what it is, so a note that is wrong, or another's, costs no more than the look.
 */
#ifndef EGRE_FIND_H
#define EGRE_FIND_H

#include "maps.h"

static __always_inline const struct egre_note *note_of(__u32 number)
{
	__u32 place = EGRE_NOTE(number);

	return bpf_map_lookup_elem(&notes, &place);
}

static __always_inline const struct egre_end *end_of_device(__u32 ifindex, __u32 *slot)
{
	const struct egre_note *note = note_of(ifindex);
	const struct egre_end *end;
	__u32 *found;

	*slot = note ? note->device : 0;
	end = bpf_map_lookup_elem(&ends, slot);
	if (end && end->kind == EGRE_DEVICE && end->ifindex == ifindex)
		return end;
	found = bpf_map_lookup_elem(&by_device, &ifindex);
	if (!found)
		return NULL;
	*slot = *found;
	return bpf_map_lookup_elem(&ends, slot);
}

/* Key and both addresses, as they are what keeps others out; of an IPv4 address what is not the same in all of them. */
static __always_inline int is_tunnel(const struct egre_end *end, const struct egre_tunnel *tunnel, int is_ipv6)
{
	__u32 index = end->neighbour, differences = end->key ^ tunnel->key;
	const struct egre_neighbour *n = bpf_map_lookup_elem(&neighbours, &index);
	const __u32 *is = (const void *)tunnel, *wanted = (const void *)n;

	if (end->kind != EGRE_TUNNEL || !n || !n->ifindex || is_ipv6 != !!(n->flags & EGRE_IPV6))
		return 0;
	/* tunnel: remote, local; neighbour: local, remote */
#pragma unroll
	for (int i = 0; i < 4; i++)
		if (i == 3 || is_ipv6)
			differences |= (is[i] ^ wanted[i + 4]) | (is[i + 4] ^ wanted[i]);
	return !differences;
}

static __always_inline const struct egre_end *end_of_tunnel(const struct egre_tunnel *tunnel, int is_ipv6,
							     __u32 *slot)
{
	const struct egre_note *note = note_of(bpf_ntohl(tunnel->key));
	const struct egre_end *end;
	__u32 *found;

	*slot = note ? note->tunnel : 0;
	end = bpf_map_lookup_elem(&ends, slot);
	if (end && is_tunnel(end, tunnel, is_ipv6))
		return end;
	found = bpf_map_lookup_elem(&by_tunnel, tunnel);
	if (!found)
		return NULL;
	*slot = *found;
	return bpf_map_lookup_elem(&ends, slot);
}

#endif
