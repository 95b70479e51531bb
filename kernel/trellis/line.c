// SPDX-License-Identifier: GPL-2.0-only
/* `trellis line`: the supervisor of the delay line. Answers nobody; one byte on stdout says that it works. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "line-daemon.h"
#include "line.h"
#include "run-folder.h"

#define SOON_NS 1000000000ULL
#define TICK_US 200000

static volatile sig_atomic_t ending;

static void end(int signal)
{
	(void)signal;
	ending = 1;
}

/* Waiting is interrupted: whoever empties the run folder takes the lock with it. */
static void tick(int signal)
{
	(void)signal;
}

static int open_port(const char *name, unsigned offloads)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), most = 1 << 30;

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) || ioctl(fd, TUNSETOFFLOAD, offloads)) {
		fprintf(stderr, "trellis line: %s: %s\n", name, strerror(errno));
		return -1;
	}
	ioctl(fd, TUNSETSNDBUF, &most);
	return fd;
}

static void *open_map(const char *bpf, const char *name, size_t size, int access)
{
	char path[PATH_SIZE];
	void *memory;
	int fd = run_path(path, bpf, name, "") ? bpf_obj_get(path) : -1;

	if (fd < 0)
		return NULL;
	memory = mmap(NULL, size, access, MAP_SHARED, fd, 0);
	close(fd);
	return memory == MAP_FAILED ? NULL : memory;
}

static bool prepare(struct work *w, const struct options *options)
{
	w->run = options->run;
	w->lines = open_map(options->bpf, "lines", sizeof(*w->lines) * EGRE_MAX_ENDS, PROT_READ);
	w->counts = open_map(options->bpf, "line_counts", sizeof(*w->counts) * EGRE_MAX_ENDS, PROT_READ | PROT_WRITE);
	if (!w->lines || !w->counts) {
		fprintf(stderr, "trellis line: --bpf %s: the maps are not there\n", options->bpf);
		return false;
	}
	w->ports[0] = open_port(LINE_WHOLE, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN);
	w->ports[1] = open_port(LINE_SPLIT, TUN_F_CSUM);
	w->pool = pool_make();
	return w->ports[0] >= 0 && w->ports[1] >= 0 && w->pool;
}

static pid_t start(struct work *w)
{
	pid_t child = fork();

	if (child)
		return child;
	signal(SIGTERM, SIG_DFL);
	_exit(line_work(w));
}

/* A worker that dies at once, again and again, has met something that waits for the next one too: that is let go. */
static int supervise(struct work *w, int lock)
{
	for (unsigned deaths = 0;;) {
		uint64_t since = line_now();
		pid_t child = start(w);
		int status = 0;

		if (child < 0)
			return 1;
		while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
			if (ending)
				kill(child, SIGKILL);
			lock = line_lock_again(w->run, lock);
		}
		if (ending || (WIFEXITED(status) && !WEXITSTATUS(status)))
			return 0;
		deaths = line_now() - since < SOON_NS ? deaths + 1 : 0;
		fprintf(stderr, "trellis line: the worker ended (status %d); another one goes on\n", status);
		if (deaths > 10)
			return 1;
	}
}

int delay_line(const struct options *options)
{
	struct sigaction on_end = { .sa_handler = end }, on_tick = { .sa_handler = tick };
	struct itimerval now_and_then = { { 0, TICK_US }, { 0, TICK_US } };
	struct work work = { 0 };
	int lock = line_lock(options->run);

	if (lock < 0) /* there is one already */
		return 0;
	prctl(PR_SET_NAME, "trellis-line");
	sigaction(SIGTERM, &on_end, NULL);
	sigaction(SIGALRM, &on_tick, NULL);
	if (!prepare(&work, options))
		return 1;
	if (write(STDOUT_FILENO, "+", 1) == 1)
		close(STDOUT_FILENO);
	if (setitimer(ITIMER_REAL, &now_and_then, NULL))
		fprintf(stderr, "trellis line: no timer: %s\n", strerror(errno));
	return supervise(&work, lock);
}
