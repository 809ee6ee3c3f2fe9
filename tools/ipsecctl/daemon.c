// SPDX-License-Identifier: GPL-2.0-or-later
/* Questions to the daemon. */
#include "daemon.h"

#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "../lib/ctl.h"
#include "../lib/log.h"
#include "ctl.h"

#define FLAG_KEYS 4 /* as the daemon's request has it */

const char *daemon_path(void)
{
	const char *path = getenv("IPSECGW_CONTROL");

	return path && *path ? path : CTL_PATH;
}

struct json_object *daemon_request(const char *name)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "request", json_object_new_string(name));
	return o;
}

int daemon_call(struct json_object *request, struct json_object **rows)
{
	struct ctl *c;
	int err = ctl_open(&c, daemon_path());

	if (!err)
		err = ctl_call(c, request, rows);
	if (err)
		log_error("%s", ctl_error(c));
	ctl_close(c);
	json_object_put(request);
	return err ? FAILED : DONE;
}

bool daemon_runs(void)
{
	struct ctl *c;
	int err = ctl_open(&c, daemon_path());

	ctl_close(c);
	return !err;
}

int daemon_replace(const char *text)
{
	struct json_object *o = daemon_request("replace");

	json_object_object_add(o, "text", json_object_new_string(text));
	return daemon_call(o, NULL);
}

char *daemon_running(bool with_keys)
{
	struct json_object *o = daemon_request("running-config"), *rows;
	char *text = NULL;

	if (with_keys)
		json_object_object_add(o, "flags",
				       json_object_new_int(FLAG_KEYS));
	if (daemon_call(o, &rows) != DONE)
		return NULL;
	if (json_object_array_length(rows) == 1)
		text = strdup(json_object_get_string(
			json_object_array_get_idx(rows, 0)));
	if (!text)
		log_error("the daemon has sent no configuration");
	json_object_put(rows);
	return text;
}

const char *daemon_text(struct json_object *row, const char *field)
{
	struct json_object *v;

	return json_object_object_get_ex(row, field, &v) ?
		       json_object_get_string(v) :
		       "";
}

long long daemon_number(struct json_object *row, const char *field)
{
	struct json_object *v;

	return json_object_object_get_ex(row, field, &v) ?
		       json_object_get_int64(v) :
		       0;
}

bool daemon_flag(struct json_object *row, const char *field)
{
	struct json_object *v;

	return json_object_object_get_ex(row, field, &v) &&
	       json_object_get_boolean(v);
}
