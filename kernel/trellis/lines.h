/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRELLIS_LINES_H
#define TRELLIS_LINES_H

#include "trellis.h"

void lines_write(struct trellis *t, struct op *op);	   /* "lines" of an observation */
void lines_write_counts(struct trellis *t, struct op *op); /* "lines" of the counters */

#endif
