/* SPDX-License-Identifier: GPL-2.0-only */
/* A command inside a virtual host of class netns: what it sees, and what it may do. */
#ifndef TRELLIS_ENTER_H
#define TRELLIS_ENTER_H

#include <stdbool.h>
#include <stdint.h>

#define MOST_CGROUPS 16

struct entry {
	const char *run, *namespace, *owner, *hostname, *home, *hosts, *resolv;
	const char *cgroups[MOST_CGROUPS];
	int cgroup_count;
	char **command;
	int network, user;
	int home_fd, hosts_fd, resolv_fd, terminal_fd; /* opened before they are hidden; -1: none */
	uint32_t uid_base, uid_count;
	bool container;	     /* of class vserver */
	bool own_session; /* we lead the terminal's session, so the command may take it over */
};

_Noreturn void enter_container(const struct entry *entry); /* as crun runs it */
int enter(int count, char **arguments);
/* Both end the process with a message when something fails: no command must ever run half-confined. */
void enter_root(const struct entry *entry);  /* a root file system, still with the node's privileges */
void enter_drop(const struct entry *entry);  /* no privileges on the node from here on */
void enter_limits(const struct entry *entry); /* into the host's cgroup, if it has limits */
void enter_home(struct entry *entry);	     /* a disk of its own for what --home names */
int seccomp_install(void);		     /* 0 or an errno */
__attribute__((noreturn, format(printf, 1, 2))) void enter_fail(const char *format, ...);

#endif
