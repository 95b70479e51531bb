// SPDX-License-Identifier: GPL-2.0-only
/*
 * What do the programs do with a million frames that nobody would send?
 *
 *   fuzz BPF-FOLDER RUNS SEED < FRAMES          FRAMES: "from_underlay IFINDEX HEX" or "from_virtual …", one a line
 *
 * Frames are changed at random and given to the programs as trellis pinned them, with the node's real maps. After each
 * the counters are compared with what must hold: a frame is passed on, dropped for exactly one named reason, or sent to
 * exactly the end that its own end leads to, its contents whole; or, of a flow that is known, through its router. Prints what happened as JSON; a frame that breaks a
 * rule is printed, and ends it with 1.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../include/fast.h"
#include "fuzz-frames.h"

#define MOST_SEEDS 128
#define SLOTS 24 /* all that a test uses */
#define PASS (-1)
#define SHOT 2
#define REDIRECT 7

struct seed {
	int is_virtual;
	uint32_t ifindex;
	size_t length;
	uint8_t bytes[LARGEST];
};

struct readings {
	struct egre_counters ends[SLOTS];
	struct egre_drops end_drops[SLOTS];
	uint64_t node[EGRE_REASON_COUNT];
};

static const char *const reasons[] = {
#define R(name, text) text,
	EGRE_REASONS(R)
#undef R
};

static struct seed seeds[MOST_SEEDS];
static size_t seed_count;
static int programs[2], ends_map, neighbours_map, passed_map, end_drops_map, drops_map, hosts_map, flows_map, cpus;
static struct egre_end ends[SLOTS];
static struct egre_neighbour neighbours[EGRE_MAX_NEIGHBOURS];
static uint64_t verdicts[3], dropped[EGRE_REASON_COUNT], refused, past_router;

static int pinned(const char *folder, const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = bpf_obj_get(path);
	if (fd < 0) {
		perror(path);
		exit(2);
	}
	return fd;
}

static void read_seeds(void)
{
	static char line[LARGEST * 2 + 64], hex[LARGEST * 2 + 2];
	char program[32];

	while (seed_count < MOST_SEEDS && fgets(line, sizeof(line), stdin)) {
		struct seed *s = &seeds[seed_count];

		if (sscanf(line, "%31s %u %4096s", program, &s->ifindex, hex) != 3)
			continue;
		s->is_virtual = !strcmp(program, "from_virtual");
		for (s->length = 0; hex[s->length * 2] && s->length < LARGEST / 2; s->length++)
			sscanf(hex + s->length * 2, "%2hhx", &s->bytes[s->length]);
		seed_count++;
	}
	if (!seed_count) {
		fputs("no frames\n", stderr);
		exit(2);
	}
}

/* The first `count` entries of a map for each processor, `words` numbers of 64 bits each, added up over processors. */
static void add_up(int map, uint64_t *to, size_t words, uint32_t count)
{
	static uint64_t of_cpus[SLOTS * 64 * 12];
	uint32_t keys[EGRE_REASON_COUNT > SLOTS ? EGRE_REASON_COUNT : SLOTS], cursor, n = count;

	if (count * words * cpus > sizeof(of_cpus) / sizeof(*of_cpus) ||
	    (bpf_map_lookup_batch(map, NULL, &cursor, keys, of_cpus, &n, NULL) && errno != ENOENT))
		exit(2);
	for (size_t i = 0; i < n * words * cpus; i++)
		to[i / (words * cpus) * words + i % words] += of_cpus[i];
}

static void add_passed(struct egre_counters *to, uint32_t place)
{
	struct egre_counters passed;

	if (bpf_map_lookup_elem(passed_map, &place, &passed))
		exit(2);
	to->in_packets += passed.in_packets;
	to->in_bytes += passed.in_bytes;
	to->out_packets += passed.out_packets;
	to->out_bytes += passed.out_bytes;
}

static void read_counters(struct readings *r)
{
	memset(r, 0, sizeof(*r));
	for (uint32_t cpu = 0; cpu < (uint32_t)cpus; cpu++)
		for (uint32_t slot = 0; slot < SLOTS; slot++)
			add_passed(&r->ends[slot], cpu * EGRE_MAX_ENDS + slot);
	add_up(end_drops_map, (uint64_t *)r->end_drops, EGRE_END_REASONS, SLOTS);
	add_up(drops_map, r->node, 1, EGRE_REASON_COUNT);
}

static void fail(const char *rule, const struct seed *s, const uint8_t *p, size_t length, uint64_t run)
{
	fprintf(stderr, "run %lu breaks a rule: %s\n%s %u ", run, rule, s->is_virtual ? "from_virtual" : "from_underlay", s->ifindex);
	for (size_t i = 0; i < length; i++)
		fprintf(stderr, "%02x", p[i]);
	fputc('\n', stderr);
	exit(1);
}

/* The inner frame as the wire has it, or the frame itself where it comes from a virtual host. */
static const uint8_t *contents(const struct seed *s, const uint8_t *p, size_t length, size_t *size)
{
	size_t outer = p[12] == 8 ? 42 : 62, claimed = p[12] == 8 ? 14 + (p[16] << 8 | p[17]) : 54 + (p[18] << 8 | p[19]);

	if (s->is_virtual) {
		*size = length;
		return p;
	}
	*size = claimed <= length && claimed >= outer ? claimed - outer : 0;
	return p + outer;
}

static int same_address(const uint8_t *wire, const struct egre_address *a, size_t length)
{
	return !memcmp(wire, a->octets + 16 - length, length);
}

/* Does this tunnel's header stand before the frame, from `from` to `to`? */
static int has_outer(const uint8_t *p, const struct egre_end *tunnel, int leaving)
{
	const struct egre_neighbour *n = &neighbours[tunnel->neighbour];
	const struct egre_address *from = leaving ? &n->local : &n->remote, *to = leaving ? &n->remote : &n->local;

	if (n->flags & EGRE_IPV6)
		return p[12] == 0x86 && p[13] == 0xdd && p[20] == 47 && same_address(p + 22, from, 16) &&
		       same_address(p + 38, to, 16) && !memcmp(p + 54, "\x20\0\x65\x58", 4) && !memcmp(p + 58, &tunnel->key, 4);
	return p[12] == 8 && p[13] == 0 && p[14] == 0x45 && p[23] == 47 && same_address(p + 26, from, 4) &&
	       same_address(p + 30, to, 4) && !memcmp(p + 34, "\x20\0\x65\x58", 4) && !memcmp(p + 38, &tunnel->key, 4);
}

static const char *check_sent(const struct seed *s, const uint8_t *in, size_t length, const uint8_t *out, size_t out_length,
			      uint32_t from, uint32_t to)
{
	size_t size, outer = 0;
	const uint8_t *inner = contents(s, in, length, &size);

	if (!from || ends[from].to != to || !to)
		return "it was sent to another end than its own leads to";
	if (ends[from].kind == EGRE_TUNNEL && !has_outer(in, &ends[from], 0))
		return "it was taken for a tunnel that it is not of";
	if (ends[from].kind == EGRE_DEVICE && ends[from].ifindex != s->ifindex)
		return "it was taken for another virtual interface's";
	if (ends[to].kind == EGRE_TUNNEL) {
		outer = neighbours[ends[to].neighbour].flags & EGRE_IPV6 ? 62 : 42;
		if (out_length < outer || !has_outer(out, &ends[to], 1))
			return "it left with another outer header than its tunnel's";
		if (out_length - outer < size)
			return "something of it was lost";
	}
	if (!size || out_length - outer < size || memcmp(out + outer, inner, size))
		return "its contents were changed";
	for (size_t i = outer + size; i < out_length && !s->is_virtual && ends[to].kind == EGRE_DEVICE; i++)
		if (out[i])
			return "more than it claims was delivered";
	return NULL;
}

static uint32_t end_of_router(uint32_t after)
{
	while (++after < SLOTS)
		if (ends[after].kind == EGRE_DEVICE && ends[after].host)
			return after;
	return 0;
}

/* What routers learn does not live as long as this runs: one flow from their first interface to the second is kept fresh. */
static void keep_flow(void)
{
	struct fast_flow4_key key = { .slot = end_of_router(0), .from = inet_addr("10.0.0.1"), .to = inet_addr("10.0.0.2") };
	struct fast_flow flow = { .out = end_of_router(key.slot), .dmac = { 2, 9, 9, 9, 9, 9 }, .smac = { 2, 8, 8, 8, 8, 8 }, .mtu = 1500 };
	uint32_t host = ends[key.slot].host;
	struct fast_host router;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	flow.learnt = (now.tv_sec * 1000000000ull + now.tv_nsec) >> FAST_TICK_SHIFT;
	if (!flow.out || bpf_map_lookup_elem(hosts_map, &host, &router))
		return;
	flow.generation = router.generation;
	bpf_map_update_elem(flows_map, &key, &flow, BPF_ANY);
}

static int sums_to_nothing(const uint8_t *ip)
{
	uint32_t sum = 0;

	for (int i = 0; i < 20; i += 2)
		sum += ip[i] << 8 | ip[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16) == 0xffff;
}

/* In by a tunnel, to a router's interface, out of another of its interfaces, into that one's tunnel: all four counted. */
static const char *check_past_router(const struct seed *s, const uint8_t *in, size_t length, const uint8_t *out, size_t out_length,
				     const struct readings *before, const struct readings *after)
{
	uint32_t from[3] = { 0 }, to[3] = { 0 }; /* by kind */
	const uint8_t *was, *is = out + 42;
	size_t size;

	for (uint32_t i = 0; i < SLOTS; i++) {
		if (after->ends[i].in_packets != before->ends[i].in_packets)
			from[ends[i].kind % 3] = i;
		if (after->ends[i].out_packets != before->ends[i].out_packets)
			to[ends[i].kind % 3] = i;
	}
	if (!from[EGRE_TUNNEL] || !from[EGRE_DEVICE] || !to[EGRE_DEVICE] || !to[EGRE_TUNNEL] || from[EGRE_DEVICE] == to[EGRE_DEVICE])
		return "it was sent twice, and not past a router";
	if (ends[from[EGRE_TUNNEL]].to != to[EGRE_DEVICE] || ends[from[EGRE_DEVICE]].to != to[EGRE_TUNNEL] ||
	    !ends[to[EGRE_DEVICE]].host || ends[to[EGRE_DEVICE]].host != ends[from[EGRE_DEVICE]].host)
		return "it was sent past a router to where that one could not send it";
	was = contents(s, in, length, &size);
	if (!has_outer(in, &ends[from[EGRE_TUNNEL]], 0) || out_length != size + 42 || !has_outer(out, &ends[to[EGRE_TUNNEL]], 1))
		return "it was sent past a router with other headers than its tunnels'";
	if (size < 34 || memcmp(was, ends[to[EGRE_DEVICE]].mac, 6) || was[12] != 8 || was[13] || was[14] != 0x45 || was[20] & 0x3f ||
	    was[21] || was[23] == 1 || !sums_to_nothing(was + 14) || memcmp(was + 26, "\x0a\0\0\1\x0a\0\0\2", 8))
		return "its router would have had more to do with it";
	if (is[22] != was[22] - 1 || !is[22] || !sums_to_nothing(is + 14) || memcmp(is, "\2\x9\x9\x9\x9\x9\2\x8\x8\x8\x8\x8", 12) ||
	    memcmp(is + 12, was + 12, 10) || is[23] != was[23] || memcmp(is + 26, was + 26, size - 26))
		return "more of it was changed than a router would";
	past_router++;
	return NULL;
}

static void run_one(uint64_t run)
{
	static uint8_t in[LARGEST], out[LARGEST + 512];
	static struct readings old, before, after;
	static int have;
	const struct seed *s = &seeds[below(seed_count)];
	struct __sk_buff context = { .ifindex = s->ifindex };
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = in, .data_out = out, .data_size_out = sizeof(out),
		    .ctx_in = &context, .ctx_size_in = sizeof(context));
	uint32_t from = 0, to = 0, drops = 0, outs = 0;
	const char *rule = NULL;

	memcpy(in, s->bytes, s->length);
	options.data_size_in = mutate(in, s->length);
	if (!below(16))
		context.gso_size = 1 + below(1500);
	if (!have)
		read_counters(&before);
	have = 1;
	if (bpf_prog_test_run_opts(programs[s->is_virtual], &options)) {
		refused++; /* by the kernel, which wants a whole IP header where Ethernet says so */
		return;
	}
	read_counters(&after);
	for (uint32_t i = 0; i < SLOTS; i++) {
		from = after.ends[i].in_packets != before.ends[i].in_packets ? i : from;
		if (after.ends[i].out_packets != before.ends[i].out_packets)
			to = i, outs++;
		for (uint32_t r = 0; r < EGRE_END_REASONS; r++)
			if (after.end_drops[i].of[r] != before.end_drops[i].of[r])
				drops += after.end_drops[i].of[r] - before.end_drops[i].of[r], dropped[r]++;
	}
	for (uint32_t r = 0; r < EGRE_REASON_COUNT; r++)
		if (after.node[r] != before.node[r])
			drops += after.node[r] - before.node[r], dropped[r]++;
	old = before;
	before = after;

	switch ((int)options.retval) {
	case PASS:
		verdicts[0]++;
		if (drops || outs || from || s->is_virtual)
			rule = "it was passed to the kernel and counted, or came from a virtual host";
		break;
	case SHOT:
		verdicts[1]++;
		if (drops != 1 || outs)
			rule = "it was dropped for no reason, or for more than one";
		break;
	case REDIRECT:
		verdicts[2]++;
		if (drops || (outs != 1 && outs != 2))
			rule = "it was sent and dropped, or sent more than once";
		else if (outs == 2 && !context.gso_size)
			rule = check_past_router(s, in, options.data_size_in, out, options.data_size_out, &old, &after);
		else if (!context.gso_size)
			rule = check_sent(s, in, options.data_size_in, out, options.data_size_out, from, to);
		break;
	default:
		rule = "there is no such verdict";
	}
	if (rule)
		fail(rule, s, in, options.data_size_in, run);
}

static void print(uint64_t runs, double seconds)
{
	printf("{\"runs\":%lu,\"refused\":%lu,\"passed\":%lu,\"dropped\":%lu,\"sent\":%lu,\"pastRouter\":%lu,\"seconds\":%.1f,\"reasons\":{", runs, refused,
	       verdicts[0], verdicts[1], verdicts[2], past_router, seconds);
	for (uint32_t r = 1, first = 1; r < EGRE_REASON_COUNT; r++)
		if (dropped[r])
			printf("%s\"%s\":%lu", first ? "" : ",", reasons[r], dropped[r]), first = 0;
	puts("}}");
}

int main(int count, char **arguments)
{
	struct timespec start, now;
	cpu_set_t one;
	uint64_t runs;

	if (count != 4) {
		fputs("usage: fuzz BPF-FOLDER RUNS SEED < FRAMES\n", stderr);
		return 2;
	}
	runs = strtoull(arguments[2], NULL, 10);
	state = strtoull(arguments[3], NULL, 10) * 2654435761u + 1;
	programs[0] = pinned(arguments[1], "from_underlay");
	programs[1] = pinned(arguments[1], "from_virtual");
	ends_map = pinned(arguments[1], "ends");
	neighbours_map = pinned(arguments[1], "neighbours");
	passed_map = pinned(arguments[1], "passed");
	end_drops_map = pinned(arguments[1], "end_drops");
	drops_map = pinned(arguments[1], "node_drops");
	hosts_map = pinned(arguments[1], "fast_hosts");
	flows_map = pinned(arguments[1], "fast_flows4");
	cpus = libbpf_num_possible_cpus();
	for (uint32_t i = 0; i < SLOTS; i++)
		bpf_map_lookup_elem(ends_map, &i, &ends[i]);
	for (uint32_t i = 0; i < EGRE_MAX_NEIGHBOURS; i++)
		bpf_map_lookup_elem(neighbours_map, &i, &neighbours[i]);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	read_seeds();
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (uint64_t run = 0; run < runs; run++) {
		if (run % 4096 == 0)
			keep_flow();
		run_one(run);
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	print(runs, now.tv_sec - start.tv_sec + (now.tv_nsec - start.tv_nsec) / 1e9);
	return 0;
}
