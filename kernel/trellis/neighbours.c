// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include "boottime.h"
#include "neighbours.h"

static const uint8_t ipv4_mapped[12] = { [10] = 0xff, [11] = 0xff };

uint32_t neighbour_named(const struct maps *m, const char *underlay)
{
	for (uint32_t i = 0; i < EGRE_MAX_NEIGHBOURS; i++)
		if (m->neighbours[i].ifindex && !strcmp(m->paths[i].underlay, underlay))
			return i;
	return NO_NEIGHBOUR;
}

struct address neighbour_address(const struct egre_address *mapped)
{
	struct address a = { .family = AF_INET6, .prefix = 128 };

	memcpy(a.bytes, mapped->octets, 16);
	if (!memcmp(mapped->octets, ipv4_mapped, sizeof(ipv4_mapped))) {
		a = (struct address){ .family = AF_INET, .prefix = 32 };
		memcpy(a.bytes, mapped->octets + 12, 4);
	}
	return a;
}

struct egre_address mapped_address(const struct address *a)
{
	struct egre_address mapped;

	if (a->family == AF_INET) {
		memcpy(mapped.octets, ipv4_mapped, 12);
		memcpy(mapped.octets + 12, a->bytes, 4);
	} else {
		memcpy(mapped.octets, a->bytes, 16);
	}
	return mapped;
}

/* Of the words that never change; the programs add length and TTL and fold (RFC 1071). Byte order does not matter to it. */
static uint32_t constant_sum(const struct egre_neighbour *n)
{
	uint8_t bytes[] = { 0x45, 0, 0, 0, 0x40, 0 }; /* version, header length, TOS; identification; DF */
	uint32_t sum = 0;
	uint16_t word;

	for (size_t i = 0; i < sizeof(bytes); i += 2) {
		memcpy(&word, bytes + i, 2);
		sum += word;
	}
	for (size_t i = 12; i < 16; i += 2) {
		memcpy(&word, n->local.octets + i, 2);
		sum += word;
		memcpy(&word, n->remote.octets + i, 2);
		sum += word;
	}
	return sum;
}

/* The least of what the device takes, what was asked for, and what a router on the way said within ten minutes. */
static uint32_t least_mtu(const struct way *way, struct egre_neighbour_label *label)
{
	uint32_t mtu = way->mtu < label->mtu ? way->mtu : label->mtu;

	if (label->path_mtu && (int32_t)(label->path_until - boottime_s()) <= 0)
		label->path_mtu = 0;
	return label->path_mtu && label->path_mtu < mtu ? label->path_mtu : mtu;
}

bool neighbour_takes_less(struct egre_neighbour *n, struct egre_neighbour_label *label, uint32_t mtu)
{
	if (mtu >= n->mtu)
		return false;
	label->path_until = boottime_s() + PATH_MTU_S;
	label->path_mtu = mtu;
	__atomic_store_n(&n->mtu, mtu, __ATOMIC_RELEASE);
	return true;
}

void neighbour_update(struct egre_neighbour *n, const struct way *way, struct egre_neighbour_label *label)
{
	if (!way->resolved && way->index == n->ifindex) {
		/* A next hop that is silent for a while keeps the address it had: it may only be slow to answer. */
		n->mtu = least_mtu(way, label);
		return;
	}
	memcpy(n->smac, way->smac, sizeof(n->smac));
	memcpy(n->dmac, way->dmac, sizeof(n->dmac));
	n->mtu = least_mtu(way, label);
	n->sum = constant_sum(n);
	n->ifindex = way->index;
	n->flags = way->resolved ? n->flags | EGRE_RESOLVED : n->flags & ~EGRE_RESOLVED;
}

static void refresh(struct trellis *t, struct arena *arena, bool mtu_alone)
{
	struct way *ways = arena_take(arena, EGRE_MAX_NEIGHBOURS * sizeof(*ways));
	struct op *ops = arena_take(arena, EGRE_MAX_NEIGHBOURS * sizeof(*ops));
	uint32_t indexes[EGRE_MAX_NEIGHBOURS];
	size_t n = 0;

	for (uint32_t i = 0; i < EGRE_MAX_NEIGHBOURS; i++) {
		if (!t->maps.neighbours[i].ifindex)
			continue;
		ways[n] = (struct way){ .op = &ops[n],
					.local = neighbour_address(&t->maps.neighbours[i].local),
					.remote = neighbour_address(&t->maps.neighbours[i].remote) };
		indexes[n++] = i;
	}
	if (!n)
		return;
	ways_find(t, ways, n, 0);
	for (size_t k = 0; k < n; k++) {
		struct egre_neighbour *neighbour = &t->maps.neighbours[indexes[k]];

		/* Another device needs the program attached: that is for underlay.set. */
		if (ops[k].failed || ways[k].index != neighbour->ifindex)
			continue;
		if (mtu_alone)
			__atomic_store_n(&neighbour->mtu, least_mtu(&ways[k], &t->maps.paths[indexes[k]]), __ATOMIC_RELEASE);
		else
			neighbour_update(neighbour, &ways[k], &t->maps.paths[indexes[k]]);
	}
}

void neighbours_refresh(struct trellis *t, struct arena *arena)
{
	refresh(t, arena, false);
}

void neighbours_measure(struct trellis *t, struct arena *arena)
{
	refresh(t, arena, true);
}
