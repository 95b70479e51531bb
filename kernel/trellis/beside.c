// SPDX-License-Identifier: GPL-2.0-only
/* How is another `trellis` started that works beside this one and ends with it? */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "trellis.h"

void start_beside(const struct trellis *t, pid_t *pid, const char *word)
{
	if (*pid > 0 && waitpid(*pid, NULL, WNOHANG) == 0)
		return;
	*pid = fork();
	if (*pid)
		return;
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	open("/dev/null", O_RDWR);
	open("/dev/null", O_RDWR);
	execl("/proc/self/exe", "trellis", word, "--run", t->run, "--bpf", t->bpf, "--objects", t->objects, NULL);
	_exit(1);
}
