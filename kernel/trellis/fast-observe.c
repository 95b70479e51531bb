// SPDX-License-Identifier: GPL-2.0-only
/* What of the fast path is set, and what keeps packets from it now? And, for tests: what would it do with this one? */
#include <bpf/bpf.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "trellis.h"

#define LARGEST_FRAME_OUT 16384

static const char *const reasons[] = {
#define R(name, text) text,
	FAST_REASONS(R)
#undef R
};

static bool somebody_listens(const struct fast *fast)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return fast->state->alive_until > now.tv_sec * 1000000000ull + now.tv_nsec;
}

static void write_host(const struct trellis *t, struct text *out, uint32_t host)
{
	text_comma(out);
	text_put(out, "{");
	text_name_json(out, "namespace", t->fast.names[host].namespace);
	text_name(out, "devices");
	text_put(out, "[");
	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++) {
		if (t->fast.ends[slot].host != host || t->fast.ends[slot].ifindex != t->maps.ends[slot].ifindex)
			continue;
		text_comma(out);
		text_json(out, t->maps.labels[slot].device);
	}
	text_put(out, "]");
	text_name(out, "blocked");
	text_put(out, "[");
	for (uint32_t i = 0; i < FAST_REASON_COUNT; i++) {
		if (!(t->fast.hosts[host].blocked & 1u << i))
			continue;
		text_comma(out);
		text_json(out, reasons[i]);
	}
	text_put(out, "]");
	text_name_bool(out, "xdp", t->fast.names[host].xdp);
	text_name_bool(out, "cached", !t->fast.hosts[host].uncached);
	text_put(out, "}");
}

void fast_write(struct trellis *t, struct text *out)
{
	const struct fast *fast = &t->fast;

	text_name(out, "fast");
	text_put(out, "{");
	text_name_bool(out, "listening", fast->object && somebody_listens(fast));
	text_name(out, "hosts");
	text_put(out, "[");
	for (uint32_t i = 1; fast->object && i < FAST_MAX_HOSTS; i++)
		if (fast->names[i].namespace[0])
			write_host(t, out, i);
	text_put(out, "]");
	text_name(out, "underlays");
	text_put(out, "[");
	for (uint32_t i = 0; fast->object && i < EGRE_MAX_NEIGHBOURS; i++) {
		uint32_t index = 0;

		if (fast->ways[i].mode == FAST_OFF)
			continue;
		bpf_map_lookup_elem(fast->underlays, &i, &index);
		text_comma(out);
		text_put(out, "{");
		text_name_json(out, "underlay", t->maps.paths[i].underlay);
		text_name_json(out, "mode", fast->ways[i].mode == FAST_ON ? "on" : "auto");
		text_name_bool(out, "in", fast->ways[i].ifindex != 0);
		text_name_bool(out, "out", index != 0);
		text_put(out, "}");
	}
	text_put(out, "]}");
}

struct sample {
	const uint8_t *packet;
	size_t length;
	int program;
	uint32_t slot; /* of a port; 0: none */
	const char *device;
};

static void run(struct op *op, const struct sample *sample)
{
	uint8_t in[LARGEST_FRAME_OUT] = { 0 }, out[LARGEST_FRAME_OUT];
	uint32_t meta[2] = { 0x4d79564e, sample->slot };
	size_t before = sample->slot ? sizeof(meta) : 0;
	struct xdp_md context = { .data = before, .data_end = before + sample->length,
				  .ingress_ifindex = if_nametoindex(sample->device) };
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = in, .data_size_in = before + sample->length, .data_out = out,
		    .data_size_out = sizeof(out), .ctx_in = &context, .ctx_size_in = sizeof(context));
	int error;

	memcpy(in, meta, before);
	memcpy(in + before, sample->packet, sample->length);
	error = bpf_prog_test_run_opts(sample->program, &options);
	if (error) {
		op_fail(op, -error, "running the program: %s", strerror(-error));
		return;
	}
	text_name(&op->out, "verdict");
	text_format(&op->out, "%d", (int)options.retval);
	text_name(&op->out, "packet");
	text_put(&op->out, "\"");
	for (size_t i = 0; i < options.data_size_out; i++)
		text_format(&op->out, "%02x", out[i]);
	text_put(&op->out, "\"");
}

/* fast_port is run inside `namespace`, as if a frame had come to `arrived` (the node's device) from the underlay. */
void fast_test_run(struct trellis *t, struct op *op, const uint8_t *packet, size_t length)
{
	const struct json *program = json_member(op->in, "program");
	bool port = !strcmp(program->text, "fast_port");
	struct sample sample = { packet, length, port ? t->fast.on_port : t->fast.on_underlay, 0, NULL };
	const char *namespace, *arrived;
	struct visit visit;

	if (!t->fast.object || length > LARGEST_FRAME_OUT / 2)
		op_fail(op, EINVAL, "program: the fast path is not set here");
	if (op->failed || !take_device(op, "device", &sample.device))
		return;
	if (!port) {
		run(op, &sample);
		return;
	}
	if (!take_name(op, "namespace", &namespace))
		return;
	if (has(op, "arrived") && take_device(op, "arrived", &arrived)) {
		uint32_t index = device_index(t, arrived);

		bpf_map_lookup_elem(t->maps.by_device, &index, &sample.slot);
	}
	if (!op->failed && visit_enter(&visit, t, op, namespace)) {
		run(op, &sample);
		visit_leave(&visit);
	}
}
