// SPDX-License-Identifier: GPL-2.0-or-later
// Log lines under the names that monitoring looks for.

#include "mnemonic.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../lib/fmt.h"
#include "id.h"
#include "ident.h"

#define PER_SECOND 10
#define WITH " with " /* between an identity and its certificate */

static void put(struct ike *ike, enum ike_log_level level, const char *fmt,
		va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	fmt_clean(text, strlen(text));
	/* Without the address in front: nothing stands before the name. */
	ike->ops->log(ike->ctx, level, NULL, text);
}

__attribute__((format(printf, 2, 3))) static void say(struct ike *ike,
						      const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(ike, IKE_LOG_WARN, fmt, ap);
	va_end(ap);
}

__attribute__((format(printf, 2, 3))) static void note(struct ike *ike,
						       const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(ike, IKE_LOG_INFO, fmt, ap);
	va_end(ap);
}

void mnemonic(struct ike *ike, const char *fmt, ...)
{
	uint64_t second = ike->now / 1000;
	va_list ap;

	if (second != ike->name_second) {
		ike->name_second = second;
		ike->name_count = 0;
	}
	/* Apart from failures, which strays must not keep from being told. */
	if (ike->name_count++ >= PER_SECOND)
		return;
	va_start(ap, fmt);
	put(ike, IKE_LOG_WARN, fmt, ap);
	va_end(ap);
}

void mnemonic_peer(struct ike *ike, const struct ike_path *path,
		   const char *before, const char *behind)
{
	char a[ADDR_STR];

	mnemonic(ike, "%s %s %s", before, addr_fmt_ios(&path->remote.addr, a),
		 behind);
}

static bool is_cert(enum ike_fail kind)
{
	return kind == IKE_FAIL_INVALID_CERTIFICATE ||
	       kind == IKE_FAIL_CERT_ENCODING ||
	       kind == IKE_FAIL_CERT_AUTHORITY;
}

/* An identity that its certificate does not have. */
static void no_match(struct ike *ike, const struct ike_failure *f)
{
	const struct ike_ident *i = &f->remote_id;
	struct ike_id id = id_of(i->type, i->data, i->len);
	const char *cert = strstr(f->theirs, WITH);
	const char *name = "%CRYPTO-6-IKMP_NO_ID_CERT_ADDR_MATCH";
	const char *what = "addr";
	char text[IKE_ID_STR];

	if (i->type == IKE_ID_FQDN || i->type == IKE_ID_USER_FQDN) {
		name = "%CRYPTO-6-IKMP_NO_ID_CERT_FQDN_MATCH";
		what = "fqdn";
	} else if (i->type == IKE_ID_DER_DN) {
		name = "%CRYPTO-6-IKMP_NO_ID_CERT_DN_MATCH";
		what = "DN";
	}
	say(ike, "%s: ID of %s (type %u) and certificate %s%s", name,
	    id_fmt(&id, text), i->type, what, cert);
}

/* What was wrong, if it has a name of its own. */
static void cause(struct ike *ike, const struct report *r,
		  const struct ike_failure *f, const char *a)
{
	if (f->kind == IKE_FAIL_UNSUPPORTED_EXCHANGE)
		say(ike,
		    "%%CRYPTO-5-IKMP_AG_MODE_DISABLED: Unable to initiate or respond to Aggressive Mode while disabled");
	else if (f->kind == IKE_FAIL_NO_KEY)
		say(ike,
		    "%%CRYPTO-6-IKMP_NO_PRESHARED_KEY: Pre-shared key for remote peer at %s is missing",
		    a);
	else if (f->local && is_cert(f->kind))
		say(ike,
		    "%%CRYPTO-5-IKMP_INVAL_CERT: Certificate received from %s is bad: %s",
		    a, f->why);
	else if (f->local &&
		 (f->kind == IKE_FAIL_PAYLOAD_MALFORMED || r->is_unreadable))
		say(ike,
		    "%%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from %s failed its sanity check or is malformed",
		    a);
	else if (f->local && r->sa &&
		 (f->kind == IKE_FAIL_AUTHENTICATION ||
		  f->kind == IKE_FAIL_INVALID_SIGNATURE))
		say(ike,
		    "%%CRYPTO-6-IKMP_AUTH_FAIL: Authentication method %u failed with host %s",
		    r->sa->p1.auth, a);
	else if (f->local && f->phase == 1 && f->kind == IKE_FAIL_INVALID_ID &&
		 strstr(f->theirs, WITH))
		no_match(ike, f);
	else if (f->local && f->is_initiator && f->attribute[0] &&
		 f->kind == IKE_FAIL_NO_PROPOSAL)
		say(ike,
		    "%%CRYPTO-6-IKMP_SA_NOT_OFFERED: Remote peer %s responded with attribute %s not offered or changed",
		    a, f->attribute);
}

static const char *fmt_ident(const struct ike_ident *i, char text[IKE_ID_STR])
{
	struct ike_id id = id_of(i->type, i->data, i->len);

	return i->type ? id_fmt(&id, text) : "None";
}

/* A negotiation that came to nothing, of how many of its kind. */
static void setup_failed(struct ike *ike, const struct sa *sa,
			 const struct ike_failure *f)
{
	const struct ike_peer *peer = ike->ops->peer_get(ike->ctx, sa->peer);
	struct ike_ident local = { 0 };
	char l[ADDR_STR], r[ADDR_STR], lid[IKE_ID_STR], rid[IKE_ID_STR];
	const char *profile = NULL, *vrf = NULL;

	if (ike->ops->vrf_name)
		vrf = ike->ops->vrf_name(ike->ctx, f->path.vrf);
	if (peer && peer->profile && ike->ops->profile_name)
		profile = ike->ops->profile_name(ike->ctx, peer->profile);
	if (sa->local_id.type)
		ident_from(&local, &sa->local_id);
	say(ike,
	    "%s SETUP FAILED for local:%s local_id:%s remote:%s remote_id:%s IKE profile:%s fvrf:%s fail_reason:%s fail_class_cnt:%u",
	    f->phase == 2 ? "%CRYPTO-5-IPSEC_SETUP_FAILURE: IPSEC" :
			    "%CRYPTO-5-IKMP_SETUP_FAILURE: IKE",
	    addr_fmt_ios(&f->path.local.addr, l), fmt_ident(&local, lid),
	    addr_fmt_ios(&f->path.remote.addr, r),
	    fmt_ident(&f->remote_id, rid), profile ? profile : "None",
	    vrf ? vrf : "None", f->why,
	    ++ike->n_failed[f->phase == 2][f->kind]);
}

void mnemonic_failure(struct ike *ike, const struct report *r,
		      const struct ike_failure *f)
{
	const char *mode = f->phase == 2	      ? "Quick" :
			   r->sa && r->sa->aggressive ? "Aggressive" :
							"Main";
	char a[ADDR_STR];

	addr_fmt_ios(&f->path.remote.addr, a);
	cause(ike, r, f, a);
	if (r->sa && f->kind != IKE_FAIL_DPD)
		say(ike,
		    "%%CRYPTO-6-IKMP_MODE_FAILURE: Processing of %s mode failed with peer at %s",
		    mode, a);
	if (r->sa && f->kind != IKE_FAIL_DPD &&
	    (f->phase == 2 || r->sa->state != QM_IDLE))
		setup_failed(ike, r->sa, f);
}

/* Default transform sets are in force where an entry has none of its own. */
static bool has_default(struct ike *ike, uint32_t ref)
{
	const struct ike_flow *flow = ike->ops->flow_get(ike->ctx, ref);
	const char *name = flow && flow->n_p2 ? flow->p2[0].name : NULL;

	return name && !strncmp(name, "#!default", 9);
}

void mnemonic_event(struct ike *ike, const struct ike_event *ev, bool is_manual)
{
	char a[ADDR_STR];

	if (ev->kind == IKE_EVENT_PEER_DEAD)
		note(ike, "peer %s:%u is dead",
		     addr_fmt(&ev->sa->path.remote.addr, a),
		     ev->sa->path.remote.port);
	if (ev->kind == IKE_EVENT_SA_UP &&
	    ev->sa->p1.priority >= IKE_P1_DEFAULTS)
		note(ike,
		     "%%CRYPTO-6-IKMP_POLICY_DEFAULT: Using ISAKMP Default policies");
	if (ev->kind == IKE_EVENT_CHILD_UP && has_default(ike, ev->child->flow))
		note(ike,
		     "%%CRYPTO-5-IPSEC_DEFAULT_TRANSFORM: Using Default IPsec transform-set");
	if (ev->kind == IKE_EVENT_SA_DOWN && is_manual)
		note(ike,
		     "%%CRYPTO-6-ISAKMP_MANUAL_DELETE: IKE SA manually deleted. Do 'clear crypto sa peer %s' to manually clear IPSec SA's covered by this IKE SA.",
		     addr_fmt_ios(&ev->sa->path.remote.addr, a));
}
