/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to the daemon. */
#ifndef IPSECCTL_DAEMON_H
#define IPSECCTL_DAEMON_H

#include <stdbool.h>

struct json_object;

/* A request with that name, to which more may be added. */
struct json_object *daemon_request(const char *name);

/*
 * Send @request, which is taken over, and wait for the whole answer. DONE with
 * its @rows, which the caller owns (NULL: not wanted), or FAILED after it has
 * said why.
 */
int daemon_call(struct json_object *request, struct json_object **rows);

/* Does one listen at the control socket? */
bool daemon_runs(void);

/* The path of the control socket: $IPSECGW_CONTROL, else the usual one. */
const char *daemon_path(void);

/* Make @text, a whole configuration, the running one. DONE or FAILED. */
int daemon_replace(const char *text);

/* The running configuration as text, to be freed; NULL after saying why. */
char *daemon_running(bool with_keys);

/* Values of a row; 0, "" and false for what is not there. */
const char *daemon_text(struct json_object *row, const char *field);
long long daemon_number(struct json_object *row, const char *field);
bool daemon_flag(struct json_object *row, const char *field);

#endif
