// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two programs of a benchmark in one process each side: who answers, and who asks.
 *
 *   talk echo NETNS CPU ADDRESS                  answers UDP datagrams, takes TCP streams; says "ready"
 *   talk ask NETNS CPU ADDRESS COUNT [PAUSE_US]  COUNT round trips one after the other, or with a pause before each; their
 *                                                times in ns, as JSON
 *   talk stream NETNS CPU ADDRESS MS PID         one TCP stream for MS; {"bytes", "cpuNs", "wallNs"}
 *
 * PID is the process of the other side: CPU time is that of both and of the CPU's ksoftirqd, so that work which others
 * do at the same time is not counted.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORT 5002
#define CHUNK (256 << 10)

static char buffer[CHUNK];

static void fail(const char *what)
{
	fprintf(stderr, "talk: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void enter(const char *netns, int cpu)
{
	int fd = open(netns, O_RDONLY | O_CLOEXEC);
	cpu_set_t cpus;

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		fail(netns);
	close(fd);
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
}

static struct sockaddr_in address_of(const char *text)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	if (inet_pton(AF_INET, text, &address.sin_addr) != 1)
		fail(text);
	return address;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static uint64_t run_time(int pid)
{
	unsigned long long ns = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%llu", &ns) != 1)
		fail(path);
	fclose(file);
	return ns;
}

static int ksoftirqd(int cpu)
{
	char wanted[32], path[64], comm[32];
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int pid = 0;

	snprintf(wanted, sizeof(wanted), "ksoftirqd/%d\n", cpu);
	while (!pid && proc && (entry = readdir(proc))) {
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/comm", atoi(entry->d_name));
		file = atoi(entry->d_name) ? fopen(path, "re") : NULL;
		if (file && fgets(comm, sizeof(comm), file) && !strcmp(comm, wanted))
			pid = atoi(entry->d_name);
		if (file)
			fclose(file);
	}
	closedir(proc);
	return pid;
}

static int echo(const char *text)
{
	struct sockaddr_in here = address_of(text), from;
	socklen_t size = sizeof(from);
	int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct pollfd ready[3] = { { udp, POLLIN, 0 }, { tcp, POLLIN, 0 }, { -1, POLLIN, 0 } };
	ssize_t n;

	if (bind(udp, (void *)&here, sizeof(here)) || bind(tcp, (void *)&here, sizeof(here)) || listen(tcp, 4))
		fail(text);
	puts("ready");
	fflush(stdout);
	while (poll(ready, 3, -1) >= 0) {
		if (ready[0].revents && (n = recvfrom(udp, buffer, sizeof(buffer), 0, (void *)&from, &size)) >= 0)
			sendto(udp, buffer, n, 0, (void *)&from, size);
		if (ready[1].revents && ready[2].fd < 0)
			ready[2].fd = accept4(tcp, NULL, NULL, SOCK_CLOEXEC);
		if (ready[2].revents && recv(ready[2].fd, buffer, sizeof(buffer), 0) <= 0) {
			close(ready[2].fd);
			ready[2].fd = -1;
		}
	}
	return 1;
}

static int ask(const char *text, int count, useconds_t pause_us)
{
	struct sockaddr_in there = address_of(text);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct timeval patience = { .tv_sec = 1 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (void *)&there, sizeof(there)))
		fail(text);
	printf("[");
	for (int i = 0; i < count; i++) {
		uint64_t start;

		if (pause_us)
			usleep(pause_us);
		start = clock_ns(CLOCK_MONOTONIC);
		memcpy(buffer, &start, sizeof(start));
		if (send(fd, buffer, 64, 0) < 0)
			fail("send");
		do /* what comes late belongs to an earlier question */
			if (recv(fd, buffer, sizeof(buffer), 0) < 0)
				fail("no answer");
		while (memcmp(buffer, &start, sizeof(start)));
		printf("%s%lu", i ? "," : "", clock_ns(CLOCK_MONOTONIC) - start);
	}
	puts("]");
	return 0;
}

static int stream(const char *text, int ms, int other, int softirq)
{
	struct sockaddr_in there = address_of(text);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint64_t bytes = 0, wall, cpu, until;
	ssize_t n;

	if (connect(fd, (void *)&there, sizeof(there)))
		fail(text);
	cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID) + run_time(other) + run_time(softirq);
	wall = clock_ns(CLOCK_MONOTONIC);
	until = wall + ms * 1000000ull;
	while (clock_ns(CLOCK_MONOTONIC) < until) {
		n = send(fd, buffer, sizeof(buffer), 0);
		if (n < 0)
			fail("send");
		bytes += n;
	}
	close(fd);
	printf("{\"bytes\":%lu,\"cpuNs\":%lu,\"wallNs\":%lu}\n", bytes,
	       clock_ns(CLOCK_PROCESS_CPUTIME_ID) + run_time(other) + run_time(softirq) - cpu,
	       clock_ns(CLOCK_MONOTONIC) - wall);
	return 0;
}

int main(int count, char **arguments)
{
	const char *role = count > 4 ? arguments[1] : "";
	int cpu = count > 4 ? atoi(arguments[3]) : 0, softirq = ksoftirqd(cpu);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (count > 4)
		enter(arguments[2], cpu);
	if (!strcmp(role, "echo"))
		return echo(arguments[4]);
	if (!strcmp(role, "ask") && (count == 6 || count == 7))
		return ask(arguments[4], atoi(arguments[5]), count == 7 ? atoi(arguments[6]) : 0);
	if (!strcmp(role, "stream") && count == 7)
		return stream(arguments[4], atoi(arguments[5]), atoi(arguments[6]), softirq);
	fputs("usage: talk echo|ask|stream NETNS CPU ADDRESS …\n", stderr);
	return 2;
}
