// SPDX-License-Identifier: GPL-2.0-only
/* How do rate, delay and loss of a link go over time? A file of steps of 10 ms, in RUN/traces, read in place. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "line.h"
#include "run-folder.h"

struct trace {
	struct trace_step *steps;
	uint64_t count;
};

struct trace *trace_open(const char *run, const char *name)
{
	struct trace *trace = NULL;
	char path[PATH_SIZE];
	struct stat info;
	void *memory;
	int fd;

	if (!run_path(path, run, "traces", name))
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (!fstat(fd, &info) && info.st_size >= (off_t)sizeof(struct trace_step)) {
		memory = mmap(NULL, info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		trace = memory == MAP_FAILED ? NULL : malloc(sizeof(*trace));
		if (trace)
			*trace = (struct trace){ memory, info.st_size / sizeof(struct trace_step) };
	}
	close(fd);
	return trace;
}

void trace_close(struct trace *trace)
{
	if (!trace)
		return;
	munmap(trace->steps, trace->count * sizeof(*trace->steps));
	free(trace);
}

static const struct trace_step *step(const struct trace *trace, uint64_t number, bool loop)
{
	if (number >= trace->count)
		number = loop ? number % trace->count : trace->count - 1;
	return &trace->steps[number];
}

struct trace_step trace_at(const struct trace *trace, uint64_t since_ns, bool loop)
{
	return *step(trace, since_ns / TRACE_STEP_NS, loop);
}

/* Steps without a rate are outages: nothing is sent, and what waits goes on waiting. */
uint64_t trace_sent(const struct trace *trace, uint64_t since_ns, uint64_t bits, bool loop)
{
	for (uint64_t looked = 0; looked <= 2 * trace->count; looked++) {
		uint64_t number = since_ns / TRACE_STEP_NS, end = (number + 1) * TRACE_STEP_NS;
		uint64_t kbps = step(trace, number, loop)->rate_kbps;

		if (kbps && since_ns + bits * 1000000 / kbps <= end)
			return since_ns + bits * 1000000 / kbps;
		bits -= (end - since_ns) * kbps / 1000000;
		since_ns = end;
	}
	return UINT64_MAX;
}
