/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine asks of the key role, and its answer, as messages. */
#ifndef IKEHELPER_KEY_MSG_H
#define IKEHELPER_KEY_MSG_H

#include "ike.h"
#include "msg.h"

#define KEY_MAX_CERTS 16

/* Memory for what a request points to. */
struct key_req_parts {
	struct ike_ident local_id, remote_id;
	struct ike_blob cert[KEY_MAX_CERTS];
};

void key_put_req(struct msg *m, const struct ike_key_req *req);
bool key_get_req(struct msg *m, struct ike_key_req *req,
		 struct key_req_parts *parts);

void key_put_answer(struct msg *m, const struct ike_key_answer *a);
bool key_get_answer(struct msg *m, struct ike_key_answer *a,
		    struct ike_blob cert[KEY_MAX_CERTS]);

void key_put_ident(struct msg *m, const struct ike_ident *id);
void key_get_ident(struct msg *m, struct ike_ident *id);

#endif
