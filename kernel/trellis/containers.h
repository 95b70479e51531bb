/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual hosts of class vserver: an OCI container by crun in the network namespace that its links lead to. What runs is
 * recorded in RUN/containers/NAME, a symbolic link whose text is "PID START FINGERPRINT": read in one call, replaced at
 * one instant, and gone with the machine as the processes are.
 */
#ifndef TRELLIS_CONTAINERS_H
#define TRELLIS_CONTAINERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "run-folder.h"

struct op;
struct trellis;

#define CRUN "/usr/bin/crun"
#define INIT "/usr/bin/tini-static"
#define FINGERPRINT_SIZE 64

struct container_record {
	pid_t pid;
	unsigned long long started; /* in clock ticks after boot: tells it from a later process of that number (proc(5)) */
	char fingerprint[FINGERPRINT_SIZE];
};

bool container_read(const char *run, const char *name, struct container_record *record); /* false: there is none */
int container_write(const char *run, const char *name, pid_t pid, const char *fingerprint); /* 0 or an errno */
void container_forget(const char *run, const char *name);
bool container_alive(const struct container_record *record);

/* A mount namespace of our own, in which crun finds cgroups as it wants them: it refuses a hybrid tree. */
int container_view(void);

/* A file in memory to run crun from without its copying itself; -1: run it from where it is. Kept open by us. */
int crun_sealed(void);

/* Where a virtual host's root file system comes from, and where it is put together. All paths are the node's. */
struct root_source {
	const char *image;  /* read-only */
	const char *folder; /* of the virtual host, on the node's disk */
	const char *bundle; /* and in memory: what it needs while it runs, which follows from the spec */
	const char *state;  /* which of its states: what it wrote itself is in folder/state/STATE */
	bool usr;	    /* the image brings no programs: the node's /usr is put into it */
	unsigned disk_mib;  /* how much that may be; 0: as much as the node has */
	const char *disks;  /* where empty disks to copy are kept */
	int user;	    /* its user namespace */
	unsigned base;	    /* which begins with this id */
};

/* Ends all there are, and leaves nothing of them. */
void containers_wipe(struct trellis *t, struct op *op);

/* Mounts the disk of a state, made if it is not there, at `target`. 0 or an errno. */
int container_disk(const char *disks, const char *state, unsigned mib, const char *target);

/* Puts it together at bundle/root, in this mount namespace. 0 or an errno, and what was being done. */
int container_root(const struct root_source *source, const char **doing);

#endif
