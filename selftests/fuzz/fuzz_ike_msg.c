// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any datagram as an IKE message. What is taken has every payload inside of the
 * datagram, and written again it is the same message.
 */
#include <stdlib.h>

#include "ikehelper/encode.h"
#include "ikehelper/frag.h"
#include "ikehelper/payload.h"
#include "ikehelper/proposal.h"
#include "ikehelper/vid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ike_msg msg, again;
static struct ike_sa_offer offer;
static uint8_t out[IKE_MSG_MAX + 1];

static void check_view(struct bytes b)
{
	if (b.p && (b.p < msg.raw.p || b.p + b.len > msg.raw.p + msg.raw.len))
		abort();
}

static void check_text(const char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			abort();
}

static void check_payload(const struct ike_pl *pl)
{
	struct ike_notify n;
	struct ike_delete d;
	struct ike_cert c;

	check_view(pl->body);
	switch (pl->type) {
	case IKE_PL_N:
		if (ike_notify_parse(pl->body, &n))
			abort();
		check_view(n.spi);
		check_view(n.data);
		break;
	case IKE_PL_D:
		if (ike_delete_parse(pl->body, &d) ||
		    d.spis.len != (size_t)d.count * d.spi_size)
			abort();
		check_view(d.spis);
		break;
	case IKE_PL_CERT:
		if (ike_cert_parse(pl->body, &c))
			abort();
		check_view(c.data);
		break;
	case IKE_PL_VID:
		vid_name(vid_match(pl->body));
		vid_frag_flags(pl->body);
		break;
	}
}

static void check_ids(void)
{
	char text[IKE_ID_STR];
	struct id_range r, back;
	uint8_t octets[32];
	struct ike_id id;
	unsigned int i;

	for (i = 0; i < msg.n_id; i++) {
		check_view(msg.id[i].data);
		check_text(id_fmt(&msg.id[i], text));
		if (!id_eq(&msg.id[i], &msg.id[i]))
			abort();
		if (!id_to_range(&msg.id[i], &r))
			continue;
		id = id_of_range(&r, octets);
		if (!id_to_range(&id, &back) || !id_range_eq(&r, &back) ||
		    !id_range_within(&r, &back))
			abort();
	}
}

static void write_again(void)
{
	struct enc e;
	unsigned int i;
	size_t len;

	enc_start(&e, out, sizeof(out), &msg.hdr);
	for (i = 0; i < msg.n_pl; i++)
		enc_payload(&e, msg.pl[i].type, msg.pl[i].body);
	len = enc_finish(&e);
	if (len != msg.end)
		abort();
	/* The flag of encryption must not hide what is to be read. */
	out[19] &= ~IKE_F_ENC;
	if (ike_msg_parse(bytes_of(out, len), &again) ||
	    again.n_pl != msg.n_pl || again.n_id != msg.n_id)
		abort();
	for (i = 0; i < msg.n_pl; i++)
		if (!bytes_eq(again.pl[i].body, msg.pl[i].body))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;
	unsigned int i;
	uint8_t how;
	int err;

	if (!size || size > 20000)
		return 0;
	how = *data++;
	size--;
	/* Exactly its size, and the header right if so chosen. */
	copy = malloc(size ? size : 1);
	memcpy(copy, data, size);
	if (how & 1 && size >= IKE_HDR_LEN) {
		copy[17] = IKE_VERSION;
		copy[19] &= how & 2 ? 7 : 6;
		put_be32(copy + 24, size);
	}
	if (how & 4)
		err = ike_msg_parse_plain(bytes_of(copy, size),
					  how & 8 ? 8 : 16, &msg);
	else
		err = ike_msg_parse(bytes_of(copy, size), &msg);
	if (err && (msg.n_pl || !msg.why))
		abort();
	for (i = 0; i < msg.n_pl; i++)
		check_payload(&msg.pl[i]);
	if (!err && msg.n_pl) {
		check_ids();
		write_again();
	}
	if (!err && msg.sa.p) {
		proposal_parse(msg.sa, true, &offer);
		proposal_parse(msg.sa, false, &offer);
	}
	free(copy);
	return 0;
}
