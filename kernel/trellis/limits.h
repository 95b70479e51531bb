/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What may a virtual host take of the node? Its limits are recorded in RUN/limits/NAME, a symbolic link whose text they
 * are; the cgroup itself is made when the first process of the host is about to run, so that a host in which nobody is
 * costs nothing.
 */
#ifndef TRELLIS_LIMITS_H
#define TRELLIS_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

struct limits {
	char fingerprint[64];
	char base[160];	     /* the folder of cgroups, below each hierarchy's root, that is ours */
	char cpus[64];	     /* a list of processors (cpuset(7)), or "-" for all */
	char disk[24];	     /* MAJOR:MINOR of the disk that hosts are kept on, or "-" */
	uint32_t cpu_milli;  /* share, in thousandths of a processor; never more than that when `capped` */
	uint32_t capped;
	uint32_t memory_mib;
	uint32_t processes;
	uint32_t disk_mibps; /* 0: as much as there is */
};

bool limits_read(const char *run, const char *name, struct limits *limits);

/* All return 0 or an errno; `what` is the file of the cgroup that it was about. */
struct cgroup_error {
	char what[64];
};

/* Makes the cgroup if it is not there and sets it; `lenient` leaves the CPU's cap away for as long as a host starts. */
int cgroup_set(const struct limits *limits, const char *name, bool lenient, struct cgroup_error *error);
bool cgroup_there(const struct limits *limits, const char *name);
int cgroup_join(const struct limits *limits, const char *name); /* the calling process */
int cgroup_remove(const struct limits *limits, const char *name);

#endif
