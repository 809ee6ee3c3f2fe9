/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A failed negotiation: one record, one log line. */
#ifndef IKEHELPER_FAILURE_H
#define IKEHELPER_FAILURE_H

#include "peercfg.h"

/* Names of the log line, as troubleshooting documents have them. */
enum ike_fail {
	IKE_FAIL_NO_PROPOSAL = 1, /* NO_PROPOSAL_CHOSEN */
	IKE_FAIL_INVALID_ID, /* INVALID_ID_INFORMATION */
	IKE_FAIL_AUTHENTICATION, /* AUTHENTICATION_FAILED */
	IKE_FAIL_PAYLOAD_MALFORMED,
	IKE_FAIL_INVALID_HASH, /* INVALID_HASH_INFORMATION */
	IKE_FAIL_INVALID_SIGNATURE,
	IKE_FAIL_INVALID_CERTIFICATE,
	IKE_FAIL_INVALID_KEY, /* INVALID_KEY_INFORMATION */
	IKE_FAIL_NO_KEY, /* no pre-shared key for the peer */
	IKE_FAIL_NO_PEER, /* nothing is configured for the peer */
	IKE_FAIL_NO_ANSWER, /* death by retransmission */
	IKE_FAIL_PEER_NOTIFY, /* the peer refused; notify says how */
	IKE_FAIL_UNSUPPORTED_EXCHANGE,
	IKE_FAIL_KERNEL,
	IKE_FAIL_LIMIT,
	IKE_FAIL_DPD,
	IKE_FAIL_NO_CERTIFICATE, /* CERTIFICATE_UNAVAILABLE */
	IKE_FAIL_CERT_ENCODING, /* INVALID_CERT_ENCODING */
	IKE_FAIL_CERT_AUTHORITY, /* INVALID_CERT_AUTHORITY */
	IKE_FAIL_KINDS,
};

const char *ike_fail_name(enum ike_fail kind);

#define IKE_FAIL_TEXT 512

struct ike_failure {
	enum ike_fail kind;
	uint8_t phase; /* 1 or 2 */
	bool is_initiator;
	bool local; /* we refused; else the peer did */
	uint16_t notify; /* sent or received, 0 none */
	uint32_t conn;
	uint32_t peer, flow; /* ref, 0 unknown */
	uint32_t priority; /* phase 1 policy that it was held against, 0 none */
	struct ike_path path;
	struct ike_ident remote_id;
	char attribute[32]; /* first one that differs, "" none */
	char theirs[IKE_FAIL_TEXT]; /* what they offered */
	char ours[IKE_FAIL_TEXT]; /* what we have */
	char why[160]; /* the sentence */
};

/* One line for the log, at most @size octets; returns @buf. */
char *ike_failure_line(const struct ike_failure *f, char *buf, size_t size);

#endif
