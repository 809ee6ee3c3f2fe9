/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IKE messages: validate the octets of a datagram and say where what is. No
 * state changes, nothing is allocated, everything points into the datagram.
 */
#ifndef IKE_PAYLOAD_H
#define IKE_PAYLOAD_H

#include "bytes.h"
#include "id.h"
#include "wire.h"

#define IKE_MAX_PAYLOADS 64
#define IKE_MAX_VID 32
#define IKE_MAX_CERT 16 /* of CERT and of CR each */
#define IKE_MAX_NOTIFY 10 /* of N and of D each */
#define IKE_MAX_NATD 10

/* The fixed header, RFC 2408, 3.1. */
struct ike_hdr {
	uint8_t icookie[IKE_COOKIE_LEN];
	uint8_t rcookie[IKE_COOKIE_LEN];
	uint8_t next; /* enum ike_pl_type */
	uint8_t version;
	uint8_t exchange; /* enum ike_exchange */
	uint8_t flags; /* IKE_F_* */
	uint32_t msgid;
	uint32_t len; /* of the whole message */
};

/* One payload: its type and what follows its generic header. */
struct ike_pl {
	uint8_t type;
	struct bytes body;
};

/**
 * struct ike_msg - a message that was checked
 * @raw: all of it, header and padding too
 * @pl: the payloads in order; of private types (128 and up) too
 * @n_pl: how many
 * @end: offset behind the last payload; what a HASH covers ends here, padding
 *	may follow
 * @sa: SA payload without generic header (what SAi_b means); absent if NULL.
 *	Its inside is checked by proposal_parse()
 * @hash_end: offset behind the HASH payload: HASH(1) and HASH(2) cover from
 *	here to @end
 * @id: identities, each checked; 0 to 2 (@n_id)
 * @odd: a reserved octet is not zero; with a failure after decryption this
 *	means a wrong key
 * @why: after an error: what is wrong, a sentence without newline
 * @why_at: after an error: offset in the message
 */
struct ike_msg {
	struct ike_hdr hdr;
	struct bytes raw;
	unsigned int n_pl;
	size_t end;
	struct bytes sa, ke, nonce, hash, sig, frag, attr;
	size_t hash_end;
	struct ike_id id[2];
	unsigned int n_id;
	bool odd;
	const char *why;
	size_t why_at;
	struct ike_pl pl[IKE_MAX_PAYLOADS]; /* last: not cleared */
};

/* A notification, RFC 2408, 3.14. */
struct ike_notify {
	uint32_t doi;
	uint8_t protocol;
	uint16_t type;
	struct bytes spi;
	struct bytes data;
};

/* A deletion, RFC 2408, 3.15: @count SPIs of @spi_size octets each. */
struct ike_delete {
	uint8_t protocol;
	uint8_t spi_size;
	uint16_t count;
	struct bytes spis;
};

/* A certificate or a request for one: RFC 2408, 3.9 and 3.10. */
struct ike_cert {
	uint8_t encoding; /* IKE_CERT_* */
	struct bytes data;
};

/* One fragment of a message: id, number from 1, is it the last. */
struct ike_fragment {
	uint16_t id;
	uint8_t number;
	bool last;
	struct bytes data;
};

/*
 * Check the fixed header of a datagram (non-ESP marker already off) against its
 * length. Returns 0 or the notification that fits (enum ike_notify_type);
 * @h is filled if there were octets enough, else all zero.
 */
int ike_hdr_parse(struct bytes datagram, struct ike_hdr *h);

/*
 * Check a message in the clear. One that is encrypted gets its header checked
 * only (n_pl is 0): decrypt it in place and call ike_msg_parse_plain().
 * Returns 0 or a notification type, then why and why_at are set.
 */
int ike_msg_parse(struct bytes datagram, struct ike_msg *m);

/*
 * Check a message whose payloads were decrypted in place. Padding shorter than
 * @block octets may follow the last payload. Outside of phase 1 the first
 * payload must be HASH. Returns as ike_msg_parse().
 */
int ike_msg_parse_plain(struct bytes message, size_t block, struct ike_msg *m);

/*
 * The next payload of @type at or after index @*i, which is moved behind it;
 * NULL when there is none. Start with *i = 0.
 */
const struct ike_pl *ike_msg_next(const struct ike_msg *m, uint8_t type,
				  unsigned int *i);

/* Bodies that ike_msg_parse*() accepted always give 0 here. */
int ike_notify_parse(struct bytes body, struct ike_notify *n);
int ike_delete_parse(struct bytes body, struct ike_delete *d);
int ike_cert_parse(struct bytes body, struct ike_cert *c);
int ike_fragment_parse(struct bytes body, struct ike_fragment *f);

#endif
