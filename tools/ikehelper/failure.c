// SPDX-License-Identifier: GPL-2.0-or-later
// A failed negotiation: one record, one log line.

#include "failure.h"
#include "ident.h"
#include "mnemonic.h"
#include "report.h"
#include "trace.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const names[] = {
	[IKE_FAIL_NO_PROPOSAL] = "NO_PROPOSAL_CHOSEN",
	[IKE_FAIL_INVALID_ID] = "INVALID_ID_INFORMATION",
	[IKE_FAIL_AUTHENTICATION] = "AUTHENTICATION_FAILED",
	[IKE_FAIL_PAYLOAD_MALFORMED] = "PAYLOAD_MALFORMED",
	[IKE_FAIL_INVALID_HASH] = "INVALID_HASH_INFORMATION",
	[IKE_FAIL_INVALID_SIGNATURE] = "INVALID_SIGNATURE",
	[IKE_FAIL_INVALID_CERTIFICATE] = "INVALID_CERTIFICATE",
	[IKE_FAIL_INVALID_KEY] = "INVALID_KEY_INFORMATION",
	[IKE_FAIL_NO_KEY] = "NO_PRESHARED_KEY",
	[IKE_FAIL_NO_PEER] = "NO_PEER_CONFIGURED",
	[IKE_FAIL_NO_ANSWER] = "NO_ANSWER",
	[IKE_FAIL_PEER_NOTIFY] = "PEER_NOTIFY",
	[IKE_FAIL_UNSUPPORTED_EXCHANGE] = "UNSUPPORTED_EXCHANGE_TYPE",
	[IKE_FAIL_KERNEL] = "KERNEL",
	[IKE_FAIL_LIMIT] = "LIMIT",
	[IKE_FAIL_DPD] = "DEAD_PEER",
	[IKE_FAIL_NO_CERTIFICATE] = "CERTIFICATE_UNAVAILABLE",
	[IKE_FAIL_CERT_ENCODING] = "INVALID_CERT_ENCODING",
	[IKE_FAIL_CERT_AUTHORITY] = "INVALID_CERT_AUTHORITY",
};

const char *ike_fail_name(enum ike_fail kind)
{
	if (kind < 1 || kind >= sizeof(names) / sizeof(names[0]))
		return "UNKNOWN";
	return names[kind];
}

char *ike_failure_line(const struct ike_failure *f, char *buf, size_t size)
{
	char peer[ADDR_STR];
	int n;

	n = snprintf(buf, size, "%s: phase %u %s %s %s: %s",
		     ike_fail_name(f->kind), f->phase,
		     f->is_initiator ? "to" : "from",
		     addr_fmt(&f->path.remote.addr, peer),
		     f->local ? "refused" : "failed", f->why);
	if (n > 0 && (size_t)n < size && f->attribute[0])
		n += snprintf(buf + n, size - n, "; %s differs", f->attribute);
	if (n > 0 && (size_t)n < size && f->theirs[0])
		n += snprintf(buf + n, size - n, "; they: %s", f->theirs);
	if (n > 0 && (size_t)n < size && f->ours[0]) {
		if (f->priority)
			snprintf(buf + n, size - n, "; we (policy %u): %s",
				 f->priority, f->ours);
		else
			snprintf(buf + n, size - n, "; we: %s", f->ours);
	}
	return buf;
}

static void from_explain(struct ike_failure *f, const struct ike_explain *x)
{
	snprintf(f->attribute, sizeof(f->attribute), "%s",
		 x->diff ? explain_diff_name(x->diff) : "");
	if (x->phase == 1) {
		f->priority = x->p1_ours.priority;
		explain_p1_fmt(&x->p1, f->theirs, sizeof(f->theirs));
		explain_p1_fmt(&x->p1_ours, f->ours, sizeof(f->ours));
	} else {
		explain_p2_fmt(&x->p2, f->theirs, sizeof(f->theirs));
		explain_p2_fmt(&x->p2_ours, f->ours, sizeof(f->ours));
	}
}

static void from_sa(struct ike_failure *f, const struct report *r)
{
	const struct sa *sa = r->sa;

	f->path = sa->path;
	f->conn = sa->conn;
	f->peer = sa->peer;
	f->is_initiator = r->xchg ? r->xchg->initiator : sa->initiator;
	if (sa->remote_id.type)
		ident_from(&f->remote_id, &sa->remote_id);
}

void report(struct ike *ike, const struct report *r, const char *fmt, ...)
{
	struct ike_failure f = { .kind = r->kind,
				 .phase = r->xchg ? 2 : 1,
				 .local = r->local,
				 .notify = r->notify,
				 .flow = r->flow };
	char line[IKE_FAIL_TEXT * 3];
	va_list ap;

	if (r->sa)
		from_sa(&f, r);
	if (r->xchg && !f.flow)
		f.flow = r->xchg->flow;
	if (r->path)
		f.path = *r->path;
	if (r->explain)
		from_explain(&f, r->explain);
	if (r->attribute)
		snprintf(f.attribute, sizeof(f.attribute), "%s", r->attribute);
	if (r->theirs)
		snprintf(f.theirs, sizeof(f.theirs), "%s", r->theirs);
	if (r->ours)
		snprintf(f.ours, sizeof(f.ours), "%s", r->ours);
	va_start(ap, fmt);
	vsnprintf(f.why, sizeof(f.why), fmt, ap);
	va_end(ap);
	ike_failure_line(&f, line, sizeof(line));
	if (r->sa && r->kind == IKE_FAIL_AUTHENTICATION)
		trace_bad(
			ike, r->sa,
			"AUTHENTICATION_FAILED (pre-shared key or certificate mismatch)");
	if (r->sa)
		trace_bad(ike, r->sa, "%s", line);
	else
		trace_stray(ike, &f.path, "%s", line);
	/* A stranger can fail as often as it likes. */
	if (!(r->sa && r->sa->state == QM_IDLE) && !ike_may_log(ike))
		return;
	ike->ops->log(ike->ctx, IKE_LOG_WARN, &f.path, line);
	mnemonic_failure(ike, r, &f);
	ike->ops->failure(ike->ctx, &f);
}
