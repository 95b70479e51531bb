// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "session.h"

void frame_put(struct text *out, uint8_t type, const void *bytes, uint32_t length)
{
	char header[FRAME_HEADER] = { type };

	memcpy(header + 1, &length, sizeof(length));
	text_add(out, header, sizeof(header));
	text_add(out, bytes, length);
}

int frame_take(const struct text *in, struct frame *frame)
{
	if (in->length < FRAME_HEADER)
		return 0;
	frame->type = in->bytes[0];
	memcpy(&frame->length, in->bytes + 1, sizeof(frame->length));
	frame->bytes = in->bytes + FRAME_HEADER;
	if (frame->length > LARGEST_FRAME)
		return -1;
	return in->length >= FRAME_HEADER + frame->length;
}

static void drop_first(struct text *text, size_t count)
{
	text->length -= count;
	memmove(text->bytes, text->bytes + count, text->length);
}

void frame_done(struct text *in, const struct frame *frame)
{
	drop_first(in, FRAME_HEADER + frame->length);
}

bool buffer_write(struct text *out, int fd)
{
	size_t done = 0;

	while (done < out->length) {
		ssize_t n = write(fd, out->bytes + done, out->length - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0)
			return false;
		done += n;
	}
	if (done)
		drop_first(out, done);
	return true;
}

bool buffer_read(struct text *in, int fd)
{
	char bytes[16384];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	text_add(in, bytes, n);
	return n > 0;
}
