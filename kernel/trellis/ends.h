/* SPDX-License-Identifier: GPL-2.0-only */
/* Slots: which end has which, and which are free? */
#ifndef TRELLIS_ENDS_H
#define TRELLIS_ENDS_H

#include <stddef.h>
#include <stdint.h>
#include "maps.h"

/* 0: there is none (or, of those that add, no room) */
uint32_t end_of_device(const struct maps *maps, uint32_t ifindex);
uint32_t end_of_device_name(const struct maps *maps, const char *name);
uint32_t end_of_tunnel(const struct maps *maps, uint32_t neighbour, __be32 key);
uint32_t end_add_device(struct maps *maps, uint32_t ifindex, const char *name, const uint8_t mac[6], uint32_t mtu);
uint32_t end_add_tunnel(struct maps *maps, uint32_t neighbour, __be32 key, const char *link);
void end_set_link(struct maps *maps, uint32_t slot, const char *link);
/* Takes an end away, and the bridges that led to it. */
void end_free(struct maps *maps, uint32_t slot);
void ends_free(struct maps *maps, const uint32_t *slots, size_t count);
/* Frees tunnel ends that neither lead anywhere nor are led to. */
void ends_sweep(struct maps *maps);
/* After a process died in the middle: frees slots that no lookup leads to. */
void ends_repair(struct maps *maps);
struct egre_tunnel tunnel_key(const struct egre_neighbour *neighbour, __be32 key);

#endif
