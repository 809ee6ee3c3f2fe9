/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The private keys of trust points, and what is signed with them. */
#ifndef IKEHELPER_SIGNER_H
#define IKEHELPER_SIGNER_H

#include "key_msg.h"
#include "pki.h"

struct signer;

struct signer_set {
	struct signer *v;
	size_t n;
};

void signers_free(struct signer_set *s);

/* One more, from a message with a trust point; false: it makes no sense. */
bool signers_add(struct signer_set *s, struct msg *m);

/* Memory for what the answer points to. */
struct signature {
	uint8_t sig[PKI_SIG_MAX];
	struct ike_blob cert[KEY_MAX_CERTS];
};

/* Answer a question of the kind IKE_KEY_SIGN. */
void signers_answer(const struct signer_set *s, const struct ike_key_req *req,
		    struct ike_key_answer *a, struct signature *out);

#endif
