// SPDX-License-Identifier: GPL-2.0-or-later
/* Frames of JSON for control clients. */
#include "frame.h"

#include <string.h>

#include <json-c/json.h>

static char *text_of(struct json_object *o)
{
	char *text = strdup(
		json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));

	json_object_put(o);
	return text;
}

char *frame_rows(struct json_object *rows, bool more)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "rows", rows);
	if (more)
		json_object_object_add(o, "more",
				       json_object_new_boolean(true));
	return text_of(o);
}

char *frame_error(const char *sentence)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "error", json_object_new_string(sentence));
	return text_of(o);
}
