/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by generate.bpf.c and forward.c. */
#ifndef BENCH_TEMPLATES_H
#define BENCH_TEMPLATES_H

#include <linux/types.h>

#define MOST_TEMPLATES 16384
#define TEMPLATE_BYTES 128

struct template {
	__u64 words[TEMPLATE_BYTES / 8];
};

struct generator {
	__u32 next, count;
};

#endif
