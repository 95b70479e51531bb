// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/net_namespace.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "devices.h"
#include "ends.h"
#include "run-folder.h"

static void keep(const struct nlmsghdr *message, void *context)
{
	struct devices *devices = context;

	if (devices->count == devices->size) {
		devices->size = devices->size ? devices->size * 2 : 256;
		devices->list = realloc(devices->list, devices->size * sizeof(*devices->list));
		if (!devices->list)
			abort();
	}
	link_read(message, &devices->list[devices->count]);
	if (link_is_ours(&devices->list[devices->count]))
		devices->count++;
}

int devices_list(struct trellis *t, struct devices *devices)
{
	*devices = (struct devices){ 0 };
	return links_list(&t->nl, keep, devices);
}

void devices_free(struct devices *devices)
{
	free(devices->list);
	*devices = (struct devices){ 0 };
}

struct question {
	struct namespace_names *numbered;
	const char *name;
};

static void number(const struct nlmsghdr *message, void *context)
{
	const struct rtattr *a[NETNSA_MAX + 1];
	const struct question *question = context;
	struct namespace_names *numbered = question->numbered;
	int32_t id;

	attributes_of(message, sizeof(struct rtgenmsg), a, NETNSA_MAX + 1);
	id = a[NETNSA_NSID] ? (int32_t)attribute_u32(a[NETNSA_NSID]) : -1;
	if (id < 0 || id > 1000000) /* none of our devices leads there */
		return;
	if ((size_t)id >= numbered->size) {
		size_t size = id * 2 + 64;

		numbered->list = realloc(numbered->list, size * sizeof(*numbered->list));
		if (!numbered->list)
			abort();
		memset(numbered->list + numbered->size, 0, (size - numbered->size) * sizeof(*numbered->list));
		numbered->size = size;
	}
	free(numbered->list[id]);
	numbered->list[id] = strdup(question->name);
}

void namespace_names_read(struct trellis *t, const char *const *names, size_t count, struct namespace_names *numbered)
{
	struct rtgenmsg none = { 0 };
	struct question questions[BATCH_REQUESTS];
	int open[BATCH_REQUESTS];
	struct op ignored = { 0 };
	struct batch b;
	size_t n = 0;

	*numbered = (struct namespace_names){ .held = calloc(count + 1, sizeof(bool)) };
	if (!numbered->held)
		abort();
	batch_open(&b, &t->nl);
	for (size_t i = 0; i < count; i++) {
		int fd = run_open(t->run, "netns", names[i]);

		if (fd >= 0) {
			batch_begin(&b, &ignored, "", 0, RTM_GETNSID, 0, &none, sizeof(none));
			put_u32(&b, NETNSA_FD, fd);
			numbered->held[i] = true;
			questions[n] = (struct question){ numbered, names[i] };
			batch_reply(&b, number, &questions[n]);
			open[n++] = fd;
		}
		if (n == BATCH_REQUESTS || i + 1 == count) {
			batch_send(&b);
			while (n)
				close(open[--n]);
		}
	}
}

const char *namespace_name(const struct namespace_names *names, int32_t id)
{
	return id >= 0 && (size_t)id < names->size ? names->list[id] : NULL;
}

void namespace_names_free(struct namespace_names *names)
{
	for (size_t i = 0; i < names->size; i++)
		free(names->list[i]);
	free(names->list);
	free(names->held);
	*names = (struct namespace_names){ 0 };
}

void devices_delete(struct trellis *t, struct op **ops, const struct link *const *links, size_t count)
{
	uint32_t *indexes = arena_take(ops[0]->arena, count * sizeof(*indexes));
	uint32_t *slots = arena_take(ops[0]->arena, count * sizeof(*slots));
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		indexes[i] = links[i]->index;
	links_delete(&t->nl, ops, indexes, count);
	for (size_t i = 0; i < count; i++) {
		slots[n] = end_of_device(&t->maps, indexes[i]);
		n += slots[n] != 0;
	}
	ends_free(&t->maps, slots, n);
	ends_sweep(&t->maps);
}
