/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRELLIS_LINE_DAEMON_H
#define TRELLIS_LINE_DAEMON_H

#include "trellis.h"

/* Held for as long as a delay line runs, with its process number inside; -1: another one has it. */
int line_lock(const char *run);
/* The lock that others see: `lock`, or another one in place of its file that somebody has deleted. */
int line_lock_again(const char *run, int lock);
/* Makes the devices and starts the delay line, unless they are there; fails the op where that cannot be done. */
void line_ensure(struct trellis *t, struct op *op);
/* Starts it again if it died while it was needed. */
void line_keep(struct trellis *t);
/* Ends it and takes the devices away. */
void line_remove(struct trellis *t);

#endif
