// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much CPU time does it take to bring packets from a generator to a sink?
 *
 *   forward OBJECT FROM-NETNS DEVICE SINK-NETNS DEVICE xdp|tc PACKETS REPEAT CPU [PID…]
 *
 * PACKETS is a file with one frame in hexadecimal a line. CPU time is that of this process, in whose system calls the
 * softirqs run, of the CPU's ksoftirqd, and of the processes given. Burst by burst: REPEAT is bursts x packets.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include "templates.h"

#define MOST_OTHERS 16

struct run {
	struct bpf_object *object;
	struct generator *generator;
	size_t length; /* of every frame */
	uint64_t bursts, packets;
	int others[MOST_OTHERS], other_count;
};

__attribute__((format(printf, 1, 2), noreturn)) static void fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, ": %s\n", strerror(errno));
	exit(1);
}

static uint32_t enter(const char *netns, const char *device)
{
	int fd = open(netns, O_RDONLY | O_CLOEXEC);
	uint32_t index;

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		fail("%s", netns);
	close(fd);
	index = if_nametoindex(device);
	if (!index)
		fail("%s", device);
	return index;
}

static int map_of(const struct run *run, const char *name)
{
	int fd = bpf_object__find_map_fd_by_name(run->object, name);

	if (fd < 0)
		fail("map %s", name);
	return fd;
}

static int program_of(const struct run *run, const char *name)
{
	return bpf_program__fd(bpf_object__find_program_by_name(run->object, name));
}

static void read_packets(struct run *run, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[TEMPLATE_BYTES * 2 + 2];
	uint32_t count = 0;

	while (file && fgets(line, sizeof(line), file)) {
		struct template template = { 0 };
		uint8_t *bytes = (uint8_t *)template.words;
		size_t length = strcspn(line, "\n") / 2;

		for (size_t i = 0; i < length; i++)
			sscanf(line + 2 * i, "%2hhx", &bytes[i]);
		if (run->length && run->length != length)
			fail("%s: packets differ in length", path);
		run->length = length;
		if (bpf_map_update_elem(map_of(run, "templates"), &count, &template, BPF_ANY))
			fail("%s: packet %u", path, count);
		count++;
	}
	if (!count)
		fail("%s: no packets", path);
	fclose(file);
	run->generator->count = count;
}

static void attach_sink(struct run *run, uint32_t index, int is_xdp)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = index, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, options, .prog_fd = program_of(run, "count_packets"));

	if (is_xdp && bpf_xdp_attach(index, program_of(run, "count_frames"), 0, NULL))
		fail("sink");
	if (is_xdp)
		return;
	bpf_tc_hook_create(&hook);
	if (bpf_tc_attach(&hook, &options))
		fail("sink");
}

static void detach_sink(uint32_t index, int is_xdp)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = index, .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);

	if (is_xdp)
		bpf_xdp_detach(index, 0, NULL);
	else
		bpf_tc_hook_destroy(&hook);
}

static uint64_t received(const struct run *run)
{
	uint64_t counts[1024] = { 0 }, total = 0;
	uint32_t zero = 0;

	bpf_map_lookup_elem(map_of(run, "seen"), &zero, counts);
	for (int cpu = 0; cpu < libbpf_num_possible_cpus(); cpu++)
		total += counts[cpu];
	return total;
}

static int ksoftirqd(int cpu)
{
	char wanted[32], path[64], comm[32];
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	snprintf(wanted, sizeof(wanted), "ksoftirqd/%d\n", cpu);
	while (proc && (entry = readdir(proc))) {
		int pid = atoi(entry->d_name), found = 0;
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		if (!pid || !(file = fopen(path, "re")))
			continue;
		found = fgets(comm, sizeof(comm), file) && !strcmp(comm, wanted);
		fclose(file);
		if (found) {
			closedir(proc);
			return pid;
		}
	}
	fail("ksoftirqd/%d", cpu);
}

static uint64_t run_time(int pid)
{
	unsigned long long ns = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%llu", &ns) != 1)
		fail("%s", path);
	fclose(file);
	return ns;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static uint64_t cpu_time(const struct run *run)
{
	uint64_t total = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

	for (int i = 0; i < run->other_count; i++)
		total += run_time(run->others[i]);
	return total;
}

/* A burst is let through before the next one comes: who works in user space is not made to throw packets away. */
static void send_all(const struct run *run)
{
	uint8_t frame[TEMPLATE_BYTES] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame, .data_size_in = run->length,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .repeat = run->packets);

	for (uint64_t burst = 0; burst < run->bursts; burst++) {
		uint64_t before = received(run), until;

		if (bpf_prog_test_run_opts(program_of(run, "generate"), &options))
			fail("BPF_PROG_TEST_RUN");
		until = clock_ns(CLOCK_MONOTONIC) + 20000000;
		while (received(run) - before < run->packets && clock_ns(CLOCK_MONOTONIC) < until)
			nanosleep(&(struct timespec){ .tv_nsec = 100000 }, NULL);
	}
}

int main(int count, char **arguments)
{
	struct run run = { 0 };
	uint32_t from, sink, zero = 0;
	uint64_t cpu_ns, wall_ns;
	cpu_set_t cpus;
	int cpu, is_xdp;

	if (count < 10 || sscanf(arguments[8], "%lux%lu", &run.bursts, &run.packets) != 2) {
		fputs("usage: forward OBJECT FROM-NETNS DEVICE SINK-NETNS DEVICE xdp|tc PACKETS BURSTSxPACKETS CPU [PID…]\n", stderr);
		return 2;
	}
	cpu = atoi(arguments[9]);
	is_xdp = !strcmp(arguments[6], "xdp");
	for (int i = 10; i < count && run.other_count < MOST_OTHERS - 1; i++)
		run.others[run.other_count++] = atoi(arguments[i]);
	run.others[run.other_count++] = ksoftirqd(cpu);
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);

	run.object = bpf_object__open_file(arguments[1], NULL);
	if (!run.object || bpf_object__load(run.object))
		fail("%s", arguments[1]);
	run.generator = mmap(NULL, sizeof(*run.generator), PROT_READ | PROT_WRITE, MAP_SHARED, map_of(&run, "state"), 0);
	if (run.generator == MAP_FAILED)
		fail("state");
	read_packets(&run, arguments[7]);
	sink = enter(arguments[4], arguments[5]);
	attach_sink(&run, sink, is_xdp);
	from = enter(arguments[2], arguments[3]); /* a device map finds devices where whoever fills it is */
	if (bpf_map_update_elem(map_of(&run, "out"), &zero, &from, BPF_ANY))
		fail("%s", arguments[3]);

	cpu_ns = cpu_time(&run);
	wall_ns = clock_ns(CLOCK_MONOTONIC);
	send_all(&run);
	cpu_ns = cpu_time(&run) - cpu_ns;
	wall_ns = clock_ns(CLOCK_MONOTONIC) - wall_ns;
	printf("{\"sent\":%lu,\"received\":%lu,\"cpuNs\":%lu,\"wallNs\":%lu}\n", run.bursts * run.packets, received(&run),
	       cpu_ns, wall_ns);
	enter(arguments[4], arguments[5]);
	detach_sink(sink, is_xdp);
	return 0;
}
