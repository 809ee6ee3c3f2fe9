// SPDX-License-Identifier: GPL-2.0-or-later
/* What the JSON of a client asks. */
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "../lib/secret.h"
#include "request.h"

static const char *text_of(struct json_object *o, const char *field)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, field, &v) ||
	    !json_object_is_type(v, json_type_string))
		return "";
	return json_object_get_string(v);
}

static uint32_t number_of(struct json_object *o, const char *field)
{
	struct json_object *v;
	int64_t n;

	if (!json_object_object_get_ex(o, field, &v) ||
	    !json_object_is_type(v, json_type_int))
		return 0;
	n = json_object_get_int64(v);
	return n > 0 && n <= UINT32_MAX ? n : 0;
}

const char *request_read(struct request *r, struct json_object *o)
{
	const char *addr = text_of(o, "address");

	*r = (struct request){
		.kind = request_by_name(text_of(o, "request")),
		.number = number_of(o, "number"),
		.flags = number_of(o, "flags"),
	};
	if (r->kind == REQ_NONE)
		return "the daemon does not know this request";
	if (*addr && !addr_parse(addr, &r->addr))
		return "the address of the request is none";
	r->text = strdup(text_of(o, "text"));
	r->name = strdup(text_of(o, "name"));
	return r->text && r->name ? NULL : "out of memory";
}

void request_free(struct request *r)
{
	char *text = (char *)r->text;

	/* It may be a configuration, with keys. */
	if (text)
		secret_wipe(text, strlen(text));
	free(text);
	free((char *)r->name);
	*r = (struct request){ 0 };
}
