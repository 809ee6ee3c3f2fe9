// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The keys role: it alone holds pre-shared and private keys. The engine asks
 * for what is made with them, never for them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/log.h"
#include "../lib/secret.h"
#include "worker.h"
#include "crypto.h"
#include "key_msg.h"
#include "psk.h"
#include "request.h"
#include "roles.h"
#include "signer.h"

struct keys {
	struct worker *worker;
	struct psk_set psks; /* in force */
	struct psk_set next; /* being told */
	struct signer_set signers; /* in force */
	struct signer_set next_signers; /* being told */
};

/* --- pre-shared keys --------------------------------------------------- */

static void answer_psk(struct keys *k, const struct ike_key_req *req,
		       struct ike_key_answer *a, uint8_t *out)
{
	const struct psk *p = psks_find(&k->psks, req);
	struct bytes data = bytes_of(req->data.p, req->data.len);

	if (!p) {
		a->err = -ENOKEY;
		a->why = "no pre-shared key is configured for the peer";
		return;
	}
	a->err = crypto_prf(req->hash, bytes_of(p->key.p, p->key.len), &data, 1,
			    out);
	a->data.p = out;
	a->data.len = a->err ? 0 : crypto_hash_len(req->hash);
}

/* --- messages ---------------------------------------------------------- */

static void on_key(struct keys *k, struct msg *m)
{
	struct key_req_parts *parts = malloc(sizeof(*parts));
	struct ike_key_req req;
	struct ike_key_answer a = { 0 };
	uint8_t out[IKE_HASH_MAX];
	struct signature sig;
	struct msg reply;

	if (!parts || !key_get_req(m, &req, parts)) {
		log_error("a question for a key makes no sense");
		free(parts);
		return;
	}
	a.id = req.id;
	if (req.op == IKE_KEY_PSK) {
		answer_psk(k, &req, &a, out);
	} else if (req.op == IKE_KEY_SIGN) {
		signers_answer(&k->signers, &req, &a, &sig);
	} else {
		a.err = -ENOSYS;
		a.why = "certificates are not looked at here";
	}
	msg_init(&reply, MSG_KEY_DONE, req.id);
	key_put_answer(&reply, &a);
	proc_send(worker_proc(k->worker), ROLE_ENGINE, &reply);
	secret_wipe(out, sizeof(out));
	free(parts);
}

static void on_plan(struct keys *k, struct msg *m)
{
	switch (m->type) {
	case MSG_PLAN_BEGIN:
		psks_free(&k->next);
		signers_free(&k->next_signers);
		break;
	case MSG_PLAN_PSK:
		if (!psks_add(&k->next, m))
			log_error("a pre-shared key could not be taken over");
		break;
	case MSG_PLAN_RINGS:
		if (!psks_allow(&k->next, m))
			log_error(
				"the keyring of a profile could not be taken over");
		break;
	case MSG_PLAN_TRUST:
		if (!signers_add(&k->next_signers, m))
			log_error("a trust point could not be taken over");
		break;
	case MSG_PLAN_END:
		psks_free(&k->psks);
		k->psks = k->next;
		k->next = (struct psk_set){ 0 };
		signers_free(&k->signers);
		k->signers = k->next_signers;
		k->next_signers = (struct signer_set){ 0 };
		break;
	default:
		log_error("keys: message %u is not for it", m->type);
	}
}

static void on_message(void *arg, enum role from, struct msg *m)
{
	struct keys *k = arg;

	if (from == ROLE_PARENT)
		on_plan(k, m);
	else if (from == ROLE_ENGINE && m->type == MSG_KEY)
		on_key(k, m);
	else
		log_error("keys: message %u of %s is not for it", m->type,
			  role_name[from]);
}

int keys_main(const struct role_options *o)
{
	struct keys k = { 0 };
	const char *why;
	int status = 1;

	k.worker = worker_new(ROLE_KEYS, on_message, &k);
	if (!k.worker)
		return 1;
	if (crypto_init(&why))
		log_error("libcrypto: %s", why);
	else
		status = worker_run(k.worker, o);
	psks_free(&k.psks);
	psks_free(&k.next);
	signers_free(&k.signers);
	signers_free(&k.next_signers);
	worker_free(k.worker);
	return status;
}
