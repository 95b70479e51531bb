// SPDX-License-Identifier: GPL-2.0-only
/*
 * What in this virtual host would the fast path hide packets from, or decide otherwise than its kernel? Asked in its
 * network namespace when something there has changed, and now and then, as not everything is announced.
 */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/netconf.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/xfrm.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "netlink.h"
#include "trellis.h"

#define ETH_P_ALL 3
#define RULE_LOCAL 0
#define RULE_MAIN 32766 /* and 32767: what every namespace begins with */

static void notice(const struct nlmsghdr *message, void *context)
{
	bool *found = context;

	(void)message;
	*found = true;
}

/* Whether this family of netlink lists anything; a kernel without it has nothing of the kind. */
static bool lists(int family, uint16_t type, const void *header, size_t size)
{
	struct netlink nl = { .fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, family) };
	bool found = false;

	if (nl.fd < 0)
		return false;
	netlink_dump(&nl, type, header, size, NULL, 0, notice, &found);
	netlink_close(&nl);
	return found;
}

static bool is_empty(const char *path)
{
	FILE *file = fopen(path, "re");
	int c = file ? fgetc(file) : EOF;

	if (file)
		fclose(file);
	return c == EOF;
}

static bool has_filter(void)
{
	struct nfgenmsg all = { .nfgen_family = AF_UNSPEC };

	return lists(NETLINK_NETFILTER, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, &all, sizeof(all)) ||
	       !is_empty("/proc/thread-self/net/ip_tables_names") || !is_empty("/proc/thread-self/net/ip6_tables_names");
}

static bool has_xfrm(void)
{
	struct xfrm_userpolicy_id all = { 0 };

	return lists(NETLINK_XFRM, XFRM_MSG_GETPOLICY, &all, sizeof(all));
}

/* tcpdump takes raw frames of every kind; what routing daemons open (IS-IS, LLDP, DHCP) takes less. */
static bool has_capture(void)
{
	FILE *file = fopen("/proc/thread-self/net/packet", "re");
	unsigned type, protocol;
	bool found = false;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		found |= sscanf(line, "%*s %*s %u %x", &type, &protocol) == 2 && type == SOCK_RAW && protocol == ETH_P_ALL;
	if (file)
		fclose(file);
	return found;
}

static void find_queue(const struct nlmsghdr *message, void *context)
{
	const struct rtattr *a[TCA_MAX + 1];
	bool *found = context;

	attributes_of(message, sizeof(struct tcmsg), a, TCA_MAX + 1);
	*found |= a[TCA_KIND] && strcmp(RTA_DATA(a[TCA_KIND]), "noqueue");
}

static bool has_queues(struct netlink *nl)
{
	struct tcmsg all = { 0 };
	bool found = false;

	netlink_dump(nl, RTM_GETQDISC, &all, sizeof(all), NULL, 0, find_queue, &found);
	return found;
}

/* A router that checks where packets come from (RFC 3704) does so in its kernel. */
static void find_source_check(const struct nlmsghdr *message, void *context)
{
	const struct rtattr *a[NETCONFA_MAX + 1];
	bool *found = context;

	attributes_of(message, sizeof(struct netconfmsg), a, NETCONFA_MAX + 1);
	*found |= a[NETCONFA_RP_FILTER] && attribute_u32(a[NETCONFA_RP_FILTER]) != 0;
}

static bool checks_sources(struct netlink *nl)
{
	struct netconfmsg all = { .ncm_family = AF_INET };
	bool found = false;

	netlink_dump(nl, RTM_GETNETCONF, &all, sizeof(all), NULL, 0, find_source_check, &found);
	return found;
}

static void find_rule(const struct nlmsghdr *message, void *context)
{
	const struct rtattr *a[FRA_MAX + 1];
	bool *found = context;
	uint32_t priority;

	attributes_of(message, sizeof(struct fib_rule_hdr), a, FRA_MAX + 1);
	priority = a[FRA_PRIORITY] ? attribute_u32(a[FRA_PRIORITY]) : RULE_LOCAL;
	*found |= priority != RULE_LOCAL && priority != RULE_MAIN && priority != RULE_MAIN + 1;
}

static bool has_rules(struct netlink *nl)
{
	struct fib_rule_hdr all = { .family = AF_INET };
	bool found = false;

	netlink_dump(nl, RTM_GETRULE, &all, sizeof(all), NULL, 0, find_rule, &found);
	all.family = AF_INET6;
	netlink_dump(nl, RTM_GETRULE, &all, sizeof(all), NULL, 0, find_rule, &found);
	return found;
}

/* With policy 0 several routes are shared out by addresses, which a flow has in its key; with others by more. */
static bool hashes_more_than_addresses(void)
{
	static const char *const paths[] = { "/proc/sys/net/ipv4/fib_multipath_hash_policy",
					     "/proc/sys/net/ipv6/fib_multipath_hash_policy" };
	bool found = false;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		FILE *file = fopen(paths[i], "re");

		found |= file && fgetc(file) != '0';
		if (file)
			fclose(file);
	}
	return found;
}

static void find_master(const struct nlmsghdr *message, void *context)
{
	const struct rtattr *a[IFLA_MAX + 1];
	bool *found = context;

	attributes_of(message, sizeof(struct ifinfomsg), a, IFLA_MAX + 1);
	*found |= a[IFLA_MASTER] != NULL;
}

/* Under a bridge or a bond it is not routes alone that say where a packet leaves: it may be flooded, or shared out. */
static bool has_masters(struct netlink *nl)
{
	struct ifinfomsg all = { 0 };
	bool found = false;

	netlink_dump(nl, RTM_GETLINK, &all, sizeof(all), NULL, 0, find_master, &found);
	return found;
}

struct fast_finding fast_check(void)
{
	struct fast_finding f = { 0 };
	struct netlink nl;

	if (!netlink_open(&nl))
		return (struct fast_finding){ FAST_BLOCKED(UNWATCHED), 1 };
	if (has_filter() || checks_sources(&nl))
		f.blocked |= FAST_BLOCKED(FILTER);
	if (has_capture())
		f.blocked |= FAST_BLOCKED(CAPTURE);
	if (has_queues(&nl))
		f.blocked |= FAST_BLOCKED(QUEUES);
	if (has_xfrm())
		f.blocked |= FAST_BLOCKED(XFRM);
	f.uncached = has_rules(&nl) || has_masters(&nl) || hashes_more_than_addresses();
	netlink_close(&nl);
	return f;
}
