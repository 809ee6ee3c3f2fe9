// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Octets of a client of the control socket: frames, their JSON, requests. A
 * request that is understood arrives at the other role as it was. The octets
 * are also taken for what one role sends to another.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "ikehelper/request.h"
#include "lib/ctl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const struct request *r, const struct request *copy)
{
	if (copy->kind != r->kind || copy->cursor != r->cursor ||
	    copy->number != r->number || copy->flags != r->flags ||
	    !addr_eq(&copy->addr, &r->addr) || strcmp(copy->name, r->name) ||
	    strcmp(copy->text, r->text))
		abort();
}

/* To the other role. */
static void pass_on(const struct request *r)
{
	struct msg sent, got;
	struct request copy;
	uint8_t head[MSG_HEADER];

	msg_init(&sent, MSG_REQUEST, 1);
	request_put(&sent, r);
	if (!msg_end(&sent, head) || !msg_head(head, &got) ||
	    got.len != sent.len || got.type != MSG_REQUEST)
		abort();
	got.p = sent.p;
	if (!request_get(&got, &copy))
		abort();
	check_same(r, &copy);
	msg_free(&sent);
}

static void one_frame(const uint8_t *p, size_t len)
{
	struct json_object *o = ctl_parse((const char *)p, len);
	struct request r = { 0 };

	if (!o)
		return;
	if (!request_read(&r, o))
		pass_on(&r);
	request_free(&r);
	json_object_put(o);
}

static void as_client(const uint8_t *p, size_t left)
{
	size_t len;

	for (; (len = ctl_frame(p, left, CTL_MAX_REQUEST)); left -= len) {
		if (len > CTL_MAX_REQUEST || len > left)
			return;
		one_frame(p + CTL_HEADER, len - CTL_HEADER);
		p += len;
	}
}

static void as_role(const uint8_t *p, size_t len)
{
	struct msg m;
	struct request r;
	struct answer a;
	uint8_t *body;

	if (len < MSG_HEADER || !msg_head(p, &m))
		return;
	len -= MSG_HEADER;
	if (m.len > len)
		m.len = len;
	/* Memory of its own: what is read behind its end is noticed. */
	body = malloc(m.len + 1);
	if (!body)
		return;
	memcpy(body, p + MSG_HEADER, m.len);
	m.p = body;
	if (m.type == MSG_ANSWER)
		(void)answer_get(&m, &a);
	else if (request_get(&m, &r) && request_is_change(r.kind) &&
		 strlen(r.name) + strlen(r.text) > m.len)
		abort();
	free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_client(data, size);
	/* A frame of its own, as few inputs have a length that fits. */
	one_frame(data, size);
	as_role(data, size);
	return 0;
}
