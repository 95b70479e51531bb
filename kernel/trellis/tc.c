// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <string.h>
#include "tc.h"

#define OUR_PRIORITY 0x4d79 /* a filter is named by device, priority and handle; the kernel hands out 0xc000 downwards */
#define OUR_HANDLE 1
#define INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)

static const struct tcmsg clsact = { .tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0), .tcm_parent = TC_H_CLSACT };

static void put_qdisc(struct batch *b, struct op *op, const char *kind, const char *doing, int forgive, uint16_t type,
		      uint32_t index)
{
	struct tcmsg message = clsact;

	message.tcm_ifindex = index;
	batch_begin(b, op, doing, forgive, type, type == RTM_NEWQDISC ? NLM_F_CREATE | NLM_F_EXCL : 0, &message,
		    sizeof(message));
	put_text(b, TCA_KIND, kind);
}

/* `ingress` and not clsact, which takes as much memory again for what is sent, and stands in the way of it. */
void tc_join_block(struct batch *b, struct op *op, uint32_t index)
{
	put_qdisc(b, op, "ingress", "attaching the program", EEXIST, RTM_NEWQDISC, index);
	put_u32(b, TCA_INGRESS_BLOCK, OUR_BLOCK);
}

void tc_add_clsact(struct batch *b, struct op *op, uint32_t index)
{
	put_qdisc(b, op, "clsact", "preparing the underlay device", EEXIST, RTM_NEWQDISC, index);
}

void tc_remove_clsact(struct batch *b, struct op *op, uint32_t index)
{
	put_qdisc(b, op, "clsact", "clearing the underlay device", ENODEV, RTM_DELQDISC, index);
}

static struct tcmsg filter_of(uint32_t index, uint32_t parent)
{
	return (struct tcmsg){
		.tcm_ifindex = index,
		.tcm_parent = parent, /* with TCM_IFINDEX_MAGIC_BLOCK: the block's number */
		.tcm_handle = OUR_HANDLE,
		.tcm_info = TC_H_MAKE((uint32_t)OUR_PRIORITY << 16, htons(ETH_P_ALL)),
	};
}

static void put_program(struct batch *b, int program, const char *name)
{
	struct rtattr *options;

	put_text(b, TCA_KIND, "bpf");
	options = put_open(b, TCA_OPTIONS);
	put_u32(b, TCA_BPF_FD, program);
	put_text(b, TCA_BPF_NAME, name);
	put_u32(b, TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
	put_close(b, options);
}

void tc_fill_block(struct batch *b, struct op *op, int program, bool replace)
{
	struct tcmsg message = filter_of(TCM_IFINDEX_MAGIC_BLOCK, OUR_BLOCK);

	/* A block without devices does not exist, and then needs no program either. */
	batch_begin(b, op, "attaching the program", replace ? EINVAL : EEXIST, RTM_NEWTFILTER,
		    NLM_F_CREATE | (replace ? NLM_F_REPLACE : NLM_F_EXCL), &message, sizeof(message));
	put_program(b, program, "myvini-from-virtual");
}

void tc_attach(struct batch *b, struct op *op, uint32_t index, int program)
{
	struct tcmsg message = filter_of(index, INGRESS);

	batch_begin(b, op, "attaching the program to the underlay device", 0, RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_REPLACE,
		    &message, sizeof(message));
	put_program(b, program, "myvini-from-underlay");
}

void tc_detach(struct batch *b, struct op *op, uint32_t index)
{
	struct tcmsg message = filter_of(index, INGRESS);

	batch_begin(b, op, "detaching the program from the underlay device", ENOENT, RTM_DELTFILTER, 0, &message,
		    sizeof(message));
	put_text(b, TCA_KIND, "bpf");
}

struct listing {
	tc_qdisc *found;
	void *context;
	int count;
	bool ours;
};

static void one_qdisc(const struct nlmsghdr *message, void *context)
{
	const struct tcmsg *info = NLMSG_DATA(message);
	const struct rtattr *a[TCA_INGRESS_BLOCK + 1];
	struct listing *listing = context;
	const char *kind;
	bool is_clsact;

	attributes_of(message, sizeof(*info), a, TCA_INGRESS_BLOCK + 1);
	kind = a[TCA_KIND] ? RTA_DATA(a[TCA_KIND]) : "";
	is_clsact = !strcmp(kind, "clsact"); /* as trellis made them before */
	if (is_clsact || !strcmp(kind, "ingress"))
		listing->found(info->tcm_ifindex, is_clsact, attribute_u32(a[TCA_INGRESS_BLOCK]) == OUR_BLOCK,
			       listing->context);
}

int tc_list_qdiscs(struct netlink *nl, tc_qdisc *found, void *context)
{
	struct listing listing = { .found = found, .context = context };
	struct tcmsg all = { 0 };

	return netlink_dump(nl, RTM_GETQDISC, &all, sizeof(all), NULL, 0, one_qdisc, &listing);
}

static void one_filter(const struct nlmsghdr *message, void *context)
{
	const struct tcmsg *info = NLMSG_DATA(message);
	struct listing *listing = context;

	listing->count += info->tcm_handle != 0; /* without a handle it is the head of a priority's list */
	listing->ours |= info->tcm_handle == OUR_HANDLE && TC_H_MAJ(info->tcm_info) >> 16 == OUR_PRIORITY;
}

bool tc_block_is_filled(struct netlink *nl)
{
	struct tcmsg all = { .tcm_ifindex = TCM_IFINDEX_MAGIC_BLOCK, .tcm_parent = OUR_BLOCK };
	struct listing listing = { 0 };

	netlink_dump(nl, RTM_GETTFILTER, &all, sizeof(all), NULL, 0, one_filter, &listing);
	return listing.ours;
}

int tc_count_filters(struct netlink *nl, uint32_t index, bool *ours)
{
	struct listing listing = { 0 };
	struct tcmsg all = { .tcm_ifindex = index, .tcm_parent = INGRESS };

	netlink_dump(nl, RTM_GETTFILTER, &all, sizeof(all), NULL, 0, one_filter, &listing);
	*ours = listing.ours;
	all.tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS);
	netlink_dump(nl, RTM_GETTFILTER, &all, sizeof(all), NULL, 0, one_filter, &listing);
	return listing.count;
}
