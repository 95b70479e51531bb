/* SPDX-License-Identifier: GPL-2.0-only */
/* What every op may use. Nothing in it matters: all of it can be read again from the kernel and the run folder. */
#ifndef TRELLIS_H
#define TRELLIS_H

#include "fast.h"
#include "maps.h"
#include "netlink.h"
#include "op.h"
#include "parting.h"

struct trellis {
	const char *run, *bpf, *objects;
	const char *cgroup; /* below the root of each hierarchy: the folder that is ours */
	const char *hosts, *images; /* folders of virtual hosts' own files, and of images; NULL: no containers here */
	int home; /* the node's own network namespace */
	struct netlink nl;
	int ask; /* any socket: what SIOCGIFINDEX is asked through */
	struct maps maps;
	struct fast fast;
	struct parting parting;
	struct seen {
		struct text text;
		uint64_t version; /* of the text; 0: nothing was looked at yet */
	} seen;
	pid_t paths; /* 0: not started by us */
};

struct op_kind {
	const char *name;
	void (*run)(struct trellis *t, struct op *ops, size_t count); /* neighbouring ops of one kind, together */
	bool needs_maps;
};

struct options {
	const char *run, *bpf, *objects, *hosts, *images, *cgroup;
};

int serve(const struct options *options);
int delay_line(const struct options *options);
int probe(const struct options *options);
int paths(const struct options *options);
/* Starts `trellis WORD`, which ends with us, unless the one that `pid` tells of runs still. */
void start_beside(const struct trellis *t, pid_t *pid, const char *word);
int capture(int count, char **arguments);
void captures_sweep(struct maps *maps); /* after readers that died */
void answer(struct trellis *t, char *line, size_t length, struct text *out);
bool trellis_open(struct trellis *t, const struct options *options);
bool trellis_open_maps(struct trellis *t, char *error, size_t size); /* if they are not open yet */

extern const struct op_kind op_kinds[];

void owner_create(struct trellis *t, struct op *ops, size_t count);
void owner_delete(struct trellis *t, struct op *ops, size_t count);
void namespace_create(struct trellis *t, struct op *ops, size_t count);
void namespace_configure(struct trellis *t, struct op *ops, size_t count);
void namespace_delete(struct trellis *t, struct op *ops, size_t count);
void bridge_create(struct trellis *t, struct op *ops, size_t count);
void veth_create(struct trellis *t, struct op *ops, size_t count);
void veth_configure(struct trellis *t, struct op *ops, size_t count);
void device_delete(struct trellis *t, struct op *ops, size_t count);
void underlay_set(struct trellis *t, struct op *ops, size_t count);
void underlay_delete(struct trellis *t, struct op *ops, size_t count);
void virtual_set(struct trellis *t, struct op *ops, size_t count);
void virtual_delete(struct trellis *t, struct op *ops, size_t count);
void tunnel_set(struct trellis *t, struct op *ops, size_t count);
void tunnel_delete(struct trellis *t, struct op *ops, size_t count);
void limits_set(struct trellis *t, struct op *ops, size_t count);
void limits_delete(struct trellis *t, struct op *ops, size_t count);
void limits_wipe(struct trellis *t, struct op *op);
void limits_observe(struct trellis *t, struct op *op);
void container_start(struct trellis *t, struct op *ops, size_t count);
void container_delete(struct trellis *t, struct op *ops, size_t count);
void shape_set(struct trellis *t, struct op *ops, size_t count);
void shape_delete(struct trellis *t, struct op *ops, size_t count);
void line_set(struct trellis *t, struct op *ops, size_t count);
void line_delete(struct trellis *t, struct op *ops, size_t count);
void observe(struct trellis *t, struct op *ops, size_t count);
void stats(struct trellis *t, struct op *ops, size_t count);
void wipe(struct trellis *t, struct op *ops, size_t count);
void test_run(struct trellis *t, struct op *ops, size_t count);
void test_send(struct trellis *t, struct op *ops, size_t count);

uint32_t device_index(const struct trellis *t, const char *name); /* 0: there is none */

/* A network namespace entered once for all that is to be done in it. */
struct visit {
	struct trellis *t;
	struct netlink nl;
};

bool visit_enter(struct visit *visit, struct trellis *t, struct op *op, const char *name);
void visit_leave(struct visit *visit);

#endif
