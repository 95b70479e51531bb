/* SPDX-License-Identifier: GPL-2.0-only */
/* One op of a request, its answer, and how its fields are read. */
#ifndef TRELLIS_OP_H
#define TRELLIS_OP_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include "address.h"
#include "json.h"
#include "text.h"

#define NAME_SIZE 129 /* of namespaces and owners, with the NUL */
#define MARK "myvini" /* an altname that begins with it makes a device ours */

struct op {
	const struct op_kind *kind;
	const struct json *in;
	struct arena *arena;
	bool failed;
	int error;
	char message[200];
	struct text out; /* members of the answer beside "ok" */
};

/* The first failure is the one reported: those after it follow from it. */
__attribute__((format(printf, 3, 4))) void op_fail(struct op *op, int error, const char *format, ...);
const char *errno_name(int error);

/* Each takes one field; false when it is wrong, and then the op has failed and says which field it was. */
bool take_name(struct op *op, const char *field, const char **name);
bool take_device(struct op *op, const char *field, const char **name);
bool take_label(struct op *op, const char *field, const char **label);
bool take_mark(struct op *op, const char *field, const char **mark);
bool take_number(struct op *op, const char *field, uint64_t least, uint64_t most, uint64_t *number);
bool take_bool(struct op *op, const char *field, bool *value);
bool take_mac(struct op *op, const char *field, uint8_t mac[6]);
bool take_address(struct op *op, const char *field, struct address *address);
bool take_networks(struct op *op, const char *field, struct address **list, size_t *count);
bool take_array(struct op *op, const char *field, const struct json **array);
bool has(const struct op *op, const char *field);
bool device_name_ok(const char *name);
bool name_ok(const char *name);

#endif
