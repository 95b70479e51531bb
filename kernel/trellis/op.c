// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "op.h"

void op_fail(struct op *op, int error, const char *format, ...)
{
	va_list arguments;

	if (op->failed)
		return;
	op->failed = true;
	op->error = error;
	va_start(arguments, format);
	vsnprintf(op->message, sizeof(op->message), format, arguments);
	va_end(arguments);
}

const char *errno_name(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "EIO";
}
