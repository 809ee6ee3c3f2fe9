// SPDX-License-Identifier: GPL-2.0-or-later
/* Metrics of sessions. */
#include "metrics_part.h"

#include <string.h>

#include "daemon.h"

static row *session_sample(row *samples, row *s, uint64_t value)
{
	static const char *const keys[] = { "interface", "local", "remote" };
	row *labels = metrics_sample(samples, value);
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		row_text(labels, keys[i], daemon_text(s, keys[i]));
	metrics_label(labels, "remote_port", daemon_number(s, "remote_port"));
	return labels;
}

static uint64_t flows_sum(row *s, const char *key)
{
	row *flows = row_get(s, "flows");
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < row_len(flows); i++)
		sum += daemon_number(row_at(flows, i), key);
	return sum;
}

static void add_session_sums(row *all, row *sessions)
{
	static const struct {
		const char *out, *in, *name, *help;
	} sums[] = {
		{ "out_packets", "in_packets", "ipsecgw_session_packets_total",
		  "Packets of the flows of a session." },
		{ "out_bytes", "in_bytes", "ipsecgw_session_bytes_total",
		  "Octets of these without the encapsulation." },
		{ "out_drops", "in_drops", "ipsecgw_session_drops_total",
		  "Packets of the flows of a session that were dropped." },
	};
	row *samples;
	size_t i, k;

	for (k = 0; k < sizeof(sums) / sizeof(sums[0]); k++) {
		samples = metrics_family(all, sums[k].name, METRICS_COUNTER,
					 sums[k].help);
		for (i = 0; i < row_len(sessions); i++) {
			row *s = row_at(sessions, i);

			row_text(session_sample(samples, s,
						flows_sum(s, sums[k].out)),
				 "direction", "out");
			row_text(session_sample(samples, s,
						flows_sum(s, sums[k].in)),
				 "direction", "in");
		}
	}
}

static void add_session_info(row *all, row *sessions)
{
	static const char *const keys[] = { "status", "description",
					    "remote_id", "username" };
	row *info = metrics_family(
		    all, "ipsecgw_session_info", METRICS_GAUGE,
		    "Status of a session and who the peer is; always "
		    "1."),
	    *labels;
	size_t i, k;

	for (i = 0; i < row_len(sessions); i++) {
		labels = session_sample(info, row_at(sessions, i), 1);
		for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			row_text(labels, keys[k],
				 daemon_text(row_at(sessions, i), keys[k]));
	}
}

/* Seconds since it came up, 0 while it is down; of what the daemon told. */
static void add_session_clocks(row *all, row *sessions)
{
	static const struct {
		const char *key, *name, *help;
	} clocks[] = {
		{ "uptime", "ipsecgw_session_uptime_seconds",
		  "How long a session is up." },
		{ "down_for", "ipsecgw_session_down_seconds",
		  "How long a session that was up is down." },
	};
	row *samples;
	size_t i, k;

	for (k = 0; k < sizeof(clocks) / sizeof(clocks[0]); k++) {
		samples = metrics_family(all, clocks[k].name, METRICS_GAUGE,
					 clocks[k].help);
		for (i = 0; i < row_len(sessions); i++) {
			row *s = row_at(sessions, i);

			if (row_has(s, clocks[k].key))
				session_sample(samples, s,
					       daemon_number(s, clocks[k].key));
		}
	}
}

void metrics_add_sessions(row *all, row *sessions)
{
	static const char *const statuses[] = { "UP-ACTIVE", "UP-IDLE",
						"UP-NO-IKE", "DOWN-NEGOTIATING",
						"DOWN" };
	row *counts = metrics_family(all, "ipsecgw_sessions", METRICS_GAUGE,
				     "Sessions, by status.");
	row *up = metrics_family(all, "ipsecgw_session_up", METRICS_GAUGE,
				 "Can traffic of the session flow?");
	size_t i, k;
	uint64_t n;

	for (k = 0; k < sizeof(statuses) / sizeof(statuses[0]); k++) {
		n = 0;
		for (i = 0; i < row_len(sessions); i++)
			n += !strcmp(daemon_text(row_at(sessions, i), "status"),
				     statuses[k]);
		row_text(metrics_sample(counts, n), "status", statuses[k]);
	}
	for (i = 0; i < row_len(sessions); i++) {
		row *s = row_at(sessions, i);
		const char *status = daemon_text(s, "status");

		session_sample(up, s, !strncmp(status, "UP-", 3));
	}
	add_session_info(all, sessions);
	add_session_sums(all, sessions);
	add_session_clocks(all, sessions);
}
