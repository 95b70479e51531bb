// SPDX-License-Identifier: GPL-2.0-only
/*
 * The short bridge: joins two ends without learning and without flooding.
 *   from_virtual   on what a virtual host sends, at the node's side of its veth pair
 *   from_underlay  on what an underlay device receives
 *   from_line      on what the delay line gives back
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "capture.h"
#include "count.h"
#include "decapsulate.h"
#include "deliver.h"
#include "drop.h"
#include "encapsulate.h"
#include "find.h"
#include "line.h"
#include "maps.h"
#include "parse.h"
#include "relay.h"
#include "shortcut.h"

/* Room for one VLAN tag beyond the MTU, as the kernel itself allows (is_skb_forwardable). */
#define VLAN_TAG 4

static __always_inline const struct egre_end *bridged(const struct egre_end *end, __u32 *slot)
{
	const struct egre_end *to;

	*slot = end->to;
	to = bpf_map_lookup_elem(&ends, slot);
	return *slot && to && to->kind != EGRE_FREE ? to : NULL;
}

static __always_inline int is_too_long(struct __sk_buff *skb, __u32 mtu)
{
	if (skb->gso_size)
		return skb->gso_size + TCP_IPV4_HEADERS > mtu;
	return skb->len > mtu + ETH_HEADER + VLAN_TAG;
}

/* A virtual host may set any priority on its packets; on the underlay it would choose their class. */
static __always_inline int send(struct __sk_buff *skb, const struct egre_neighbour *n, const struct egre_end *to,
				__u32 to_slot)
{
	skb->priority = to->flags & EGRE_END_SHAPED ? EGRE_CLASS_MAJOR << 16 | to_slot : 0;
	return bpf_redirect(n->ifindex, 0);
}

/* At its last node: into the virtual host, or first through the delay line, which brings it to from_line. */
static __always_inline int arrive(struct __sk_buff *skb, const struct egre_end *to, __u32 slot, struct amount amount,
				  int protocol_is_right)
{
	if (to->flags & EGRE_END_EMULATED)
		return enter_line(skb, to, slot);
	count_out(slot, amount);
	capture(skb, to, slot, EGRE_ENTERS_HOST);
	return deliver(skb, to, protocol_is_right);
}

/* What is not redirected is dropped here: no frame of a virtual host ever reaches the node's own network stack. */
SEC("tc")
int from_virtual(struct __sk_buff *skb)
{
	struct amount amount = amount_of(skb, 0);
	const struct egre_neighbour *n;
	const struct egre_end *end, *to;
	struct shortcut shortcut;
	__u32 slot, to_slot;
	int reason = 0;

	end = end_of_device(skb->ifindex, &slot);
	if (!end)
		return drop_at_node(EGRE_DROP_UNBOUND);
	count_in(slot, amount);
	capture(skb, end, slot, EGRE_LEAVES_HOST);
	to = bridged(end, &to_slot);
	if (!to)
		return drop_at_end(slot, EGRE_DROP_UNBOUND);
	if (is_too_long(skb, end->mtu)) {
		tell_too_long(skb, slot, 0, end->mtu);
		return drop_at_end(slot, EGRE_DROP_OVERSIZE);
	}
	if (end->flags & EGRE_END_DOWN)
		return drop_at_end(slot, EGRE_DROP_LINK_DOWN);

	learn_if_let_in(skb, slot);
	if (to->kind == EGRE_DEVICE) {
		if (find_shortcut(skb, to, to_slot, 0, skb->len - ETH_HLEN, &shortcut) && !rewrite(skb, 0, &shortcut)) {
			pass_router(&shortcut, &slot, &to, &to_slot, amount);
		} else if (shortcut.token) {
			bpf_set_hash(skb, shortcut.token);
		}
	}
	if (to->kind == EGRE_DEVICE)
		return arrive(skb, to, to_slot, amount, 1);
	n = next_node(to, &reason);
	if (n)
		reason = encapsulate(skb, n, to->key);
	if (n && reason == EGRE_DROP_PATH_MTU)
		tell_too_long(skb, slot, 0, room_for_frame(n) - ETH_HEADER);
	if (reason)
		return drop_at_end(slot, reason);
	count_out(to_slot, amount);
	return send(skb, n, to, to_slot);
}

static __always_inline int unknown_tunnel(const struct egre_tunnel *tunnel)
{
	struct egre_path path = { .remote = tunnel->remote, .local = tunnel->local };

	return drop_at_node(bpf_map_lookup_elem(&by_path, &path) ? EGRE_DROP_UNKNOWN_KEY :
								   EGRE_DROP_UNKNOWN_NEIGHBOUR);
}

SEC("tc")
int from_underlay(struct __sk_buff *skb)
{
	struct arrival arrival;
	const struct egre_neighbour *n;
	const struct egre_end *end, *to;
	int reason = parse(skb, &arrival), protocol_is_right = 0;
	struct shortcut shortcut;
	struct amount amount;
	__u32 slot, to_slot, outer;

	if (reason == NOT_OURS)
		return TC_ACT_UNSPEC;
	if (reason)
		return drop_at_node(reason);
	end = end_of_tunnel(&arrival.tunnel, arrival.is_ipv6, &slot);
	if (!end)
		return unknown_tunnel(&arrival.tunnel);
	amount = amount_of(skb, outer_length(arrival.is_ipv6));
	count_in(slot, amount);
	if (arrival.length < outer_length(arrival.is_ipv6) + ETH_HEADER)
		return drop_at_end(slot, EGRE_DROP_TRUNCATED);
	to = bridged(end, &to_slot);
	if (!to)
		return drop_at_end(slot, EGRE_DROP_UNBOUND);

	shortcut.token = 0;
	if (to->kind == EGRE_DEVICE) {
		outer = outer_length(arrival.is_ipv6);
		if (arrival.length == skb->len &&
		    find_shortcut(skb, to, to_slot, outer, skb->len - outer - ETH_HLEN, &shortcut) &&
		    !rewrite(skb, outer, &shortcut)) {
			pass_router(&shortcut, &slot, &to, &to_slot, amount);
			arrival.ttl = OUTER_TTL + 1; /* another tunnel may begin here; it only looks like a relay */
			shortcut.token = 0;
		}
	}
	if (to->kind == EGRE_DEVICE) {
		reason = decapsulate(skb, &arrival, &protocol_is_right);
		if (reason)
			return drop_at_end(slot, reason);
		if (shortcut.token)
			bpf_set_hash(skb, shortcut.token);
		return arrive(skb, to, to_slot, amount, protocol_is_right);
	}
	n = next_node(to, &reason);
	if (n)
		reason = relay(skb, n, to->key, &arrival);
	if (n && reason == EGRE_DROP_PATH_MTU)
		tell_too_long(skb, slot, outer_length(arrival.is_ipv6), room_for_frame(n) - ETH_HEADER);
	if (reason)
		return drop_at_end(slot, reason);
	count_out(to_slot, amount);
	return send(skb, n, to, to_slot);
}

SEC("tc")
int from_line(struct __sk_buff *skb)
{
	struct amount amount = amount_of(skb, 0);
	__u32 slot = skb->vlan_tci;
	const struct egre_end *to = bpf_map_lookup_elem(&ends, &slot);

	/* Its end may have gone while it waited. */
	if (!skb->vlan_present || !to || to->kind != EGRE_DEVICE || bpf_skb_vlan_pop(skb))
		return TC_ACT_SHOT;
	count_out(slot, amount);
	capture(skb, to, slot, EGRE_ENTERS_HOST);
	return deliver(skb, to, 1);
}

char egre_license[] SEC("license") = "GPL";
