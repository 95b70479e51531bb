/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trellis exec: one command to its end, for somebody who asks over SSH without a terminal. What it says comes out in frames
 * (session.h): its output, its errors, and last, in JSON, how it ended. Whoever asked and is gone takes it along.
 */
#ifndef TRELLIS_EXEC_H
#define TRELLIS_EXEC_H

#include <sys/types.h>

enum exec_frame {
	FRAME_STDOUT = 'o',
	FRAME_STDERR = 'e',
	FRAME_END = 'x', /* {"exitCode":0,"cut":false,"late":false,"bytes":12} */
};

int exec_command(int count, char **arguments);

/* From hexadecimal digits, two a byte, as one string of C; NULL: that is no such text, or it has a zero in it. */
char *exec_argument(const char *digits);

/* Kills `root` and all that came of it, stopped first so that nothing of it can get away meanwhile. */
void exec_kill(pid_t root);

#endif
