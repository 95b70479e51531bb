// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends all packets of a file at a steady pace, until it is ended: the busy neighbours of a benchmark.
 *
 *   pace NETNS DEVICE PACKETS INTERVAL-US CPU       one frame in hexadecimal a line, all of them in each interval
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define MOST_PACKETS 1024
#define LONGEST 1600

static uint8_t packets[MOST_PACKETS][LONGEST];
static struct iovec vectors[MOST_PACKETS];
static struct mmsghdr messages[MOST_PACKETS];

static void fail(const char *what)
{
	fprintf(stderr, "pace: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned read_packets(const char *path)
{
	FILE *file = fopen(path, "re");
	char line[2 * LONGEST + 2];
	unsigned count = 0;

	while (file && count < MOST_PACKETS && fgets(line, sizeof(line), file)) {
		size_t length = strcspn(line, "\n") / 2;

		for (size_t i = 0; i < length; i++)
			sscanf(line + 2 * i, "%2hhx", &packets[count][i]);
		vectors[count] = (struct iovec){ packets[count], length };
		messages[count].msg_hdr.msg_iov = &vectors[count];
		messages[count].msg_hdr.msg_iovlen = 1;
		count++;
	}
	if (!count)
		fail(path);
	fclose(file);
	return count;
}

int main(int count, char **arguments)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	struct timespec next;
	unsigned all;
	cpu_set_t cpus;
	long interval_ns;
	int fd;

	if (count != 6) {
		fputs("usage: pace NETNS DEVICE PACKETS INTERVAL-US CPU\n", stderr);
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&cpus);
	CPU_SET(atoi(arguments[5]), &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	all = read_packets(arguments[3]);
	interval_ns = atol(arguments[4]) * 1000;
	fd = open(arguments[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		fail(arguments[1]);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	to.sll_ifindex = if_nametoindex(arguments[2]);
	if (fd < 0 || bind(fd, (void *)&to, sizeof(to)))
		fail(arguments[2]);
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (;;) {
		if (sendmmsg(fd, messages, all, 0) < 0 && errno != ENOBUFS)
			fail("sending");
		next.tv_nsec += interval_ns;
		next.tv_sec += next.tv_nsec / 1000000000;
		next.tv_nsec %= 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
}
