/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tcx (Linux 6.6): a program on a device without qdisc, filter and all that lies between them and it; beside those of others.
 * Each change of which programs there are waits until no processor looks at the old ones, with the kernel's lock of all devices
 * held: for a node's few underlay devices, and not for thousands of virtual interfaces.
 */
#ifndef TRELLIS_TCX_H
#define TRELLIS_TCX_H

#include <stdbool.h>
#include <stdint.h>

/* Takes the place of one of the same name, at one instant. 0 or an errno; EINVAL: a kernel that has no tcx. */
int tcx_attach(uint32_t ifindex, int program);
/* The program of this name. 0 or an errno; ENOENT: it is not there. */
int tcx_detach(uint32_t ifindex, const char *name);
bool tcx_is_attached(uint32_t ifindex, const char *name);

#endif
