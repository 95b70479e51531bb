/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRELLIS_BOOTTIME_H
#define TRELLIS_BOOTTIME_H

#include <stdint.h>
#include <time.h>

/* The clock that nobody sets and that goes on while the machine sleeps (clock_gettime(2)), in seconds and milliseconds. */
static inline uint32_t boottime_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec;
}

static inline uint64_t boottime_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

#endif
