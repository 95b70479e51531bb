// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ends.h"

struct egre_tunnel tunnel_key(const struct egre_neighbour *neighbour, __be32 key)
{
	return (struct egre_tunnel){ .remote = neighbour->remote, .local = neighbour->local, .key = key };
}

/* The maps outlive us: a number in them that cannot be is no end, and no index into our memory. */
static uint32_t slot_or_none(uint32_t slot)
{
	return slot < EGRE_MAX_ENDS ? slot : 0;
}

uint32_t end_of_device(const struct maps *m, uint32_t ifindex)
{
	uint32_t slot;

	return ifindex && !bpf_map_lookup_elem(m->by_device, &ifindex, &slot) ? slot_or_none(slot) : 0;
}

/* For devices that are gone, and with them their number. */
uint32_t end_of_device_name(const struct maps *m, const char *name)
{
	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++)
		if (m->ends[slot].kind == EGRE_DEVICE && !strcmp(m->labels[slot].device, name))
			return slot;
	return 0;
}

uint32_t end_of_tunnel(const struct maps *m, uint32_t neighbour, __be32 key)
{
	struct egre_tunnel tunnel = tunnel_key(&m->neighbours[neighbour % EGRE_MAX_NEIGHBOURS], key);
	uint32_t slot;

	return !bpf_map_lookup_elem(m->by_tunnel, &tunnel, &slot) ? slot_or_none(slot) : 0;
}

/* In turn: a program that still looks at a slot just freed must not find another slice's end there. */
static uint32_t free_slot(struct maps *m)
{
	static struct egre_drops *zero;
	uint32_t slot = m->node->last_slot;

	if (!zero && !(zero = calloc(m->cpus, sizeof(*zero))))
		return 0;
	for (uint32_t tried = 1; tried < EGRE_MAX_ENDS; tried++) {
		slot = slot + 1 < EGRE_MAX_ENDS ? slot + 1 : 1;
		if (m->ends[slot].kind != EGRE_FREE)
			continue;
		m->node->last_slot = slot;
		for (int cpu = 0; cpu < m->cpus; cpu++)
			m->passed[cpu * EGRE_MAX_ENDS + slot] = (struct egre_counters){ 0 };
		bpf_map_update_elem(m->end_drops, &slot, zero, BPF_ANY);
		memset(&m->labels[slot], 0, sizeof(m->labels[slot]));
		m->lines[slot] = (struct egre_line){ .cookie = m->lines[slot].cookie + 1 };
		m->line_counts[slot] = (struct egre_line_counts){ 0 };
		return slot;
	}
	return 0;
}

/* What the programs look at first (find.h). */
static void note(struct maps *m, uint32_t slot)
{
	const struct egre_end *end = &m->ends[slot];

	if (end->kind == EGRE_DEVICE)
		m->notes[EGRE_NOTE(end->ifindex)].device = slot;
	else if (end->kind == EGRE_TUNNEL)
		m->notes[EGRE_NOTE(ntohl(end->key))].tunnel = slot;
}

/* The end is whole before the lookup that leads the programs to it exists. */
static uint32_t publish(struct maps *m, uint32_t slot, int map, const void *key)
{
	if (!bpf_map_update_elem(map, key, &slot, BPF_ANY)) {
		note(m, slot);
		return slot;
	}
	m->ends[slot].kind = EGRE_FREE;
	return 0;
}

uint32_t end_add_device(struct maps *m, uint32_t ifindex, const char *name, const uint8_t mac[6], uint32_t mtu)
{
	uint32_t slot = free_slot(m);
	struct egre_end end = { .kind = EGRE_DEVICE, .ifindex = ifindex, .mtu = mtu };

	if (!slot)
		return 0;
	memcpy(end.mac, mac, sizeof(end.mac));
	m->ends[slot] = end;
	snprintf(m->labels[slot].device, sizeof(m->labels[slot].device), "%s", name);
	return publish(m, slot, m->by_device, &ifindex);
}

uint32_t end_add_tunnel(struct maps *m, uint32_t neighbour, __be32 key, const char *link)
{
	struct egre_tunnel tunnel = tunnel_key(&m->neighbours[neighbour], key);
	uint32_t slot = free_slot(m);

	if (!slot)
		return 0;
	m->ends[slot] = (struct egre_end){ .kind = EGRE_TUNNEL, .neighbour = neighbour, .key = key };
	end_set_link(m, slot, link);
	return publish(m, slot, m->by_tunnel, &tunnel);
}

void end_set_link(struct maps *m, uint32_t slot, const char *link)
{
	snprintf(m->labels[slot].link, sizeof(m->labels[slot].link), "%s", link);
}

static void unpublish(struct maps *m, uint32_t slot)
{
	struct egre_end *end = &m->ends[slot];
	struct egre_tunnel tunnel;

	if (end->kind == EGRE_DEVICE) {
		bpf_map_delete_elem(m->by_device, &end->ifindex);
	} else {
		tunnel = tunnel_key(&m->neighbours[end->neighbour % EGRE_MAX_NEIGHBOURS], end->key);
		bpf_map_delete_elem(m->by_tunnel, &tunnel);
	}
}

/* Looked through once for all of them: who led to them leads nowhere from then on. */
void ends_free(struct maps *m, const uint32_t *slots, size_t count)
{
	static bool leaving[EGRE_MAX_ENDS];

	if (!count)
		return;
	for (size_t i = 0; i < count; i++) {
		unpublish(m, slots[i]);
		leaving[slots[i]] = true;
	}
	for (uint32_t other = 1; other < EGRE_MAX_ENDS; other++)
		if (leaving[slot_or_none(m->ends[other].to)])
			m->ends[other].to = 0;
	for (size_t i = 0; i < count; i++) {
		m->ends[slots[i]] = (struct egre_end){ .kind = EGRE_FREE };
		leaving[slots[i]] = false;
	}
}

void end_free(struct maps *m, uint32_t slot)
{
	ends_free(m, &slot, 1);
}

void ends_sweep(struct maps *m)
{
	static bool led_to[EGRE_MAX_ENDS];

	memset(led_to, 0, sizeof(led_to));
	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++)
		if (m->ends[slot].kind != EGRE_FREE)
			led_to[m->ends[slot].to % EGRE_MAX_ENDS] = true;
	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++) {
		struct egre_end *end = &m->ends[slot];

		if (end->kind != EGRE_TUNNEL || end->to || led_to[slot])
			continue;
		unpublish(m, slot);
		*end = (struct egre_end){ .kind = EGRE_FREE };
	}
}

void ends_repair(struct maps *m)
{
	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++) {
		struct egre_end *end = &m->ends[slot];
		uint32_t found = 0;

		if (end->kind == EGRE_DEVICE)
			found = end_of_device(m, end->ifindex);
		else if (end->kind == EGRE_TUNNEL)
			found = end_of_tunnel(m, end->neighbour, end->key);
		if (end->kind != EGRE_FREE && found != slot)
			*end = (struct egre_end){ .kind = EGRE_FREE };
		note(m, slot);
	}
	ends_sweep(m);
}
