// SPDX-License-Identifier: GPL-2.0-only
/*
 * `trellis listen`: hears of every change inside the fast virtual hosts, and says so in the maps that the programs read.
 * A process of its own, as a long request must not keep it waiting. While it is alive it says so again and again; when
 * it does not, the programs pass everything to the kernel: nobody would tell them that a route is no more.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <bpf/bpf.h>
#include <time.h>
#include <unistd.h>
#include "run-folder.h"
#include "trellis.h"

#define BEAT_MS 25
#define ALIVE_NS 100000000ull /* four beats: a busy machine may run us late */
#define CHECKS_A_BEAT 5	      /* of hosts in turn: 200 a second, */
#define CHECK_EVERY_NS 1000000000ull /* and none oftener than this unless something is heard */
#define CHECK_APART_NS 50000000ull /* of one host: whoever changes things all the time slows only themselves */
#define REST_NS 500000 /* between rounds: a thousand changes a second are one or two */
#define AT_ONCE 256
#define SOCKETS 3

struct watched {
	bool held;
	bool to_check; /* at the next beat */
	uint64_t checked_at;
	int fds[SOCKETS]; /* NETLINK_ROUTE, NETLINK_NETFILTER, NETLINK_XFRM */
	char namespace[FAST_NAME];
};

struct listener {
	struct trellis t;
	struct fast_host *hosts;
	struct fast_name *names;
	struct fast_way *ways;
	struct fast_state *state;
	struct egre_neighbour *neighbours;
	int underlays, epoll, home; /* home: route events of the node itself */
	uint32_t changes, next;
	struct watched *watched;
};

static const struct {
	int family, groups[14];
} sources[SOCKETS] = {
	{ NETLINK_ROUTE,
	  { RTNLGRP_LINK, RTNLGRP_NEIGH, RTNLGRP_TC, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV4_RULE,
	    RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV6_RULE, RTNLGRP_IPV4_NETCONF, RTNLGRP_IPV6_NETCONF,
	    RTNLGRP_NEXTHOP } },
	{ NETLINK_NETFILTER, { NFNLGRP_NFTABLES } },
	{ NETLINK_XFRM, { XFRMNLGRP_POLICY } },
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static int subscribe(int family, const int *groups)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, family);

	/* Without a number of its own a socket is taken for the sender of what the kernel tells, and left out. */
	if (fd >= 0 && bind(fd, (void *)&any, sizeof(any))) {
		close(fd);
		fd = -1;
	}
	for (; fd >= 0 && *groups; groups++)
		setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, groups, sizeof(*groups));
	return fd;
}

static void forget_flows(struct listener *l, uint32_t host)
{
	uint32_t next = __atomic_add_fetch(&l->state->generations, 1, __ATOMIC_SEQ_CST);

	__atomic_store_n(&l->hosts[host].generation, next, __ATOMIC_SEQ_CST);
}

static void unwatch(struct listener *l, uint32_t host)
{
	struct watched *w = &l->watched[host];

	__atomic_store_n(&l->hosts[host].blocked, FAST_BLOCKED(UNWATCHED), __ATOMIC_SEQ_CST);
	for (int i = 0; i < SOCKETS; i++)
		if (w->held && w->fds[i] >= 0)
			close(w->fds[i]);
	w->held = false;
}

/* The programs learn what is found before they may use flows again. */
static void check(struct listener *l, uint32_t host)
{
	struct fast_finding found;
	struct op op = { 0 };
	struct visit visit;

	if (!visit_enter(&visit, &l->t, &op, l->watched[host].namespace)) {
		unwatch(l, host);
		return;
	}
	found = fast_check();
	visit_leave(&visit);
	l->watched[host].to_check = false;
	l->watched[host].checked_at = now_ns();
	if (found.uncached != l->hosts[host].uncached)
		forget_flows(l, host);
	__atomic_store_n(&l->hosts[host].uncached, found.uncached, __ATOMIC_SEQ_CST);
	__atomic_store_n(&l->hosts[host].blocked, found.blocked, __ATOMIC_SEQ_CST);
}

/* Until it is checked its packets go by the kernel, which is right whatever has changed. */
static void check_soon(struct listener *l, uint32_t host)
{
	if (now_ns() - l->watched[host].checked_at > CHECK_APART_NS) {
		check(l, host);
		return;
	}
	l->watched[host].to_check = true;
	__atomic_or_fetch(&l->hosts[host].blocked, FAST_BLOCKED(UNWATCHED), __ATOMIC_SEQ_CST);
}

static void watch(struct listener *l, uint32_t host)
{
	struct watched *w = &l->watched[host];
	struct op op = { 0 };
	struct visit visit;

	memcpy(w->namespace, l->names[host].namespace, FAST_NAME - 1);
	if (!visit_enter(&visit, &l->t, &op, w->namespace))
		return;
	w->held = true;
	for (int i = 0; i < SOCKETS; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.u64 = (uint64_t)host << 8 | i };

		w->fds[i] = subscribe(sources[i].family, sources[i].groups);
		if (w->fds[i] >= 0)
			epoll_ctl(l->epoll, EPOLL_CTL_ADD, w->fds[i], &event);
	}
	visit_leave(&visit);
	if (w->fds[0] < 0) {
		unwatch(l, host);
		return;
	}
	/* What was learnt while nobody listened is not to be trusted. */
	forget_flows(l, host);
	check(l, host);
}

static void follow_names(struct listener *l)
{
	uint32_t changes = __atomic_load_n(&l->state->changes, __ATOMIC_SEQ_CST);

	if (changes == l->changes)
		return;
	l->changes = changes;
	for (uint32_t i = 1; i < FAST_MAX_HOSTS; i++) {
		bool same = !strcmp(l->watched[i].namespace, l->names[i].namespace);

		if (l->watched[i].held && !same)
			unwatch(l, i);
		if (l->names[i].namespace[0] && !l->watched[i].held)
			watch(l, i);
	}
	fast_allow_underlays(l->underlays, l->ways, l->neighbours, &l->t.nl);
}

/* The kernel looks after its neighbours all the time; these two states only say that it is about to ask one. */
static bool is_routine(const struct nlmsghdr *m)
{
	const struct ndmsg *n = NLMSG_DATA(m);

	return m->nlmsg_type == RTM_NEWNEIGH && n->ndm_state & (NUD_DELAY | NUD_PROBE);
}

struct heard {
	bool changed, to_check;
};

static bool is_of_routes(uint16_t type)
{
	return (type >= RTM_NEWROUTE && type <= RTM_DELROUTE) || type == RTM_NEWNEIGH || type == RTM_DELNEIGH ||
	       type == RTM_NEWADDR || type == RTM_DELADDR || type == RTM_NEWNEXTHOP || type == RTM_DELNEXTHOP;
}

/* More than the socket could hold is a change, too. */
static struct heard hear(int fd, bool routes)
{
	_Alignas(8) static char bytes[65536];
	struct heard heard = { 0 };

	for (int round = 0; round < 64; round++) {
		int n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n < 0 || !routes)
			heard = (struct heard){ true, true };
		if (n < 0)
			continue;
		for (struct nlmsghdr *m = (void *)bytes; routes && NLMSG_OK(m, (unsigned)n); m = NLMSG_NEXT(m, n)) {
			heard.changed |= !is_routine(m);
			heard.to_check |= !is_of_routes(m->nlmsg_type);
		}
	}
	return heard;
}

static void hear_all(struct listener *l, const struct epoll_event *events, int count)
{
	for (int i = 0; i < count; i++) {
		uint32_t host = events[i].data.u64 >> 8, source = events[i].data.u64 & 0xff;
		struct watched *w = &l->watched[host];
		struct heard heard;

		if (!host) {
			hear(l->home, true);
			fast_allow_underlays(l->underlays, l->ways, l->neighbours, &l->t.nl);
			continue;
		}
		if (!w->held)
			continue;
		heard = hear(w->fds[source], source == 0);
		if (heard.changed)
			forget_flows(l, host);
		if (heard.to_check)
			check_soon(l, host);
	}
}

static void check_some(struct listener *l)
{
	for (uint32_t i = 1; i < FAST_MAX_HOSTS; i++)
		if (l->watched[i].held && l->watched[i].to_check)
			check(l, i);
	for (int checked = 0, looked = 0; checked < CHECKS_A_BEAT && looked < FAST_MAX_HOSTS; looked++) {
		l->next = l->next + 1 < FAST_MAX_HOSTS ? l->next + 1 : 1;
		if (!l->watched[l->next].held || now_ns() - l->watched[l->next].checked_at < CHECK_EVERY_NS)
			continue;
		check(l, l->next);
		checked++;
	}
}

static void listen_on(struct listener *l)
{
	struct epoll_event events[AT_ONCE];
	uint64_t next_beat = 0;

	while (l->state->layout == FAST_LAYOUT) {
		int count = epoll_wait(l->epoll, events, AT_ONCE, BEAT_MS);
		uint64_t heard_until = now_ns();

		hear_all(l, events, count < 0 ? 0 : count);
		follow_names(l);
		if (now_ns() >= next_beat) {
			check_some(l);
			next_beat = now_ns() + BEAT_MS * 1000000ull;
		}
		/* What happened up to then has been heard, unless there was more than fits: then the next round comes first. */
		if (count < AT_ONCE)
			__atomic_store_n(&l->state->alive_until, heard_until + ALIVE_NS, __ATOMIC_SEQ_CST);
		if (count > 0)
			nanosleep(&(struct timespec){ .tv_nsec = REST_NS }, NULL);
	}
}

static bool open_maps(struct listener *l)
{
	const char *bpf = l->t.bpf;
	char path[PATH_SIZE];

	l->hosts = fast_memory(bpf, "fast_hosts", sizeof(*l->hosts) * FAST_MAX_HOSTS);
	l->names = fast_memory(bpf, "fast_names", sizeof(*l->names) * FAST_MAX_HOSTS);
	l->ways = fast_memory(bpf, "fast_ways", sizeof(*l->ways) * EGRE_MAX_NEIGHBOURS);
	l->state = fast_memory(bpf, "fast_state", sizeof(*l->state));
	l->neighbours = fast_memory(bpf, "neighbours", sizeof(*l->neighbours) * EGRE_MAX_NEIGHBOURS);
	l->underlays = run_path(path, bpf, "fast_underlays", "") ? bpf_obj_get(path) : -1;
	l->watched = calloc(FAST_MAX_HOSTS, sizeof(*l->watched));
	return l->hosts && l->names && l->ways && l->state && l->neighbours && l->underlays >= 0 && l->watched;
}

/* Only one at a time; the next one waits here until this one is gone, and then trusts nothing it finds. */
static bool take_turn(const char *run)
{
	char path[PATH_SIZE];
	int fd = run_path(path, run, "fast-listener", "") ? open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600) : -1;

	return fd >= 0 && !flock(fd, LOCK_EX);
}

int fast_listen(const struct options *options)
{
	static const int home_groups[] = { RTNLGRP_TC, RTNLGRP_LINK, 0 };
	struct listener l = { 0 };
	struct rlimit files;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	setpriority(PRIO_PROCESS, 0, -15); /* a few microseconds of work; if it may not, it is only later */
	if (!trellis_open(&l.t, options) || !take_turn(options->run) || !open_maps(&l)) {
		fprintf(stderr, "trellis: the fast path has no listener: %s\n", strerror(errno));
		return 1;
	}
	for (uint32_t i = 1; i < FAST_MAX_HOSTS; i++)
		__atomic_store_n(&l.hosts[i].blocked, FAST_BLOCKED(UNWATCHED), __ATOMIC_SEQ_CST);
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	l.home = subscribe(NETLINK_ROUTE, home_groups);
	if (l.epoll < 0 || l.home < 0 ||
	    epoll_ctl(l.epoll, EPOLL_CTL_ADD, l.home, &(struct epoll_event){ .events = EPOLLIN })) {
		perror("trellis: listening");
		return 1;
	}
	l.changes = __atomic_load_n(&l.state->changes, __ATOMIC_SEQ_CST) - 1;
	listen_on(&l);
	return 0;
}

/* One for each `trellis serve`, as it ends with its parent; they take turns. */
void fast_start_listener(struct trellis *t)
{
	start_beside(t, &t->fast.listener, "listen");
}
