/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Network namespaces that have gone, but that the kernel has not begun to take apart yet. It does so by itself once nobody
 * has a descriptor of them, with the lock of all devices (RTNL) held, which whoever deletes the next devices or looks at
 * what is there would wait for. So a descriptor of each is kept for a moment. Nothing in it matters: killed, it is closed.
 */
#ifndef TRELLIS_PARTING_H
#define TRELLIS_PARTING_H

#include <stddef.h>
#include <stdint.h>

struct parting {
	int *held;
	size_t count, size;
	uint64_t until_ms; /* CLOCK_BOOTTIME */
};

/* To be called before the names go from the run folder. */
void parting_hold(struct parting *p, const char *run, const char *const *names, size_t count);
int parting_left_ms(const struct parting *p); /* for poll(2): -1 when there is nothing to wait for */
void parting_end_if_due(struct parting *p);

#endif
