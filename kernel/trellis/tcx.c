// SPDX-License-Identifier: GPL-2.0-only
/* By system call: libbpf of Debian 12 is older than tcx. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "tcx.h"

#define INGRESS 46 /* BPF_TCX_INGRESS; as all of these newer than the headers we build with */
#define REPLACE 4  /* BPF_F_REPLACE */
#define MOST_PROGRAMS 64 /* what the kernel allows on one device (BPF_MPROG_MAX) */

static int sys_bpf(int command, union bpf_attr *attributes)
{
	long result = syscall(SYS_bpf, command, attributes, sizeof(*attributes));

	return result < 0 ? -errno : result;
}

static bool is_named(int program, const char *name, uint32_t *id)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(program, &info, &size))
		return false;
	*id = info.id;
	return !strcmp(info.name, name);
}

/* A descriptor of the program of this name on the device, or an errno below zero. */
static int find(uint32_t ifindex, const char *name)
{
	uint32_t ids[MOST_PROGRAMS], id;
	union bpf_attr attributes = { 0 };
	int error, program;

	attributes.query.target_fd = ifindex;
	attributes.query.attach_type = INGRESS;
	attributes.query.prog_ids = (uintptr_t)ids;
	attributes.query.prog_cnt = MOST_PROGRAMS;
	error = sys_bpf(BPF_PROG_QUERY, &attributes);
	if (error)
		return error;
	for (uint32_t i = 0; i < attributes.query.prog_cnt; i++) {
		program = bpf_prog_get_fd_by_id(ids[i]);
		if (program < 0)
			continue; /* it has gone meanwhile */
		if (is_named(program, name, &id))
			return program;
		close(program);
	}
	return -ENOENT;
}

int tcx_attach(uint32_t ifindex, int program)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attributes = { 0 };
	__u32 size = sizeof(info), there;
	int old, error;

	if (bpf_obj_get_info_by_fd(program, &info, &size))
		return errno;
	old = find(ifindex, info.name);
	if (old < 0 && old != -ENOENT)
		return -old;
	if (old >= 0 && is_named(old, info.name, &there) && there == info.id) {
		close(old);
		return 0;
	}
	attributes.target_fd = ifindex;
	attributes.attach_bpf_fd = program;
	attributes.attach_type = INGRESS;
	attributes.attach_flags = old >= 0 ? REPLACE : 0;
	attributes.replace_bpf_fd = old >= 0 ? old : 0;
	error = sys_bpf(BPF_PROG_ATTACH, &attributes);
	if (old >= 0)
		close(old);
	return -error;
}

int tcx_detach(uint32_t ifindex, const char *name)
{
	union bpf_attr attributes = { 0 };
	int program = find(ifindex, name), error;

	if (program < 0)
		return -program;
	attributes.target_fd = ifindex;
	attributes.attach_bpf_fd = program;
	attributes.attach_type = INGRESS;
	error = sys_bpf(BPF_PROG_DETACH, &attributes);
	close(program);
	return -error;
}

bool tcx_is_attached(uint32_t ifindex, const char *name)
{
	int program = find(ifindex, name);

	if (program >= 0)
		close(program);
	return program >= 0;
}
