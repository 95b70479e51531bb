// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "netlink.h"

bool netlink_open(struct netlink *nl)
{
	int on = 1, megabytes = 8 << 20;

	nl->sequence = 0;
	nl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (nl->fd < 0)
		return false;
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)); /* acks without the request in them */
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on)); /* dumps heed the filter */
	setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUFFORCE, &megabytes, sizeof(megabytes));
	return true;
}

void netlink_close(struct netlink *nl)
{
	close(nl->fd);
	nl->fd = -1;
}

static int receive(struct netlink *nl, void *buffer, size_t size)
{
	ssize_t n;

	do
		n = recv(nl->fd, buffer, size, 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : (int)n;
}

int netlink_dump(struct netlink *nl, uint16_t type, const void *header, size_t size, const void *attributes,
		 size_t attributes_size, netlink_reply *reply, void *context)
{
	_Alignas(8) char request[1024], answer[65536];
	struct nlmsghdr *message = (void *)request;

	memset(request, 0, sizeof(request));
	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	message->nlmsg_seq = ++nl->sequence;
	message->nlmsg_len = NLMSG_LENGTH(NLMSG_ALIGN(size) + attributes_size);
	memcpy(NLMSG_DATA(message), header, size);
	if (attributes_size)
		memcpy((char *)NLMSG_DATA(message) + NLMSG_ALIGN(size), attributes, attributes_size);
	if (send(nl->fd, request, message->nlmsg_len, 0) < 0)
		return errno;
	for (;;) {
		int n = receive(nl, answer, sizeof(answer));

		if (n < 0)
			return -n;
		for (message = (void *)answer; NLMSG_OK(message, (unsigned)n); message = NLMSG_NEXT(message, n)) {
			if (message->nlmsg_seq != nl->sequence)
				continue;
			if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
				return -*(int *)NLMSG_DATA(message);
			reply(message, context);
		}
	}
}

static void answer_to(struct batch *b, unsigned i, const struct nlmsghdr *message)
{
	const struct nlmsgerr *error = NLMSG_DATA(message);
	const struct rtattr *more[NLMSGERR_ATTR_MAX + 1] = { 0 };
	struct op *op = b->requests[i].op;
	int number = -error->error;

	if (message->nlmsg_type != NLMSG_ERROR) {
		if (b->requests[i].reply)
			b->requests[i].reply(message, b->requests[i].context);
		return;
	}
	b->requests[i].answered = true;
	if (!number || number == b->requests[i].forgive)
		return;
	if (message->nlmsg_flags & NLM_F_ACK_TLVS)
		attributes_of(message, sizeof(*error), more, NLMSGERR_ATTR_MAX + 1);
	op_fail(op, number, "%s: %s", b->requests[i].doing,
		more[NLMSGERR_ATTR_MSG] ? (const char *)RTA_DATA(more[NLMSGERR_ATTR_MSG]) : strerror(number));
}

static unsigned read_answers(struct batch *b, uint32_t first)
{
	_Alignas(8) char bytes[65536];
	unsigned answered = 0;
	int n = receive(b->nl, bytes, sizeof(bytes));

	if (n < 0) {
		for (unsigned i = 0; i < b->count; i++)
			if (!b->requests[i].answered)
				op_fail(b->requests[i].op, -n, "%s: no answer from the kernel", b->requests[i].doing);
		return b->count;
	}
	for (struct nlmsghdr *m = (void *)bytes; NLMSG_OK(m, (unsigned)n); m = NLMSG_NEXT(m, n)) {
		unsigned i = m->nlmsg_seq - first;

		if (i >= b->count)
			continue; /* left over from before: not for us */
		answer_to(b, i, m);
		answered += m->nlmsg_type == NLMSG_ERROR;
	}
	return answered;
}

void batch_send(struct batch *b)
{
	uint32_t first = b->nl->sequence + 1;
	unsigned answered = 0;

	if (!b->count)
		return;
	b->nl->sequence += b->count;
	if (send(b->nl->fd, b->bytes, b->length, 0) < 0) {
		for (unsigned i = 0; i < b->count; i++)
			op_fail(b->requests[i].op, errno, "%s: not sent: %s", b->requests[i].doing, strerror(errno));
		answered = b->count;
	}
	while (answered < b->count)
		answered += read_answers(b, first);
	b->count = 0;
	b->length = 0;
	b->open = NULL;
}
