// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <unistd.h>
#include "boottime.h"
#include "parting.h"
#include "run-folder.h"

#define MOMENT_MS 500 /* what is left to do of a slice's end by then: another look, and to say so */
#define MOST 2048 /* 0.1 MiB of the kernel's memory each */

void parting_hold(struct parting *p, const char *run, const char *const *names, size_t count)
{
	if (p->count + count > p->size) {
		size_t size = p->count + count;
		int *held = size > MOST ? NULL : realloc(p->held, size * sizeof(*held));

		if (!held)
			return; /* they go at once */
		p->held = held;
		p->size = size;
	}
	for (size_t i = 0; i < count; i++) {
		int fd = run_open(run, "netns", names[i]);

		if (fd >= 0)
			p->held[p->count++] = fd;
	}
	p->until_ms = boottime_ms() + MOMENT_MS;
}

int parting_left_ms(const struct parting *p)
{
	uint64_t now = boottime_ms();

	if (!p->count)
		return -1;
	return now < p->until_ms ? p->until_ms - now : 0;
}

void parting_end_if_due(struct parting *p)
{
	if (!p->count || parting_left_ms(p))
		return;
	while (p->count)
		close(p->held[--p->count]);
	free(p->held);
	*p = (struct parting){ 0 };
}
