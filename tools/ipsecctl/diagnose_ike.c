// SPDX-License-Identifier: GPL-2.0-or-later
/* Phase 1 in sentences, and failed negotiations of both phases. */
#include "diagnose.h"

#include <stdio.h>
#include <string.h>

#include "daemon.h"

#define PHASE1 "phase 1"
#define PHASE2 "phase 2"

/* --- failures ------------------------------------------------------------------- */

static bool is_with(row *r, const struct addr *peer)
{
	struct addr a;

	return addr_parse(daemon_text(r, "remote"), &a) && addr_eq(&a, peer);
}

row *diagnose_failure(const struct diagnose_facts *f, const struct addr *peer,
		      int phase, int64_t age)
{
	row *r, *newest = NULL;
	size_t i;

	for (i = 0; i < row_len(f->failures); i++) {
		r = row_at(f->failures, i);
		if (daemon_number(r, "phase") != phase || !is_with(r, peer))
			continue;
		/* What has worked since is of no interest. */
		if (age >= 0 && f->now - daemon_number(r, "time") > age)
			continue;
		newest = r;
	}
	return newest;
}

/* The name of a failure; what the peer said when it was the one that refused. */
static const char *kind_of(row *r)
{
	const char *kind = daemon_text(r, "kind");

	return !strcmp(kind, "PEER_NOTIFY") && row_has(r, "notify") ?
		       daemon_text(r, "notify") :
		       kind;
}

struct known {
	const char *kind, *code, *text, *advice;
};

static const struct known *find(const struct known *k, const char *kind)
{
	while (k->kind && strcmp(k->kind, kind))
		k++;
	return k;
}

/* What each side has, as far as it is known. */
static void say_sides(row *all, const char *step, row *r)
{
	const char *attribute = daemon_text(r, "attribute");

	if (row_has(r, "theirs") || row_has(r, "ours"))
		diagnose_say(all, step, INFO, "difference",
			     "They have: %s. We have: %s.%s%s%s",
			     row_has(r, "theirs") ? daemon_text(r, "theirs") :
						    "nothing",
			     row_has(r, "ours") ? daemon_text(r, "ours") :
						  "nothing",
			     *attribute ? " First difference: " : "", attribute,
			     *attribute ? "." : "");
}

static void say_failure(row *all, const char *step, const struct known *list,
			row *r)
{
	const struct known *k = find(list, kind_of(r));
	const char *why = daemon_text(r, "why");
	bool is_peer = !strcmp(daemon_text(r, "refused_by"), "peer");

	diagnose_say(all, step, ERROR, k->code, "%s (%s%s%s%s)", k->text,
		     kind_of(r), is_peer ? ", told by the peer" : "",
		     *why ? ": " : "", why);
	diagnose_advise(all, "%s", k->advice);
	say_sides(all, step, r);
}

#define AUTHENTICATION                                                       \
	"phase1-authentication",                                             \
		"Phase 1 fails at authentication: the pre-shared keys, or "  \
		"what the certificates prove, differ.",                      \
		"Enter the same key at both ends: 'crypto isakmp key KEY "   \
		"address PEER'; with signatures look at the trustpoint and " \
		"its certificates."
#define CERTIFICATE                                                        \
	"phase1-certificate", "Phase 1 fails for a certificate.",          \
		"Look at the dates of the certificate, at who issued it, " \
		"and at the trustpoint of both ends."

static const struct known phase1[] = {
	{ "NO_PROPOSAL_CHOSEN", "phase1-no-proposal",
	  "Phase 1 fails: no ISAKMP policy is common to both ends.",
	  "Make encryption, hash, authentication and group of a 'crypto isakmp "
	  "policy' the same at both ends." },
	{ "AUTHENTICATION_FAILED", AUTHENTICATION },
	{ "PAYLOAD_MALFORMED", AUTHENTICATION },
	{ "INVALID_HASH_INFORMATION", AUTHENTICATION },
	{ "INVALID_SIGNATURE", CERTIFICATE },
	{ "INVALID_CERTIFICATE", CERTIFICATE },
	{ "CERTIFICATE_UNAVAILABLE", CERTIFICATE },
	{ "INVALID_CERT_ENCODING", CERTIFICATE },
	{ "INVALID_CERT_AUTHORITY", CERTIFICATE },
	{ "NO_PRESHARED_KEY", "phase1-no-key",
	  "Phase 1 fails: there is no pre-shared key for the peer.",
	  "Enter 'crypto isakmp key KEY address PEER'." },
	{ "NO_PEER_CONFIGURED", "phase1-no-peer",
	  "Phase 1 fails: nothing is configured for the peer.",
	  "Enter a key or an ISAKMP profile for it, and 'set peer' in a crypto "
	  "map entry." },
	{ "INVALID_ID_INFORMATION", "phase1-identity",
	  "Phase 1 fails: the identity of the peer is not the one that is "
	  "expected.",
	  "Compare 'crypto isakmp identity' of both ends and 'match identity' "
	  "of the ISAKMP profile." },
	{ "NO_ANSWER", "peer-silent",
	  "Phase 1 fails: the peer does not answer.",
	  "See whether the peer runs and UDP ports 500 and 4500 pass both ways "
	  "through every firewall." },
	{ "DEAD_PEER", "peer-dead",
	  "The peer has stopped answering and was given up.",
	  "See whether the peer still runs and is reached; compare the dead "
	  "peer detection of both ends." },
	{ NULL, "phase1-failed", "Phase 1 fails.",
	  "See 'show logging' and 'debug crypto isakmp'." },
};

static const struct known phase2[] = {
	{ "NO_PROPOSAL_CHOSEN", "phase2-no-proposal",
	  "Phase 2 fails: no transform set is common to both ends.",
	  "Make the transform set, its mode and 'set pfs' of the crypto map "
	  "entry the same at both ends." },
	{ "INVALID_ID_INFORMATION", "phase2-proxies",
	  "Phase 2 fails: the proxy identities do not fit.",
	  "The access list of each end must be the mirror image of the other "
	  "one." },
	{ "NO_ANSWER", "phase2-silent",
	  "Phase 2 fails: the peer does not answer.",
	  "The peer may have lost the IKE SA: 'clear crypto session', and look "
	  "at its log." },
	{ "KERNEL", "phase2-kernel",
	  "Phase 2 fails: the module refuses the SAs.",
	  "See the log of the daemon; the transform set may need an algorithm "
	  "that this kernel lacks." },
	{ NULL, "phase2-failed", "Phase 2 fails.",
	  "See 'show logging' and 'debug crypto ipsec'." },
};

void diagnose_phase2_failure(row *all, row *failure)
{
	say_failure(all, PHASE2, phase2, failure);
}

/* --- phase 1 ---------------------------------------------------------------------- */

static bool is_up(row *sa)
{
	return !strcmp(daemon_text(sa, "state"), "QM_IDLE") &&
	       !daemon_flag(sa, "deleted");
}

/* The newest IKE SA with the peer, one that is up before all others. */
static row *ike_of(const struct diagnose_facts *f, const struct addr *peer)
{
	row *r, *best = NULL;
	size_t i;

	for (i = 0; i < row_len(f->ikes); i++) {
		r = row_at(f->ikes, i);
		if (!is_with(r, peer) || daemon_flag(r, "deleted"))
			continue;
		if (!best || is_up(r) || !is_up(best))
			best = r;
	}
	return best;
}

static bool has_sas(const struct diagnose_found *found)
{
	uint32_t i;

	for (i = 0; i < found->n; i++)
		if (found->flow[i].flow->n_in && found->flow[i].flow->n_out)
			return true;
	return false;
}

/* What a state that lasts means. */
static const char *waits_for(const char *state)
{
	static const struct {
		const char *state, *text;
	} list[] = {
		{ "MM_NO_STATE", "for the first answer: is the peer reached, "
				 "and has it a common policy?" },
		{ "AG_NO_STATE", "for the first answer: is the peer reached, "
				 "and has it a common policy?" },
		{ "MM_SA_SETUP", "for the key exchange" },
		{ "MM_KEY_EXCH", "for the authentication: a wrong pre-shared "
				 "key ends here" },
		{ "AG_INIT_EXCH", "for the answer to the key exchange" },
	};
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (!strcmp(state, list[i].state))
			return list[i].text;
	return "for its end";
}

static void say_ike(row *all, row *sa, const struct diagnose_found *found)
{
	char a[ADDR_STR], span[FMT_SPAN];
	const char *state = daemon_text(sa, "state");
	bool has_nat = daemon_flag(sa, "local_nat") ||
		       daemon_flag(sa, "remote_nat");

	addr_fmt(&found->peer, a);
	if (!is_up(sa)) {
		diagnose_say(all, PHASE1, WARNING, "phase1-negotiating",
			     "Phase 1 with %s is under way in %s and waits %s.",
			     a, state, waits_for(state));
		diagnose_advise(all, "Ask again in half a minute.");
		return;
	}
	diagnose_say(all, PHASE1, OK, "phase1-up",
		     "Phase 1 with %s is up for %s%s.", a,
		     fmt_uptime(daemon_number(sa, "up"), span),
		     has_nat ? "; there is NAT between" : "");
}

static void say_no_daemon(row *all, const struct diagnose_found *found)
{
	bool is_up_still = has_sas(found);

	diagnose_say(all, PHASE1, is_up_still ? WARNING : ERROR, "daemon-down",
		     "The IKE daemon does not run, so nothing is negotiated%s; "
		     "phase 1 and failures are not known.",
		     is_up_still ? " and SAs end at their lifetime" : "");
	diagnose_advise(all, "Start it: 'systemctl start ikehelper'.");
}

/* A session that was up: since when it is down, and why. */
static void say_session(row *all, const struct diagnose_facts *f,
			const struct diagnose_found *found)
{
	char span[FMT_SPAN];
	size_t i;
	row *s;

	for (i = 0; i < row_len(f->sessions); i++) {
		s = row_at(f->sessions, i);
		if (!is_with(s, &found->peer) || daemon_flag(s, "up"))
			continue;
		diagnose_say(all, PHASE1, has_sas(found) ? INFO : WARNING,
			     "session-down",
			     "The session with port %lld is down for %s%s%s.",
			     daemon_number(s, "remote_port"),
			     fmt_uptime(daemon_number(s, "seconds"), span),
			     row_has(s, "reason") ? ": " : "",
			     daemon_text(s, "reason"));
	}
}

/*
 * New pairs far more often than any sensible lifetime asks for: lifetimes, or how
 * the ends look for dead peers, do not fit together.
 */
static void say_rekeys(row *all, const struct diagnose_facts *f,
		       const struct diagnose_found *found)
{
	long long pairs, seconds;
	char span[FMT_SPAN];
	size_t i;
	row *s;

	for (i = 0; i < row_len(f->sessions); i++) {
		s = row_at(f->sessions, i);
		pairs = daemon_number(s, "past_pairs");
		seconds = daemon_number(s, "seconds");
		if (!is_with(s, &found->peer) || !daemon_flag(s, "up") ||
		    pairs < 10 || seconds / pairs >= 60)
			continue;
		diagnose_say(all, "lifetime", WARNING, "rekey-often",
			     "%lld pairs of SAs have ended in the %s that the "
			     "session is up.",
			     pairs, fmt_uptime(seconds, span));
		diagnose_advise(all, "Compare the lifetimes and the dead peer "
				     "detection of both ends.");
	}
}

void diagnose_phase1(row *all, const struct diagnose_facts *f,
		     const struct diagnose_found *found)
{
	row *sa, *failure;
	char a[ADDR_STR];

	if (!f->has_daemon) {
		say_no_daemon(all, found);
		return;
	}
	sa = ike_of(f, &found->peer);
	failure = diagnose_failure(f, &found->peer, 1,
				   sa && is_up(sa) ? daemon_number(sa, "up") :
						     -1);
	if (sa)
		say_ike(all, sa, found);
	if (failure && !(sa && is_up(sa)))
		say_failure(all, PHASE1, phase1, failure);
	else if (!sa)
		diagnose_say(all, PHASE1, INFO, "phase1-none",
			     "There is no IKE SA with %s%s.",
			     addr_fmt(&found->peer, a),
			     has_sas(found) ? ", and none is needed before the "
					      "next rekey" :
					      "");
	say_session(all, f, found);
	say_rekeys(all, f, found);
}
