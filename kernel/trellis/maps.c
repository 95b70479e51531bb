// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "fast.h"
#include "maps.h"
#include "run-folder.h"

/* Plain numbers in the sources of the kernel programs and here must mean the same bytes. */
_Static_assert(sizeof(struct egre_end) == 32, "a slot is half a cache line");
_Static_assert(sizeof(struct fast_flow) == 32, "half a cache line");
_Static_assert(sizeof(struct fast_recent) == 64, "a cache line");
_Static_assert(sizeof(struct egre_tunnel) == 36, "no padding: it is a hash key");
_Static_assert(sizeof(struct egre_neighbour) == 64, "a neighbour is one cache line");
_Static_assert(sizeof(struct egre_frame) == 24 + EGRE_SNAP + 16, "no padding before the bytes");
_Static_assert(sizeof(struct egre_counters) == 32, "counters are half a cache line");
_Static_assert(sizeof(struct egre_line) == 96, "no padding, and a multiple of 8");
_Static_assert(sizeof(struct egre_line_counts) == 64, "one cache line");
_Static_assert(sizeof(struct egre_neighbour_label) % 8 == 0 && sizeof(struct egre_too_long) == 16 + EGRE_QUOTE, "no padding");
_Static_assert(sizeof(struct egre_note) == 8, "array maps round up to 8 bytes");
_Static_assert(sizeof(struct egre_end_label) % 8 == 0, "array maps round up to 8 bytes");

static int log_nothing_but_warnings(enum libbpf_print_level level, const char *format, va_list arguments)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, arguments) : 0;
}

/* Named one by one: the folder may be a file system that others pin things in as well. */
static const char *const pins[] = { "ends",	"neighbours", "by_device",  "by_tunnel",    "by_path", "passed", "notes",
				    "node_drops", "end_labels", "path_labels", "from_virtual", "from_underlay", "node",
				    "lines",	"line_counts", "line_devices", "from_line",	"captures", "rings",	"frame",
				    "end_drops", "told",	"too_long", "fast_ends",	"fast_hosts", "fast_state", "fast_flows4", "fast_flows6",
				    "fast_recent" };

/* What earlier ones pinned and no program of now uses; those that still run keep it until they are replaced. */
static void remove_former(const char *folder)
{
	char path[PATH_SIZE];

	if (run_path(path, folder, "counters", ""))
		unlink(path);
}

void maps_remove(const char *folder)
{
	char path[PATH_SIZE];

	for (size_t i = 0; i < sizeof(pins) / sizeof(*pins); i++)
		if (run_path(path, folder, pins[i], ""))
			unlink(path);
	remove_former(folder);
	rmdir(folder);
}

void maps_close(struct maps *maps)
{
	munmap(maps->ends, sizeof(*maps->ends) * EGRE_MAX_ENDS);
	munmap(maps->labels, sizeof(*maps->labels) * EGRE_MAX_ENDS);
	munmap(maps->passed, sizeof(*maps->passed) * EGRE_MAX_ENDS * maps->cpus);
	munmap(maps->notes, sizeof(*maps->notes) * EGRE_MAX_ENDS);
	munmap(maps->neighbours, sizeof(*maps->neighbours) * EGRE_MAX_NEIGHBOURS);
	munmap(maps->paths, sizeof(*maps->paths) * EGRE_MAX_NEIGHBOURS);
	munmap(maps->node, sizeof(*maps->node));
	munmap(maps->lines, sizeof(*maps->lines) * EGRE_MAX_ENDS);
	munmap(maps->line_counts, sizeof(*maps->line_counts) * EGRE_MAX_ENDS);
	munmap(maps->line_devices, sizeof(*maps->line_devices));
	close(maps->from_line);
	close(maps->from_virtual);
	close(maps->from_underlay);
	bpf_object__close(maps->object);
	memset(maps, 0, sizeof(*maps));
}

static void *map_memory(int fd, size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

/* Pins of another layout are let go: the agent will find nothing there and set everything again. */
static void remove_other_layout(const char *folder)
{
	char path[PATH_SIZE];
	struct egre_node node = { 0 };
	__u32 zero = 0;
	int fd;

	if (!run_path(path, folder, "node", ""))
		return;
	fd = bpf_obj_get(path);
	if (fd >= 0) {
		bpf_map_lookup_elem(fd, &zero, &node);
		close(fd);
	}
	if (node.layout == EGRE_LAYOUT)
		return;
	fast_remove(folder);
	maps_remove(folder);
}

struct identity {
	__u32 maps[32];
	__u8 tag[8]; /* a digest of the instructions */
};

/* Both must be the same: a program keeps the maps it was loaded with, even when their pins are gone. */
static struct identity identify(int program)
{
	struct identity identity = { 0 };
	struct bpf_prog_info info = { .map_ids = (uintptr_t)identity.maps, .nr_map_ids = 32 };
	__u32 size = sizeof(info);

	if (!bpf_obj_get_info_by_fd(program, &info, &size))
		memcpy(identity.tag, info.tag, sizeof(identity.tag));
	return identity;
}

/* A program that is pinned and the same stays: nothing that is attached needs a change. */
static int keep_or_pin(struct maps *maps, const char *folder, struct bpf_object *object, const char *name)
{
	struct bpf_program *program = bpf_object__find_program_by_name(object, name);
	struct identity mine, theirs;
	char path[PATH_SIZE];
	int pinned;

	if (!program || !run_path(path, folder, name, ""))
		return -1;
	pinned = bpf_obj_get(path);
	if (pinned >= 0) {
		mine = identify(bpf_program__fd(program));
		theirs = identify(pinned);
		if (!memcmp(&mine, &theirs, sizeof(mine)))
			return pinned;
		close(pinned);
		unlink(path);
	}
	maps->replaced = true;
	return bpf_program__pin(program, path) ? -1 : bpf_obj_get(path);
}

static int descriptor(struct bpf_object *object, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, name);

	return map ? bpf_map__fd(map) : -1;
}

static bool take(struct maps *maps, const char *folder, struct bpf_object *object)
{
	maps->ends = map_memory(descriptor(object, "ends"), sizeof(*maps->ends) * EGRE_MAX_ENDS);
	maps->labels = map_memory(descriptor(object, "end_labels"), sizeof(*maps->labels) * EGRE_MAX_ENDS);
	maps->cpus = libbpf_num_possible_cpus();
	maps->passed = map_memory(descriptor(object, "passed"), sizeof(*maps->passed) * EGRE_MAX_ENDS * maps->cpus);
	maps->notes = map_memory(descriptor(object, "notes"), sizeof(*maps->notes) * EGRE_MAX_ENDS);
	maps->neighbours = map_memory(descriptor(object, "neighbours"), sizeof(*maps->neighbours) * EGRE_MAX_NEIGHBOURS);
	maps->paths = map_memory(descriptor(object, "path_labels"), sizeof(*maps->paths) * EGRE_MAX_NEIGHBOURS);
	maps->node = map_memory(descriptor(object, "node"), sizeof(*maps->node));
	maps->lines = map_memory(descriptor(object, "lines"), sizeof(*maps->lines) * EGRE_MAX_ENDS);
	maps->line_counts = map_memory(descriptor(object, "line_counts"), sizeof(*maps->line_counts) * EGRE_MAX_ENDS);
	maps->line_devices = map_memory(descriptor(object, "line_devices"), sizeof(*maps->line_devices));
	if (maps->lines == MAP_FAILED || maps->line_counts == MAP_FAILED || maps->line_devices == MAP_FAILED)
		return false;
	if (maps->ends == MAP_FAILED || maps->labels == MAP_FAILED || maps->neighbours == MAP_FAILED ||
	    maps->paths == MAP_FAILED || maps->node == MAP_FAILED ||
	    maps->notes == MAP_FAILED || maps->passed == MAP_FAILED)
		return false;
	maps->by_device = descriptor(object, "by_device");
	maps->by_tunnel = descriptor(object, "by_tunnel");
	maps->by_path = descriptor(object, "by_path");
	maps->end_drops = descriptor(object, "end_drops");
	maps->node_drops = descriptor(object, "node_drops");
	maps->captures = descriptor(object, "captures");
	maps->rings = descriptor(object, "rings");
	maps->node->layout = EGRE_LAYOUT;
	maps->from_virtual = keep_or_pin(maps, folder, object, "from_virtual");
	maps->from_underlay = keep_or_pin(maps, folder, object, "from_underlay");
	maps->from_line = keep_or_pin(maps, folder, object, "from_line");
	return maps->from_virtual >= 0 && maps->from_underlay >= 0 && maps->from_line >= 0;
}

/*
 * The kernel adds a flag of its own to a device map (BPF_F_RDONLY_PROG) that it refuses from others: by comparing flags
 * libbpf would take one that is pinned for another map. What else may differ, the layout's number tells.
 */
static bool take_over_device_map(struct bpf_map *map, const char *path)
{
	int fd = bpf_map__type(map) == BPF_MAP_TYPE_DEVMAP ? bpf_obj_get(path) : -1;
	bool taken = fd >= 0 && !bpf_map__reuse_fd(map, fd);

	if (fd >= 0)
		close(fd);
	return taken;
}

static bool is_of_each_cpu(const char *name)
{
	return !strcmp(name, "passed") || !strcmp(name, "fast_recent");
}

struct bpf_object *maps_load(const char *folder, const char *objects, const char *name)
{
	char file[PATH_SIZE], path[PATH_SIZE];
	struct bpf_object *object;
	struct bpf_map *map;

	if (!run_path(file, objects, name, ""))
		return NULL;
	object = bpf_object__open_file(file, NULL);
	if (!object)
		return NULL;
	bpf_object__for_each_map(map, object)
		if (is_of_each_cpu(bpf_map__name(map)))
			bpf_map__set_max_entries(map, bpf_map__max_entries(map) * libbpf_num_possible_cpus());
	bpf_object__for_each_map(map, object)
		if (run_path(path, folder, bpf_map__name(map), "") && !take_over_device_map(map, path))
			bpf_map__set_pin_path(map, path);
	if (!bpf_object__load(object))
		return object;
	bpf_object__close(object);
	return NULL;
}

bool maps_open(struct maps *maps, const char *folder, const char *objects, char *error, size_t error_size)
{
	struct statfs fs;

	libbpf_set_print(log_nothing_but_warnings);
	memset(maps, 0, sizeof(*maps));
	if (mkdir(folder, 0700) && errno != EEXIST) {
		snprintf(error, error_size, "--bpf %s: %s", folder, strerror(errno));
		return false;
	}
	if (statfs(folder, &fs) || fs.f_type != BPF_FS_MAGIC) {
		snprintf(error, error_size, "--bpf %s: is not on a BPF file system (mount -t bpf bpf /sys/fs/bpf)", folder);
		return false;
	}
	remove_other_layout(folder);
	maps->object = maps_load(folder, objects, "egre.bpf.o");
	if (maps->object && take(maps, folder, maps->object)) {
		remove_former(folder);
		return true;
	}
	snprintf(error, error_size, "loading %s/egre.bpf.o: %s", objects, strerror(errno));
	if (maps->object)
		maps_close(maps);
	return false;
}
