// SPDX-License-Identifier: GPL-2.0-only
/* One line in, one line out: parses a request, runs its ops in order, and writes what became of each. */
#include <errno.h>
#include <string.h>
#include "trellis.h"

#define MOST_OPS 100000

static const struct op_kind *kind_of(struct op *op)
{
	const struct json *name = json_member(op->in, "op");
	const struct op_kind *kind = op_kinds;

	if (op->in->kind != JSON_OBJECT) {
		op_fail(op, EINVAL, "op: must be an object");
		return NULL;
	}
	if (!name || name->kind != JSON_STRING) {
		op_fail(op, EINVAL, "op: %s", name ? "must be text" : "is missing");
		return NULL;
	}
	while (kind->name && strcmp(kind->name, name->text))
		kind++;
	if (kind->name)
		return kind;
	op_fail(op, EINVAL, "op: there is no op \"%.60s\"", name->text);
	return NULL;
}

static void run(struct trellis *t, struct op *ops, size_t count)
{
	const struct op_kind *kind = ops->kind;
	char error[160];

	if (!kind)
		return;
	if (kind->needs_maps && !trellis_open_maps(t, error, sizeof(error))) {
		for (size_t i = 0; i < count; i++)
			op_fail(&ops[i], ENOSYS, "%s", error);
		return;
	}
	kind->run(t, ops, count);
}

static void write_result(struct text *out, struct op *op)
{
	text_comma(out);
	text_put(out, "{");
	text_name_bool(out, "ok", !op->failed);
	if (op->failed) {
		text_name_json(out, "errno", errno_name(op->error));
		text_name_json(out, "error", op->message);
	} else if (op->out.length) {
		text_put(out, ",");
		text_add(out, op->out.bytes, op->out.length);
	}
	text_put(out, "}");
	text_free(&op->out);
}

static void run_all(struct trellis *t, struct arena *arena, const struct json *list, struct text *out)
{
	struct op *ops = arena_take(arena, list->count * sizeof(*ops));
	size_t n = 0, next;

	for (const struct json *item = list->first; item; item = item->next) {
		ops[n].in = item;
		ops[n].arena = arena;
		ops[n].kind = kind_of(&ops[n]);
		n++;
	}
	for (size_t first = 0; first < n; first = next) {
		for (next = first + 1; next < n && ops[next].kind == ops[first].kind;)
			next++;
		run(t, &ops[first], next - first);
	}
	text_name(out, "results");
	text_put(out, "[");
	for (size_t i = 0; i < n; i++)
		write_result(out, &ops[i]);
	text_put(out, "]");
}

static void write_id(struct text *out, const struct json *id)
{
	text_name(out, "id");
	if (id && id->kind == JSON_STRING)
		text_json(out, id->text);
	else if (id && id->kind == JSON_NUMBER)
		text_format(out, "%.15g", id->number);
	else
		text_put(out, "null");
}

void answer(struct trellis *t, char *line, size_t length, struct text *out)
{
	char error[160] = "";
	struct arena arena = { 0 };
	const struct json *request = json_parse(&arena, line, length, error, sizeof(error));
	const struct json *list = json_member(request, "ops");

	text_put(out, "{");
	write_id(out, json_member(request, "id"));
	if (request && (!list || list->kind != JSON_ARRAY))
		text_name_json(out, "error", "ops: must be a list");
	else if (request && list->count > MOST_OPS)
		text_name_json(out, "error", "ops: more than 100000");
	else if (request)
		run_all(t, &arena, list, out);
	else
		text_name_json(out, "error", error);
	text_put(out, "}\n");
	arena_free(&arena);
}
