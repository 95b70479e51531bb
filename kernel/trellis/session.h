/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A terminal session is kept on the node by a process of its own, the session's server; any number of clients (`trellis
 * attach`) come and go over its socket, RUN/sessions/NAME. They speak in frames: a type, a length, that many bytes.
 */
#ifndef TRELLIS_SESSION_H
#define TRELLIS_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include "text.h"

enum frame_type {
	FRAME_INPUT = 'i',  /* client: what was typed */
	FRAME_WINDOW = 'w', /* client: struct winsize */
	FRAME_OUTPUT = 'o', /* server: what the terminal shows */
	FRAME_EXIT = 'x',   /* server: one byte, the command's exit code; nothing follows */
};

#define FRAME_HEADER 5
#define LARGEST_FRAME 65536

struct frame {
	uint8_t type;
	const char *bytes;
	uint32_t length;
};

void frame_put(struct text *out, uint8_t type, const void *bytes, uint32_t length);
/* Takes the first whole frame; 1: there is one, 0: not yet, -1: that is no frame. Its bytes live until frame_done. */
int frame_take(const struct text *in, struct frame *frame);
void frame_done(struct text *in, const struct frame *frame);

/* Bytes that wait for a descriptor that does not block; both return false when it is of no more use. */
bool buffer_write(struct text *out, int fd);
bool buffer_read(struct text *in, int fd);

struct session {
	const char *name; /* of the socket, in `folder` */
	int folder, listener;
	size_t scrollback;
	int idle_ms; /* without clients for this long it ends */
	struct winsize window;
	char **command;
};

#define SESSION_LOST (-3)

int attach(int count, char **arguments);
/* What to exit with: the command's exit code, 0 for leaving; or SESSION_LOST, when the server went without a word. */
int session_talk(int server);
/* Runs until the command ends; then the socket is gone. */
_Noreturn void session_serve(const struct session *session);

#endif
