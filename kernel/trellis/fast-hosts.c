// SPDX-License-Identifier: GPL-2.0-only
/* Which virtual hosts take the fast path? */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include "ends.h"
#include "links.h"
#include "trellis.h"

struct port {
	struct link link; /* the node's side */
	uint32_t slot;
};

uint32_t fast_host_named(const struct fast *fast, const char *namespace)
{
	for (uint32_t i = 1; i < FAST_MAX_HOSTS; i++)
		if (!strcmp(fast->names[i].namespace, namespace))
			return i;
	return 0;
}

static void tell_listener(struct fast *fast)
{
	__atomic_add_fetch(&fast->state->changes, 1, __ATOMIC_SEQ_CST);
}

/* The end itself says whose it is as well: one look less for each packet. A slot that has another end by now is not touched. */
static void set_end(struct fast *fast, uint32_t slot, struct fast_end end)
{
	struct egre_end *at = &fast->node_ends[slot];

	if (at->ifindex == (end.host ? end.ifindex : fast->ends[slot].ifindex))
		__atomic_store_n(&at->host, end.host, __ATOMIC_SEQ_CST);
	fast->ends[slot] = end;
}

/* What is left under this number in the maps; the programs would not use it, as no end bears the number any more. */
static void clear(struct fast *fast, uint32_t host)
{
	struct fast_output key, next, *previous = NULL;

	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++)
		if (fast->ends[slot].host == host) {
			set_end(fast, slot, (struct fast_end){ 0 });
			bpf_map_delete_elem(fast->ports, &slot);
		}
	while (!bpf_map_get_next_key(fast->outputs, previous, &next)) {
		if (previous && previous->host == host)
			bpf_map_delete_elem(fast->outputs, previous);
		key = next;
		previous = &key;
	}
	if (previous && previous->host == host)
		bpf_map_delete_elem(fast->outputs, previous);
}

static void release(struct fast *fast, uint32_t host)
{
	__atomic_store_n(&fast->hosts[host].blocked, FAST_BLOCKED(UNWATCHED), __ATOMIC_SEQ_CST);
	clear(fast, host);
	memset(&fast->names[host], 0, sizeof(fast->names[host]));
	tell_listener(fast);
}

static uint32_t add(struct fast *fast, const char *namespace)
{
	for (uint32_t i = 1; i < FAST_MAX_HOSTS; i++) {
		if (fast->names[i].namespace[0])
			continue;
		__atomic_store_n(&fast->hosts[i].blocked, FAST_BLOCKED(UNWATCHED), __ATOMIC_SEQ_CST);
		clear(fast, i);
		fast->hosts[i].generation = __atomic_add_fetch(&fast->state->generations, 1, __ATOMIC_SEQ_CST);
		snprintf(fast->names[i].namespace, sizeof(fast->names[i].namespace), "%s", namespace);
		return i;
	}
	return 0;
}

static bool find_ports(struct trellis *t, struct op *op, const struct json *devices, struct port *ports)
{
	size_t n = 0;
	struct batch b;

	batch_open(&b, &t->nl);
	for (const struct json *item = devices->first; item; item = item->next) {
		if (item->kind != JSON_STRING || !device_name_ok(item->text)) {
			op_fail(op, EINVAL, "devices: must hold names of devices");
			return false;
		}
		link_ask(&b, op, item->text, &ports[n++].link);
	}
	batch_send(&b);
	n = 0;
	for (const struct json *item = devices->first; item && !op->failed; item = item->next) {
		struct port *port = &ports[n++];

		port->slot = end_of_device(&t->maps, port->link.index);
		if (!port->slot || !port->link.peer)
			op_fail(op, ENODEV, "devices: there is no virtual interface %s", item->text);
	}
	return !op->failed;
}

/* What another put there stays; and what is ours already needs nothing. */
static int attach(int program, uint32_t index)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info), there = 0;
	int error;

	if (bpf_obj_get_info_by_fd(program, &info, &size))
		return errno;
	if (!bpf_xdp_query_id(index, 0, &there) && there == info.id)
		return 0;
	error = -bpf_xdp_attach(index, program, XDP_FLAGS_DRV_MODE, NULL);
	return error;
}

static void attach_inside(struct trellis *t, struct op *op, const char *namespace, const struct port *ports, size_t count)
{
	struct visit visit;

	if (!visit_enter(&visit, t, op, namespace))
		return;
	for (size_t i = 0; i < count; i++) {
		int error = attach(t->fast.on_port, ports[i].link.peer);

		if (error)
			op_fail(op, error, "devices: XDP inside %s: %s", namespace, strerror(error));
	}
	visit_leave(&visit);
}

/* Frames sent to a port without the program would be lost, so its number is there only with it. */
static bool set_port(struct fast *fast, uint32_t slot, uint32_t index, bool xdp)
{
	if (xdp)
		return !bpf_map_update_elem(fast->ports, &slot, &index, BPF_ANY);
	return !bpf_map_delete_elem(fast->ports, &slot) || errno == ENOENT;
}

static void publish(struct fast *fast, struct op *op, uint32_t host, const struct port *ports, size_t count, bool xdp)
{
	for (size_t i = 0; i < count && !op->failed; i++) {
		struct fast_output output = { host, ports[i].link.peer };
		uint32_t slot = ports[i].slot, index = ports[i].link.index;

		if (!set_port(fast, slot, index, xdp) || bpf_map_update_elem(fast->outputs, &output, &slot, BPF_ANY))
			op_fail(op, errno, "devices: the maps of the fast path: %s", strerror(errno));
		else
			set_end(fast, slot, (struct fast_end){ host, index, ports[i].link.peer, 0 });
	}
}

static bool has_port(const struct port *ports, size_t count, uint32_t slot)
{
	for (size_t i = 0; i < count; i++)
		if (ports[i].slot == slot)
			return true;
	return false;
}

static void detach_inside(struct trellis *t, uint32_t host, const char *namespace)
{
	struct op op = { 0 };
	struct fast_output key, *previous = NULL, next;
	struct visit visit;

	if (!visit_enter(&visit, t, &op, namespace))
		return; /* gone, and its interfaces with it */
	while (!bpf_map_get_next_key(t->fast.outputs, previous, &next)) {
		key = next;
		previous = &key;
		if (key.host == host)
			bpf_xdp_detach(key.inner, XDP_FLAGS_DRV_MODE, NULL);
	}
	visit_leave(&visit);
}

/* Without XDP inside, the tc path alone learns its flows; that costs its veths nothing. */
static void set(struct trellis *t, struct op *op, const char *namespace, const struct json *devices, bool xdp)
{
	struct port *ports = arena_take(op->arena, devices->count * sizeof(*ports) + 1);
	struct fast *fast = &t->fast;
	uint32_t host;

	if (!find_ports(t, op, devices, ports))
		return;
	host = fast_host_named(fast, namespace);
	if (xdp)
		attach_inside(t, op, namespace, ports, devices->count);
	if (op->failed)
		return;
	if (!host && !(host = add(fast, namespace))) {
		op_fail(op, ENOSPC, "namespace: the node has no room for more than %d fast hosts", FAST_MAX_HOSTS - 1);
		return;
	}
	for (uint32_t slot = 1; slot < EGRE_MAX_ENDS; slot++)
		if (fast->ends[slot].host == host && !has_port(ports, devices->count, slot))
			set_end(fast, slot, (struct fast_end){ 0 });
	publish(fast, op, host, ports, devices->count, xdp);
	if (!xdp && fast->names[host].xdp)
		detach_inside(t, host, namespace);
	fast->names[host].xdp = xdp;
	tell_listener(fast);
}

void fast_set(struct trellis *t, struct op *ops, size_t count)
{
	const char *namespace;
	const struct json *devices;
	char error[200];
	bool xdp;

	for (size_t i = 0; i < count; i++) {
		if (!take_name(&ops[i], "namespace", &namespace) || !take_array(&ops[i], "devices", &devices) ||
		    !take_bool(&ops[i], "xdp", &xdp))
			continue;
		if (!fast_open(t, error, sizeof(error)))
			op_fail(&ops[i], ENOSYS, "%s", error);
		else
			set(t, &ops[i], namespace, devices, xdp);
	}
}

void fast_delete(struct trellis *t, struct op *ops, size_t count)
{
	const char *namespace;

	fast_open_if_used(t);
	for (size_t i = 0; i < count; i++) {
		uint32_t host = 0;

		if (!take_name(&ops[i], "namespace", &namespace) || !t->fast.object)
			continue;
		host = fast_host_named(&t->fast, namespace);
		if (host && t->fast.names[host].xdp)
			detach_inside(t, host, namespace);
		if (host)
			release(&t->fast, host);
	}
}

void fast_forget(struct trellis *t, const char *const *namespaces, size_t count)
{
	fast_open_if_used(t);
	for (size_t i = 0; t->fast.object && i < count; i++) {
		uint32_t host = fast_host_named(&t->fast, namespaces[i]);

		if (host)
			release(&t->fast, host);
	}
}

/* Newer programs in the place of older ones, each at one instant. */
void fast_attach_ports(struct trellis *t)
{
	struct fast_output key, *previous = NULL, next;

	while (!bpf_map_get_next_key(t->fast.outputs, previous, &next)) {
		struct op op = { 0 };
		struct visit visit;

		key = next;
		previous = &key;
		if (!t->fast.names[key.host % FAST_MAX_HOSTS].xdp ||
		    !visit_enter(&visit, t, &op, t->fast.names[key.host % FAST_MAX_HOSTS].namespace))
			continue;
		attach(t->fast.on_port, key.inner);
		visit_leave(&visit);
	}
}
