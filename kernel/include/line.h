/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Link emulation: what the kernel programs, trellis and the delay line (trellis/line*.c) share. Indexed by the slot of
 * the virtual interface that frames go to, so each direction of a link has settings of its own.
 */
#ifndef MYVINI_LINE_H
#define MYVINI_LINE_H

#include <linux/types.h>

/* The slot travels in the tag's 16 bits, priority bits included: all slots fit (EGRE_MAX_ENDS is 2^14). */
#define LINE_TAG_PROTOCOL 0x88a8
#define LINE_WHOLE "mvline-whole" /* packets as they are, 64 kB of TCP in one */
#define LINE_SPLIT "mvline-split" /* for links on which each packet has a fate of its own: the kernel splits them first */

#define LINE_ON 1u
#define LINE_UNIFORM 2u /* jitter; else normal */
#define LINE_QUEUED 8u /* kept by netem on the device itself; the delay line has nothing to do with it */
#define LINE_LEAVING 16u /* netem is still there, for what waits in it */
#define LINE_LOOP 4u	/* the trace begins anew when it is over; else its last step stays */

#define LINE_MILLION 1000000u /* shares are in millionths */
#define LINE_TRACE_NAME 40

struct egre_line {
	__u32 sequence; /* odd while it is being written */
	__u32 flags;
	__u32 rate_kbps; /* 0: no limit */
	__u32 delay_us, jitter_us;
	__u32 loss, loss_correlation, duplicate, reorder, corrupt;
	__u32 cookie;	      /* another one for each end that has this slot: packets of the end before are let go */
	__u32 left_s; /* CLOCK_BOOTTIME: when it last left the delay line */
	__u64 trace_start_ns; /* CLOCK_BOOTTIME */
	char trace[LINE_TRACE_NAME];
};

/* Written by the delay line alone. */
struct egre_line_counts {
	__u64 passed, lost, duplicated, reordered, corrupted;
	__u64 overflowed; /* more waited than a queue holds */
	__u64 late;	  /* sent more than a millisecond after it was due */
	__u64 worst_late_ns;
};

/* Where the programs send what is to be emulated; 0: there is no delay line. */
struct egre_line_devices {
	__u32 whole, split;
};

#endif
