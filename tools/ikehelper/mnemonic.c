// SPDX-License-Identifier: GPL-2.0-or-later
// Log lines under the names that monitoring looks for.

#include "mnemonic.h"

#include <stdarg.h>
#include <stdio.h>

#include "../lib/fmt.h"

#define PER_SECOND 10

static void put(struct ike *ike, const char *fmt, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof(text), fmt, ap);
	fmt_clean(text, strlen(text));
	/* Without the address in front: nothing stands before the name. */
	ike->ops->log(ike->ctx, IKE_LOG_WARN, NULL, text);
}

__attribute__((format(printf, 2, 3))) static void say(struct ike *ike,
						      const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(ike, fmt, ap);
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
	put(ike, fmt, ap);
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
	else if (f->local && f->is_initiator && f->attribute[0] &&
		 f->kind == IKE_FAIL_NO_PROPOSAL)
		say(ike,
		    "%%CRYPTO-6-IKMP_SA_NOT_OFFERED: Remote peer %s responded with attribute %s not offered or changed",
		    a, f->attribute);
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
}
