/* SPDX-License-Identifier: GPL-2.0-only */
/* The fast path (fast/): its maps, which virtual hosts and underlay devices take part, and who listens for changes. */
#ifndef TRELLIS_FAST_H
#define TRELLIS_FAST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "../include/fast.h"
#include "text.h"

struct trellis;
struct op;
struct options;
struct link;
struct netlink;

struct fast {
	struct fast_end *ends;
	struct egre_end *node_ends; /* of the short bridge; not ours to unmap */
	struct fast_host *hosts;
	struct fast_name *names;
	struct fast_way *ways;
	struct fast_state *state;
	int outputs, underlays, ports;
	int on_underlay, on_port;  /* the programs */
	bool replaced;		   /* they are newer than those pinned before */
	struct bpf_object *object; /* NULL: not open */
	pid_t listener;		   /* 0: not started by us */
};

/* Opens or makes the maps, and sees that somebody listens. Programs attached before are replaced by newer ones. */
bool fast_open(struct trellis *t, char *error, size_t size);
/* The same, but only where the fast path has been used on this node before. */
void fast_open_if_used(struct trellis *t);
void fast_close(struct fast *fast);
void fast_remove(const char *folder); /* the programs at the underlay, and the pins */
void *fast_memory(const char *folder, const char *map, size_t size); /* of a pinned map; NULL: there is none */

uint32_t fast_host_named(const struct fast *fast, const char *namespace); /* 0: there is none */
/* Before a namespace goes: who listens in it would keep it alive. */
void fast_forget(struct trellis *t, const char *const *namespaces, size_t count);
void fast_attach_ports(struct trellis *t);

/* After a neighbour changed its device, came or went: frames must not go where the old one was. */
void fast_underlay_changed(struct trellis *t, uint32_t neighbour);
/* Lets frames leave by those devices where nothing has to wait in a queue. */
void fast_allow_underlays(int underlays, const struct fast_way *ways, const struct egre_neighbour *neighbours,
			  struct netlink *nl);
bool fast_is_veth(const struct trellis *t, const char *device);
void fast_attach_underlays(struct trellis *t);

void fast_write(struct trellis *t, struct text *out); /* for observe: `"fast":{…}` */

void fast_set(struct trellis *t, struct op *ops, size_t count);
void fast_delete(struct trellis *t, struct op *ops, size_t count);
void fast_underlay(struct trellis *t, struct op *ops, size_t count);
void fast_test_run(struct trellis *t, struct op *op, const uint8_t *packet, size_t length);

void fast_start_listener(struct trellis *t);
int fast_listen(const struct options *options);

/* Why packets of the virtual host we are in now must go by its kernel; and whether flows of it may be kept. */
struct fast_finding {
	uint32_t blocked, uncached;
};
struct fast_finding fast_check(void);

#endif
