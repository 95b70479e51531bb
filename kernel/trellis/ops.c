// SPDX-License-Identifier: GPL-2.0-only
/* The ops there are (PROTOCOL.md). */
#include "trellis.h"

const struct op_kind op_kinds[] = {
	{ "owner.create", owner_create, false },
	{ "owner.delete", owner_delete, false },
	{ "namespace.create", namespace_create, false },
	{ "namespace.configure", namespace_configure, false },
	{ "namespace.delete", namespace_delete, true },
	{ "bridge.create", bridge_create, false },
	{ "veth.create", veth_create, true },
	{ "veth.configure", veth_configure, true },
	{ "device.delete", device_delete, true },
	{ "underlay.set", underlay_set, true },
	{ "underlay.delete", underlay_delete, true },
	{ "virtual.set", virtual_set, true },
	{ "virtual.delete", virtual_delete, true },
	{ "tunnel.set", tunnel_set, true },
	{ "tunnel.delete", tunnel_delete, true },
	{ "limits.set", limits_set, false },
	{ "limits.delete", limits_delete, false },
	{ "container.start", container_start, false },
	{ "container.delete", container_delete, false },
	{ "shape.set", shape_set, true },
	{ "shape.delete", shape_delete, true },
	{ "observe", observe, true },
	{ "stats", stats, true },
	{ "wipe", wipe, true },
	{ "test.run", test_run, true },
	{ "test.send", test_send, false },
	{ NULL, NULL, false },
};
