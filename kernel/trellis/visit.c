// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "run-folder.h"
#include "trellis.h"

bool visit_enter(struct visit *visit, struct trellis *t, struct op *op, const char *name)
{
	int fd = run_open(t->run, "netns", name);

	visit->t = t;
	if (fd < 0) {
		op_fail(op, errno, "namespace: there is no %s", name);
		return false;
	}
	if (setns(fd, CLONE_NEWNET)) {
		op_fail(op, errno, "entering the namespace: %s", strerror(errno));
		close(fd);
		return false;
	}
	close(fd);
	if (netlink_open(&visit->nl))
		return true;
	op_fail(op, errno, "netlink in the namespace: %s", strerror(errno));
	visit->nl.fd = -1;
	visit_leave(visit);
	return false;
}

void visit_leave(struct visit *visit)
{
	if (visit->nl.fd >= 0)
		netlink_close(&visit->nl);
	/* Whatever came next would be done to a virtual host instead of the node. */
	if (setns(visit->t->home, CLONE_NEWNET)) {
		perror("trellis: cannot return to the node's network namespace");
		abort();
	}
}
