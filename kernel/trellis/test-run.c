// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests. test.run: what does a program do with this packet? Packet in, verdict and packet out, nothing sent.
 * test.send: puts a frame on an interface as it is, as a hostile virtual host or a stranger on the underlay would.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "trellis.h"

#define LARGEST_PACKET 9216

static int digit(char c)
{
	const char *all = "0123456789abcdef", *found = c ? strchr(all, c) : NULL;

	return found ? found - all : -1;
}

static bool take_packet(struct op *op, uint8_t *packet, size_t *length)
{
	const struct json *value = json_member(op->in, "packet");
	const char *text = value && value->kind == JSON_STRING ? value->text : "";

	*length = strlen(text) / 2;
	for (size_t i = 0; i < *length && *length <= LARGEST_PACKET; i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			*length = 0;
		packet[i] = high << 4 | low;
	}
	if (*length >= 14 && *length <= LARGEST_PACKET && strlen(text) % 2 == 0)
		return true;
	op_fail(op, EINVAL, "packet: must be 14 to %d bytes in hexadecimal", LARGEST_PACKET);
	return false;
}

static void run(struct trellis *t, struct op *op)
{
	uint8_t in[LARGEST_PACKET], out[LARGEST_PACKET + 256];
	const struct json *program = json_member(op->in, "program");
	struct __sk_buff context = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = in, .data_out = out, .data_size_out = sizeof(out),
		    .ctx_in = &context, .ctx_size_in = sizeof(context));
	const char *device, *name = program && program->kind == JSON_STRING ? program->text : "";
	bool is_virtual = !strcmp(name, "from_virtual");
	size_t length;
	int error;

	if (!strncmp(name, "fast_", 5)) {
		if (take_packet(op, in, &length))
			fast_test_run(t, op, in, length);
		return;
	}
	if (!is_virtual && strcmp(name, "from_underlay"))
		op_fail(op, EINVAL, "program: must be \"from_virtual\" or \"from_underlay\"");
	if (op->failed || !take_device(op, "device", &device) || !take_packet(op, in, &length))
		return;
	context.ifindex = if_nametoindex(device);
	options.data_size_in = length;
	error = bpf_prog_test_run_opts(is_virtual ? t->maps.from_virtual : t->maps.from_underlay, &options);
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

static void put_on(struct op *op, const char *interface, const uint8_t *packet, size_t length)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(interface) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (!to.sll_ifindex)
		op_fail(op, ENODEV, "interface: there is no %s", interface);
	else if (fd < 0 || sendto(fd, packet, length, 0, (void *)&to, sizeof(to)) < 0)
		op_fail(op, errno, "sending: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
}

void test_send(struct trellis *t, struct op *ops, size_t count)
{
	uint8_t packet[LARGEST_PACKET];
	const char *namespace, *interface;
	struct visit visit;
	size_t length;

	for (size_t i = 0; i < count; i++) {
		struct op *op = &ops[i];

		if (!take_device(op, "interface", &interface) || !take_packet(op, packet, &length))
			continue;
		if (!has(op, "namespace"))
			put_on(op, interface, packet, length);
		else if (take_name(op, "namespace", &namespace) && visit_enter(&visit, t, op, namespace)) {
			put_on(op, interface, packet, length);
			visit_leave(&visit);
		}
	}
}

void test_run(struct trellis *t, struct op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++)
		run(t, &ops[i]);
}
