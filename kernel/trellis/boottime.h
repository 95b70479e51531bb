/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRELLIS_BOOTTIME_H
#define TRELLIS_BOOTTIME_H

#include <stdint.h>
#include <time.h>

/* Seconds of the clock that nobody sets and that goes on while the machine sleeps (clock_gettime(2)). */
static inline uint32_t boottime_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec;
}

#endif
