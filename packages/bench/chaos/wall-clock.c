// Another wall clock for the processes that load this library, as if somebody had set their machine's: what a process
// reads of CLOCK_REALTIME is moved by the seconds in the file OFFSET_FILE (one int64), which may change while it runs.
// Clocks that only go forward stay as they are, as they do when a clock is set (clock_settime(2)).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t zero;
static const volatile int64_t *offset_s = &zero;
static int (*next_clock)(clockid_t, struct timespec *);

__attribute__((constructor)) static void open_offset(void) {
	next_clock = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	int file = open(OFFSET_FILE, O_RDONLY | O_CLOEXEC);
	if (file < 0) return;
	void *map = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
	if (map != MAP_FAILED) offset_s = map;
	close(file);
}

int clock_gettime(clockid_t id, struct timespec *now) {
	// Another library's constructor may ask before ours has run.
	if (!next_clock) next_clock = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	int failed = next_clock(id, now);
	if (!failed && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) now->tv_sec += *offset_s;
	return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
	(void)zone;
	struct timespec t;
	int failed = clock_gettime(CLOCK_REALTIME, &t);
	if (!failed) *now = (struct timeval){.tv_sec = t.tv_sec, .tv_usec = t.tv_nsec / 1000};
	return failed;
}

time_t time(time_t *out) {
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	if (out) *out = t.tv_sec;
	return t.tv_sec;
}
