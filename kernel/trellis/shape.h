/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRELLIS_SHAPE_H
#define TRELLIS_SHAPE_H

#include "trellis.h"

/* Writes "shapes" into an observation, and takes away classes whose end is gone. */
void shapes_write(struct trellis *t, struct op *op);

#endif
