// SPDX-License-Identifier: GPL-2.0-only
/*
 * What virtual networks were before Trellis: a process that carries the frames of one router between TAP devices in its
 * network namespace and UDP sockets on the node, as PL-VINI did. Only to compare with.
 *
 *   overlay NODE-NETNS ROUTER-NETNS CPU TAP LOCAL REMOTE TAP LOCAL REMOTE
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <signal.h>
#include <unistd.h>

#define PORT 5000
#define AT_ONCE 64 /* frames taken from one side before the others are looked at */

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void enter(const char *netns)
{
	int fd = open(netns, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		fail(netns);
	close(fd);
}

static int open_tap(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		fail(name);
	return fd;
}

static int open_udp(const char *local, const char *remote)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(PORT) }, there = here;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), size = 8 << 20;

	inet_pton(AF_INET, local, &here.sin_addr);
	inet_pton(AF_INET, remote, &there.sin_addr);
	if (fd < 0 || bind(fd, (void *)&here, sizeof(here)) || connect(fd, (void *)&there, sizeof(there)))
		fail(local);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

int main(int count, char **arguments)
{
	static char frame[65536];
	struct pollfd from[4];
	cpu_set_t cpus;
	int to[4];

	if (count != 10) {
		fputs("usage: overlay NODE-NETNS ROUTER-NETNS CPU TAP LOCAL REMOTE TAP LOCAL REMOTE\n", stderr);
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&cpus);
	CPU_SET(atoi(arguments[3]), &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	enter(arguments[2]);
	for (int i = 0; i < 2; i++)
		from[i].fd = open_tap(arguments[4 + 3 * i]);
	enter(arguments[1]);
	for (int i = 0; i < 2; i++)
		from[2 + i].fd = open_udp(arguments[5 + 3 * i], arguments[6 + 3 * i]);
	for (int i = 0; i < 4; i++) {
		from[i].events = POLLIN;
		to[i] = from[(i + 2) % 4].fd;
	}
	puts("ready");
	fflush(stdout);
	while (poll(from, 4, -1) >= 0)
		for (int i = 0; i < 4; i++)
			for (int k = 0; from[i].revents & POLLIN && k < AT_ONCE; k++) {
				ssize_t n = read(from[i].fd, frame, sizeof(frame));

				if (n <= 0)
					break;
				if (write(to[i], frame, n) < 0)
					continue; /* a full queue loses frames, as a wire would */
			}
	return 1;
}
