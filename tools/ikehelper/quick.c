// SPDX-License-Identifier: GPL-2.0-or-later
// What both sides of quick mode do: proposals, keys, the pair in the kernel.

#include "quick.h"
#include "child.h"
#include "natt.h"
#include "trace.h"

#define DEFAULT_LIFE 28800 /* RFC 2407 4.5 */
#define NONCE_LEN 20

/* One host, and the one at this end; behind a NAT its address may be another. */
static bool is_end(const struct addr *a, const struct addr *mask,
		   const struct addr *end, bool nat)
{
	return addr_mask_len(mask) == 8 * (int)addr_len(end->family) &&
	       (nat || addr_eq(a, end));
}

/* Transport mode carries what the gateways say to each other, and nothing else. */
static bool is_between_gateways(const struct sa *sa, const struct selector *s)
{
	return HAS(s, SEL_SRC_MASK) && HAS(s, SEL_DST_MASK) &&
	       is_end(&s->src, &s->src_mask, &sa->path.local.addr,
		      sa->local_nat) &&
	       is_end(&s->dst, &s->dst_mask, &sa->path.remote.addr,
		      sa->remote_nat);
}

unsigned int quick_sets(const struct xchg *x, const struct ike_flow *flow,
			struct ike_p2_policy sets[QUICK_MAX_SETS])
{
	bool transport = is_between_gateways(x->sa, &x->sel);
	unsigned int i, n = 0;

	for (i = 0; i < flow->n_p2 && n < QUICK_MAX_SETS; i++) {
		if (!transport && flow->p2[i].encap == IKE_ENCAP_TRANSPORT)
			continue;
		/* RFC 3947, 5: AH and a NAT do not go together. */
		if (flow->p2[i].ah && natt_udp(x->sa))
			continue;
		sets[n++] = flow->p2[i];
	}
	return n;
}

bool quick_take_proxies(const struct sa *sa, const struct ike_msg *m,
			bool peer_began, struct proxies *p)
{
	struct ike_id us = id_of_addr(&sa->path.local.addr);
	struct ike_id peer = id_of_addr(&sa->path.remote.addr);
	const struct ike_id *local = &us, *remote = &peer;

	if (m->n_id == 1)
		return false;
	if (m->n_id == 2) {
		remote = &m->id[peer_began ? 0 : 1];
		local = &m->id[peer_began ? 1 : 0];
	}
	return id_to_range(local, &p->local) && id_to_range(remote, &p->remote);
}

void quick_fill_ids(const struct xchg *x, struct enc *e)
{
	if (!x->idci.p)
		return;
	enc_payload(e, IKE_PL_ID, octets_bytes(&x->idci));
	enc_payload(e, IKE_PL_ID, octets_bytes(&x->idcr));
}

static void fill_oa(struct enc *e, uint8_t type, const struct addr *a)
{
	uint8_t body[4 + 16] = { 0 };
	unsigned int len = addr_len(a->family);

	body[0] = len == 4 ? IKE_ID_IPV4 : IKE_ID_IPV6;
	memcpy(body + 4, a->b, len);
	enc_payload(e, type, bytes_of(body, 4 + len));
}

void quick_fill_natoa(const struct xchg *x, struct enc *e)
{
	uint8_t type = x->udp == IKE_ENCAP_UDP_TUNNEL ? IKE_PL_NATOA :
							IKE_PL_NATOA_DRAFT;
	const struct ike_path *p = &x->sa->path;

	if (!x->udp || x->agreed.encap != IKE_ENCAP_TRANSPORT)
		return;
	fill_oa(e, type, x->initiator ? &p->local.addr : &p->remote.addr);
	fill_oa(e, type, x->initiator ? &p->remote.addr : &p->local.addr);
}

bool quick_make_ke(struct ike *ike, struct xchg *x, uint16_t group)
{
	uint8_t nonce[NONCE_LEN];

	ike->ops->random(ike->ctx, nonce, sizeof(nonce));
	if (!octets_set(x->initiator ? &x->ni : &x->nr, nonce, sizeof(nonce)))
		return false;
	if (!group)
		return true;
	x->dh = dh_create(group);
	return x->dh;
}

void quick_fill_nonce(const struct xchg *x, struct enc *e)
{
	enc_payload(e, IKE_PL_NONCE,
		    octets_bytes(x->initiator ? &x->ni : &x->nr));
	if (x->dh)
		enc_payload(e, IKE_PL_KE, dh_public(x->dh));
}

bool quick_take_ke(struct xchg *x, const struct ike_msg *m)
{
	uint8_t gxy[IKE_KE_MAX];
	bool ok;

	if (!m->nonce.p || m->nonce.len < IKE_NONCE_MIN ||
	    m->nonce.len > IKE_NONCE_MAX)
		return false;
	if (!octets_set(x->initiator ? &x->nr : &x->ni, m->nonce.p,
			m->nonce.len))
		return false;
	if (!x->dh)
		return !m->ke.p;
	if (!m->ke.p || dh_derive(x->dh, m->ke, gxy))
		return false;
	ok = octets_set(&x->gxy, gxy, dh_secret_len(dh_group(x->dh)));
	secret_wipe(gxy, sizeof(gxy));
	return ok;
}

/* The kernel's numbers for a transform set. */
static bool krn_algs(const struct ike_p2_policy *p, struct krn_pair *k)
{
	static const struct {
		uint8_t esp, cipher, icv;
	} ciphers[] = {
		{ 0, 0, 0 }, /* AH */
		{ IKE_ESP_DES, CIPHER_DES_CBC, 0 },
		{ IKE_ESP_3DES, CIPHER_DES3_CBC, 0 },
		{ IKE_ESP_NULL, CIPHER_NULL, 0 },
		{ IKE_ESP_AES_CBC, CIPHER_AES_CBC, 0 },
		{ IKE_ESP_AES_CTR, CIPHER_AES_CTR, 0 },
		{ IKE_ESP_AES_CCM_8, CIPHER_AES_CCM, 8 },
		{ IKE_ESP_AES_CCM_12, CIPHER_AES_CCM, 12 },
		{ IKE_ESP_AES_CCM_16, CIPHER_AES_CCM, 16 },
		{ IKE_ESP_AES_GCM_8, CIPHER_AES_GCM, 8 },
		{ IKE_ESP_AES_GCM_12, CIPHER_AES_GCM, 12 },
		{ IKE_ESP_AES_GCM_16, CIPHER_AES_GCM, 16 },
		{ IKE_ESP_AES_GMAC, CIPHER_AES_GMAC, 16 },
	};
	static const struct {
		uint8_t auth, integ;
	} integs[] = {
		{ IKE_AUTHALG_NONE, INTEG_NONE },
		{ IKE_AUTHALG_MD5, INTEG_MD5_96 },
		{ IKE_AUTHALG_SHA, INTEG_SHA1_96 },
		{ IKE_AUTHALG_SHA256, INTEG_SHA256_128 },
		{ IKE_AUTHALG_SHA384, INTEG_SHA384_192 },
		{ IKE_AUTHALG_SHA512, INTEG_SHA512_256 },
	};
	uint16_t auth = p->ah ? p->ah_auth : p->esp_auth;
	size_t i;

	for (i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
		if (ciphers[i].esp == p->esp)
			break;
	}
	if (i == sizeof(ciphers) / sizeof(ciphers[0]))
		return false;
	k->cipher = ciphers[i].cipher;
	k->icv_len = ciphers[i].icv;
	for (i = 0; i < sizeof(integs) / sizeof(integs[0]); i++) {
		if (integs[i].auth == auth)
			break;
	}
	if (i == sizeof(integs) / sizeof(integs[0]))
		return false;
	k->integ = integs[i].integ;
	return true;
}

/* KEYMAT of one direction: the cipher's key first (RFC 2409 5.5). */
static bool one_key(const struct xchg *x, uint32_t spi, struct krn_key *cipher,
		    struct krn_key *integ)
{
	const struct ike_p2_policy *p = &x->agreed;
	const struct keymat_qm q = { .protocol = p2_protocol(p),
				     .spi = spi,
				     .ni = octets_bytes(&x->ni),
				     .nr = octets_bytes(&x->nr),
				     .gxy = octets_bytes(&x->gxy) };
	int c = p->ah ? 0 : keymat_esp_len(p->esp, p->esp_keylen);
	int a = keymat_auth_len(p->ah ? p->ah_auth : p->esp_auth);
	uint8_t out[KEYMAT_MAX];

	if (c < 0 || a < 0 || c > MAX_KEY || a > MAX_KEY || c + a < 1 ||
	    keymat_qm(&x->sa->km, &q, out, c + a))
		return false;
	memcpy(cipher->p, out, c);
	cipher->len = c;
	memcpy(integ->p, out + c, a);
	integ->len = a;
	secret_wipe(out, sizeof(out));
	return true;
}

static void pair_times(const struct xchg *x, struct krn_pair *k)
{
	uint64_t bytes = (uint64_t)x->agreed.kbytes * 1024;

	k->hard_seconds = x->agreed.seconds;
	k->hard_bytes = bytes;
	k->soft_bytes = bytes - bytes / CHILD_MARGIN(x->initiator);
}

/* The SPI was reserved for ESP, before it was known that AH is agreed on. */
static void give_back(struct ike *ike, const struct xchg *x)
{
	struct krn_req req = { .op = KRN_DELETE,
			       .proto = PROTO_ESP,
			       .in_spi = x->in_spi,
			       .path = x->sa->path };

	ike->ops->krn(ike->ctx, &req);
}

bool quick_add_pair(struct ike *ike, struct xchg *x, wait_krn_fn *fn)
{
	const struct ike_flow *flow = ike->ops->flow_get(ike->ctx, x->flow);
	struct krn_pair k = { .mode = x->agreed.encap == IKE_ENCAP_TRANSPORT ?
					      MODE_TRANSPORT :
					      MODE_TUNNEL,
			      .standby = true,
			      .encap = x->udp,
			      .sel = x->sel };
	struct krn_req req = { .op = KRN_ADD_PAIR,
			       .proto = p2_proto(&x->agreed),
			       .rule = x->rule,
			       .flow = x->flow,
			       .ivrf = ike_ivrf(ike, x->sa->peer),
			       .in_spi = x->in_spi,
			       .out_spi = x->out_spi,
			       .path = x->sa->path,
			       .pair = &k };
	bool ok;

	if (!flow)
		return false;
	if (!x->agreed.seconds)
		x->agreed.seconds = DEFAULT_LIFE;
	k.how = flow->how;
	k.idle = flow->idle;
	k.replay_window = flow->replay_window;
	pair_times(x, &k);
	ok = krn_algs(&x->agreed, &k) &&
	     one_key(x, x->in_spi, &k.in_cipher, &k.in_integ) &&
	     one_key(x, x->out_spi, &k.out_cipher, &k.out_integ);
	if (ok) {
		if (x->agreed.ah)
			give_back(ike, x);
		x->has_pair = true;
		x->state = XCHG_WAIT_PAIR;
		wait_for_krn(ike, &x->wait, &req, fn);
	}
	secret_wipe(&k, sizeof(k));
	return ok;
}

uint32_t quick_out_spi(const struct ike_p2_choice *c)
{
	return c->agreed.ah ? c->spis.ah : c->spis.esp;
}

void quick_alloc_spi(struct ike *ike, struct xchg *x, wait_krn_fn *fn)
{
	struct krn_req req = { .op = KRN_ALLOC_SPI,
			       .proto = PROTO_ESP,
			       .rule = x->rule,
			       .flow = x->flow,
			       .path = x->sa->path };

	x->state = XCHG_WAIT_SPI;
	wait_for_krn(ike, &x->wait, &req, fn);
}

void quick_fail(struct ike *ike, struct xchg *x, uint16_t notify)
{
	uint32_t replaces = x->replaces;
	struct sa *sa = x->sa;
	uint8_t spi[4];
	struct ike_notify n = { .doi = IKE_DOI_IPSEC,
				.protocol = p2_protocol(&x->agreed),
				.type = notify };

	if (x->out_spi) {
		/* Tells the peer which of its exchanges this is about. */
		put_be32(spi, x->out_spi);
		n.spi = bytes_of(spi, sizeof(spi));
	}
	trace_node_end(ike, x, true, notify ? "QM rejected" : "Delete Larval");
	sa->stats.n_rejects++;
	sa->stats.n_rejects_in += !x->initiator;
	xchg_kill(ike, x);
	if (notify && !sa->is_dead)
		info_notify(ike, sa, &n);
	if (replaces)
		child_rekey_failed(ike, replaces);
}

void quick_payloads(struct ike *ike, const struct xchg *x)
{
	trace_sa(ike, x->sa, "processing HASH payload. message ID = %u",
		 x->msgid);
	trace_sa(ike, x->sa, "processing SA payload. message ID = %u",
		 x->msgid);
}

void quick_installed(struct ike *ike, const struct xchg *x, const char *step)
{
	trace_created(ike, x);
	trace_sa(ike, x->sa, "Successfully installed IPSEC SA (SPI:0x%X)",
		 x->in_spi);
	trace_node(ike, x, "IKE_MESG_FROM_IPSEC, IPSEC_INSTALL_DONE",
		   "IKE_QM_IPSEC_INSTALL_AWAIT", step);
}

void quick_end_timer(void *arg, struct timer *t)
{
	xchg_kill(arg, container_of(t, struct xchg, timer));
}

void quick_invalid(struct sa *sa, bool is_ours)
{
	sa->stats.in_drops++;
	sa->stats.n_invalids++;
	sa->stats.n_invalids_in += !is_ours;
}
