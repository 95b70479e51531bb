// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets one permanent neighbour in many network namespaces, which `ip` would need a process each for.
 *
 *   know ADDRESS MAC DEVICE < files of network namespaces, one a line
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what)
{
	fprintf(stderr, "know: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void know(const char *address, const char *mac, const char *device)
{
	struct {
		struct nlmsghdr header;
		struct ndmsg neighbour;
		char attributes[64];
	} request = { .header = { .nlmsg_type = RTM_NEWNEIGH,
				  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE },
		      .neighbour = { .ndm_family = AF_INET, .ndm_state = NUD_PERMANENT } };
	struct rtattr *a = (void *)request.attributes;
	unsigned char octets[6];
	char answer[1024];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	request.neighbour.ndm_ifindex = if_nametoindex(device);
	if (!request.neighbour.ndm_ifindex)
		fail(device);
	a->rta_type = NDA_DST;
	a->rta_len = RTA_LENGTH(4);
	inet_pton(AF_INET, address, RTA_DATA(a));
	a = (void *)((char *)a + RTA_ALIGN(a->rta_len));
	a->rta_type = NDA_LLADDR;
	a->rta_len = RTA_LENGTH(6);
	sscanf(mac, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", &octets[0], &octets[1], &octets[2], &octets[3], &octets[4],
	       &octets[5]);
	memcpy(RTA_DATA(a), octets, 6);
	a = (void *)((char *)a + RTA_ALIGN(a->rta_len));
	request.header.nlmsg_len = (char *)a - (char *)&request;
	if (fd < 0 || send(fd, &request, request.header.nlmsg_len, 0) < 0 || recv(fd, answer, sizeof(answer), 0) < 0)
		fail("netlink");
	errno = -((struct nlmsgerr *)NLMSG_DATA((struct nlmsghdr *)answer))->error;
	if (errno)
		fail(address);
	close(fd);
}

int main(int count, char **arguments)
{
	char line[4096];

	if (count != 4)
		return 2;
	while (fgets(line, sizeof(line), stdin)) {
		int fd;

		line[strcspn(line, "\n")] = 0;
		fd = open(line, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || setns(fd, CLONE_NEWNET))
			fail(line);
		close(fd);
		know(arguments[1], arguments[2], arguments[3]);
	}
	return 0;
}
