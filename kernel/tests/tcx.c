// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests: tcx DEVICE prints the ids of the programs that tcx has there, one a line, in the order in which they see a packet.
 * iproute2 of Debian 12 does not know of them.
 */
#include <linux/bpf.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define INGRESS 46 /* BPF_TCX_INGRESS, Linux 6.6 */

int main(int argc, char **argv)
{
	uint32_t ids[64];
	union bpf_attr attributes;

	if (argc != 2)
		return 2;
	memset(&attributes, 0, sizeof(attributes));
	attributes.query.target_fd = if_nametoindex(argv[1]);
	attributes.query.attach_type = INGRESS;
	attributes.query.prog_ids = (uintptr_t)ids;
	attributes.query.prog_cnt = sizeof(ids) / sizeof(*ids);
	if (syscall(SYS_bpf, BPF_PROG_QUERY, &attributes, sizeof(attributes))) {
		perror(argv[1]);
		return 1;
	}
	for (uint32_t i = 0; i < attributes.query.prog_cnt; i++)
		printf("%u\n", ids[i]);
	return 0;
}
