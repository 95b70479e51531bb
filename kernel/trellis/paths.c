// SPDX-License-Identifier: GPL-2.0-only
/* The process that looks after the ways to other nodes (paths.h). */
#include <net/if.h> /* first: the kernel's header of that name then leaves out what both have */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "ends.h"
#include "neighbours.h"
#include "paths.h"
#include "run-folder.h"

#define LOOK_MS 5000 /* what routers on the way said is forgotten about then */

struct watch {
	struct trellis t;
	struct ring_buffer *ring;
	int answers, icmp, icmpv6, news; /* sockets */
	int ring_fd;
};

static int pinned(const char *bpf, const char *name)
{
	char path[PATH_SIZE];

	return run_path(path, bpf, name, "") ? bpf_obj_get(path) : -1;
}

/* Without loading the programs: they are there, or somebody will start us again. */
static bool open_maps(struct watch *w)
{
	struct maps *m = &w->t.maps;

	m->ends = fast_memory(w->t.bpf, "ends", sizeof(*m->ends) * EGRE_MAX_ENDS);
	m->neighbours = fast_memory(w->t.bpf, "neighbours", sizeof(*m->neighbours) * EGRE_MAX_NEIGHBOURS);
	m->paths = fast_memory(w->t.bpf, "path_labels", sizeof(*m->paths) * EGRE_MAX_NEIGHBOURS);
	m->by_tunnel = pinned(w->t.bpf, "by_tunnel");
	m->by_path = pinned(w->t.bpf, "by_path");
	m->node_drops = pinned(w->t.bpf, "node_drops");
	return m->ends && m->neighbours && m->paths && m->by_tunnel >= 0 && m->by_path >= 0 && m->node_drops >= 0;
}

/* Somebody removed all there was, and may have made it anew. */
static bool is_stale(const struct watch *w)
{
	struct bpf_map_info ours = { 0 }, there = { 0 };
	__u32 size = sizeof(ours);
	int fd = pinned(w->t.bpf, "too_long"), stale;

	stale = fd < 0 || bpf_obj_get_info_by_fd(w->ring_fd, &ours, &size) || bpf_obj_get_info_by_fd(fd, &there, &size) ||
		ours.id != there.id;
	if (fd >= 0)
		close(fd);
	return stale;
}

static int tell(void *context, void *data, size_t size)
{
	const struct egre_too_long *too_long = data;
	const struct watch *w = context;
	uint8_t frame[PATH_ANSWER];
	size_t length = size == sizeof(*too_long) ? path_answer(too_long, frame) : 0;

	if (length)
		path_send(&w->t.maps, w->answers, too_long->slot, frame, length);
	return 0;
}

/* Only this process counts them, so that what it reads is what it adds to. */
static void count_stray(const struct watch *w)
{
	__u64 of_cpus[libbpf_num_possible_cpus()];
	__u32 reason = EGRE_DROP_PATH_ERROR;

	if (bpf_map_lookup_elem(w->t.maps.node_drops, &reason, of_cpus))
		return;
	of_cpus[0]++;
	bpf_map_update_elem(w->t.maps.node_drops, &reason, of_cpus, BPF_ANY);
}

/* Believed only from who knows addresses and key of a tunnel: anybody can send ICMP (RFC 5927 4). */
static void believe(struct watch *w, const struct path_error *error)
{
	struct egre_path path = { error->tunnel.remote, error->tunnel.local };
	uint32_t neighbour, slot;

	if (bpf_map_lookup_elem(w->t.maps.by_path, &path, &neighbour) || neighbour >= EGRE_MAX_NEIGHBOURS ||
	    bpf_map_lookup_elem(w->t.maps.by_tunnel, &error->tunnel, &slot)) {
		count_stray(w);
		return;
	}
	neighbour_takes_less(&w->t.maps.neighbours[neighbour], &w->t.maps.paths[neighbour], error->mtu);
}

static void hear_errors(struct watch *w, int fd, bool (*read_error)(const uint8_t *, size_t, struct path_error *))
{
	uint8_t bytes[2048];
	ssize_t length;

	while ((length = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
		struct path_error error;

		if (read_error(bytes, length, &error))
			believe(w, &error);
	}
}

static bool is_underlay(const struct watch *w, uint32_t index)
{
	for (uint32_t i = 0; i < EGRE_MAX_NEIGHBOURS; i++)
		if (w->t.maps.neighbours[i].ifindex == index)
			return true;
	return false;
}

/* True: a way may take another length now. Virtual interfaces come and go by thousands, and say nothing of ways. */
static bool hear_news(const struct watch *w)
{
	_Alignas(8) char bytes[65536];
	bool matters = false;
	ssize_t length;

	while ((length = recv(w->news, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0 || (length < 0 && errno == ENOBUFS)) {
		int left = length;

		matters |= length < 0;
		for (struct nlmsghdr *m = (void *)bytes; length > 0 && NLMSG_OK(m, left); m = NLMSG_NEXT(m, left))
			matters |= m->nlmsg_type != RTM_NEWLINK ||
				   is_underlay(w, ((struct ifinfomsg *)NLMSG_DATA(m))->ifi_index);
	}
	return matters;
}

static void measure(struct watch *w)
{
	struct arena arena = { 0 };

	neighbours_measure(&w->t, &arena);
	arena_free(&arena);
}

static void watch(struct watch *w)
{
	struct pollfd ready[] = {
		{ .fd = ring_buffer__epoll_fd(w->ring), .events = POLLIN },
		{ .fd = w->news, .events = POLLIN },
		{ .fd = w->icmp, .events = POLLIN },
		{ .fd = w->icmpv6, .events = POLLIN },
	};

	for (;;) {
		int count = poll(ready, 4, LOOK_MS);

		if (count == 0 && is_stale(w))
			return;
		if (count == 0 || (count > 0 && ready[1].revents && hear_news(w)))
			measure(w);
		if (count > 0 && ready[2].revents)
			hear_errors(w, w->icmp, path_error_ipv4);
		if (count > 0 && ready[3].revents)
			hear_errors(w, w->icmpv6, path_error_ipv6);
		ring_buffer__consume(w->ring);
	}
}

static void open_sockets(struct watch *w)
{
	static const int groups[] = { RTNLGRP_LINK, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE };
	struct icmp_filter errors = { ~(1u << ICMP_DEST_UNREACH) };
	uint32_t errors_ipv6[8];
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };

	w->answers = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	w->icmp = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
	setsockopt(w->icmp, SOL_RAW, ICMP_FILTER, &errors, sizeof(errors));
	w->icmpv6 = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6); /* -1 without IPv6, which poll passes over */
	memset(errors_ipv6, 0xff, sizeof(errors_ipv6));
	errors_ipv6[0] &= ~(1u << ICMPV6_PKT_TOOBIG);
	setsockopt(w->icmpv6, IPPROTO_ICMPV6, ICMPV6_FILTER, errors_ipv6, sizeof(errors_ipv6));
	w->news = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	bind(w->news, (void *)&any, sizeof(any));
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		setsockopt(w->news, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i], sizeof(*groups));
}

/* One a node: the next waits here until this one is gone. */
static bool take_turn(const char *run)
{
	char path[PATH_SIZE];
	int fd = run_path(path, run, "paths.lock", "") ? open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600) : -1;

	return fd >= 0 && !flock(fd, LOCK_EX);
}

int paths(const struct options *options)
{
	struct watch w = { 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!trellis_open(&w.t, options) || !take_turn(options->run) || !open_maps(&w)) {
		fprintf(stderr, "trellis: nobody looks after the ways to other nodes: %s\n", strerror(errno));
		return 1;
	}
	open_sockets(&w);
	w.ring_fd = pinned(options->bpf, "too_long");
	w.ring = ring_buffer__new(w.ring_fd, tell, &w, NULL);
	if (!w.ring || w.answers < 0 || w.icmp < 0 || w.news < 0) {
		perror("trellis: looking after the ways to other nodes");
		return 1;
	}
	watch(&w);
	return 0;
}

void paths_start(struct trellis *t)
{
	start_beside(t, &t->paths, "paths");
}

void paths_stop(struct trellis *t)
{
	if (t->paths > 0) {
		kill(t->paths, SIGKILL);
		waitpid(t->paths, NULL, 0);
	}
	t->paths = 0;
}
