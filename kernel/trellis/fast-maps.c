// SPDX-License-Identifier: GPL-2.0-only
/* The pinned maps and programs of the fast path; made when they are first asked for, as many nodes never need them. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "run-folder.h"
#include "trellis.h"

_Static_assert(sizeof(struct fast_end) % 8 == 0 && sizeof(struct fast_host) % 8 == 0 && sizeof(struct fast_name) % 8 == 0 &&
		       sizeof(struct fast_way) % 8 == 0,
	       "array maps round up to 8 bytes");

/* Those that the tc path reads as well are made, and removed, with its own (maps.c). */
static const char *const pins[] = { "fast_names", "fast_ways",	   "fast_outputs", "fast_ports",
				    "fast_underlays", "fast_underlay", "fast_port" };

void *fast_memory(const char *folder, const char *map, size_t size)
{
	char path[PATH_SIZE];
	int fd = run_path(path, folder, map, "") ? bpf_obj_get(path) : -1;
	void *memory;

	if (fd < 0)
		return NULL;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return memory == MAP_FAILED ? NULL : memory;
}

/* A program keeps the maps it was loaded with: one left on a device would go on forwarding by them. */
static void detach_pinned(const char *folder)
{
	struct fast_way *ways = fast_memory(folder, "fast_ways", sizeof(*ways) * EGRE_MAX_NEIGHBOURS);
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info), there;
	char path[PATH_SIZE];
	int program = run_path(path, folder, "fast_underlay", "") ? bpf_obj_get(path) : -1;

	for (int i = 0; ways && program >= 0 && !bpf_obj_get_info_by_fd(program, &info, &size) && i < EGRE_MAX_NEIGHBOURS; i++)
		if (ways[i].ifindex && !bpf_xdp_query_id(ways[i].ifindex, 0, &there) && there == info.id)
			bpf_xdp_detach(ways[i].ifindex, XDP_FLAGS_DRV_MODE, NULL);
	if (program >= 0)
		close(program);
	if (ways)
		munmap(ways, sizeof(*ways) * EGRE_MAX_NEIGHBOURS);
}

void fast_remove(const char *folder)
{
	struct fast_state *state = fast_memory(folder, "fast_state", sizeof(*state));
	char path[PATH_SIZE];

	if (state) {
		state->layout = 0; /* whoever listens ends */
		munmap(state, sizeof(*state));
		detach_pinned(folder);
	}
	for (size_t i = 0; i < sizeof(pins) / sizeof(*pins); i++)
		if (run_path(path, folder, pins[i], ""))
			unlink(path);
}

static void unmap(void *memory, size_t size)
{
	if (memory)
		munmap(memory, size);
}

void fast_close(struct fast *fast)
{
	pid_t listener = fast->listener;

	unmap(fast->ends, sizeof(*fast->ends) * EGRE_MAX_ENDS);
	unmap(fast->hosts, sizeof(*fast->hosts) * FAST_MAX_HOSTS);
	unmap(fast->names, sizeof(*fast->names) * FAST_MAX_HOSTS);
	unmap(fast->ways, sizeof(*fast->ways) * EGRE_MAX_NEIGHBOURS);
	unmap(fast->state, sizeof(*fast->state));
	if (fast->on_underlay > 0)
		close(fast->on_underlay);
	if (fast->on_port > 0)
		close(fast->on_port);
	bpf_object__close(fast->object);
	*fast = (struct fast){ .listener = listener };
}

/* Pins of another layout are let go; the agent sets everything again. */
static void remove_other_layout(const char *folder)
{
	struct fast_state *state = fast_memory(folder, "fast_state", sizeof(*state));
	bool same = state && state->layout == FAST_LAYOUT;

	if (state)
		munmap(state, sizeof(*state));
	if (!same)
		fast_remove(folder);
}

static bool is_same(int program, int pinned)
{
	struct bpf_prog_info mine = { 0 }, theirs = { 0 };
	__u32 ids[2][16] = { 0 }, size = sizeof(mine);

	mine.map_ids = (uintptr_t)ids[0];
	theirs.map_ids = (uintptr_t)ids[1];
	mine.nr_map_ids = theirs.nr_map_ids = 16;
	return !bpf_obj_get_info_by_fd(program, &mine, &size) && !bpf_obj_get_info_by_fd(pinned, &theirs, &size) &&
	       !memcmp(mine.tag, theirs.tag, sizeof(mine.tag)) && !memcmp(ids[0], ids[1], sizeof(ids[0]));
}

static int keep_or_pin(struct fast *fast, const char *folder, const char *name)
{
	struct bpf_program *program = bpf_object__find_program_by_name(fast->object, name);
	char path[PATH_SIZE];
	int pinned;

	if (!program || !run_path(path, folder, name, ""))
		return -1;
	pinned = bpf_obj_get(path);
	if (pinned >= 0 && is_same(bpf_program__fd(program), pinned))
		return pinned;
	if (pinned >= 0)
		close(pinned);
	unlink(path);
	fast->replaced = true;
	return bpf_program__pin(program, path) ? -1 : bpf_obj_get(path);
}

static bool take(struct fast *fast, const char *folder)
{
	fast->ends = fast_memory(folder, "fast_ends", sizeof(*fast->ends) * EGRE_MAX_ENDS);
	fast->hosts = fast_memory(folder, "fast_hosts", sizeof(*fast->hosts) * FAST_MAX_HOSTS);
	fast->names = fast_memory(folder, "fast_names", sizeof(*fast->names) * FAST_MAX_HOSTS);
	fast->ways = fast_memory(folder, "fast_ways", sizeof(*fast->ways) * EGRE_MAX_NEIGHBOURS);
	fast->state = fast_memory(folder, "fast_state", sizeof(*fast->state));
	if (!fast->ends || !fast->hosts || !fast->names || !fast->ways || !fast->state)
		return false;
	fast->outputs = bpf_object__find_map_fd_by_name(fast->object, "fast_outputs");
	fast->underlays = bpf_object__find_map_fd_by_name(fast->object, "fast_underlays");
	fast->ports = bpf_object__find_map_fd_by_name(fast->object, "fast_ports");
	fast->state->layout = FAST_LAYOUT;
	fast->on_underlay = keep_or_pin(fast, folder, "fast_underlay");
	fast->on_port = keep_or_pin(fast, folder, "fast_port");
	return fast->on_underlay >= 0 && fast->on_port >= 0;
}

bool fast_open(struct trellis *t, char *error, size_t size)
{
	struct fast *fast = &t->fast;

	if (fast->object) {
		fast_start_listener(t);
		return true;
	}
	remove_other_layout(t->bpf);
	fast->node_ends = t->maps.ends;
	fast->object = maps_load(t->bpf, t->objects, "fast.bpf.o");
	if (!fast->object || !take(fast, t->bpf)) {
		snprintf(error, size, "loading %s/fast.bpf.o: %s", t->objects, strerror(errno));
		fast_close(fast);
		return false;
	}
	if (fast->replaced) {
		fast_attach_underlays(t);
		fast_attach_ports(t);
	}
	fast_start_listener(t);
	return true;
}

void fast_open_if_used(struct trellis *t)
{
	char path[PATH_SIZE], error[200];

	if (!run_path(path, t->bpf, "fast_names", "") || access(path, F_OK))
		return;
	if (!fast_open(t, error, sizeof(error)))
		fprintf(stderr, "trellis: %s\n", error);
}
