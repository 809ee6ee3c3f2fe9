/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the roles say to each other: types of messages, control requests. */
#ifndef IKEHELPER_REQUEST_H
#define IKEHELPER_REQUEST_H

#include "../lib/addr.h"
#include "msg.h"

enum msg_type {
	/* to the parent: level, text */
	MSG_LOG = 1,
	/* parent to engine, before its first plan: keys of the state */
	MSG_STATE,
	MSG_STATE_READ, /* back: it has been taken over, or there is none */
	MSG_HELD, /* SAs of the kernel: go on */
	MSG_RESUMED, /* back: what belongs to none is being deleted */
	/* parent to engine, keys: what follows replaces what was before */
	MSG_PLAN_BEGIN,
	MSG_PLAN_PROFILE, /* parent to engine */
	MSG_PLAN_PEER,
	MSG_PLAN_FLOW,
	MSG_PLAN_PSK, /* parent to keys */
	MSG_PLAN_RINGS,
	MSG_PLAN_TRUST, /* to both; the private key only to keys */
	MSG_PLAN_NOTE, /* parent to engine: address of a peer, description */
	MSG_PLAN_VRF, /* parent to engine: device of a VRF, its name */
	MSG_PLAN_SILENT, /* no log lines about sessions */
	MSG_PLAN_HISTORY, /* records kept of failures, of what has gone */
	MSG_PLAN_END,
	/* engine to parent and back */
	MSG_KRN,
	MSG_KRN_DONE,
	MSG_ACQUIRE,
	MSG_EXPIRE,
	MSG_MAPPING,
	MSG_UNKNOWN_SPI,
	MSG_GONE,
	MSG_FAILURE, /* engine to parent: text of the line, record as JSON */
	/*
	 * parent to engine: name of this run of the system, what was kept;
	 * engine to parent: what to keep
	 */
	MSG_HISTORY,
	/* engine to keys and back */
	MSG_KEY,
	MSG_KEY_DONE,
	/* control to engine or parent, and back */
	MSG_REQUEST,
	MSG_ANSWER,
	MSG_FORGET, /* the client has gone; id of its request */
	/* parent to children and back */
	MSG_STOP,
	MSG_LEAVE, /* the same, but another run goes on with the tunnels */
	MSG_STOPPED,
	MSG_READY, /* a child has set itself up */
};

enum request_kind {
	REQ_NONE,
	/* answered by the engine */
	REQ_ISAKMP_SA,
	REQ_IPSEC_SA,
	REQ_SESSION,
	REQ_FAILURES,
	REQ_ISAKMP_HISTORY,
	REQ_ISAKMP_GLOBAL,
	REQ_MIB_FAILURES, /* with the ends of tunnels that are failures */
	REQ_IPSEC_TUNNEL,
	REQ_IPSEC_HISTORY,
	REQ_CLEAR_ISAKMP, /* number: connection, 0 all; addr: peer */
	REQ_CLEAR_SA, /* addr: peer; number: inbound SPI */
	REQ_CLEAR_SESSION, /* addr: peer; name: ours; number: its port; text: VRF */
	REQ_INITIATE, /* name: map, number: sequence */
	REQ_DEBUG, /* text: topics; number: add them to another request */
	REQ_MONITOR, /* events until the client goes */
	REQ_UNDEBUG, /* text: topics, none: all */
	REQ_DEBUGGING, /* what is on */
	REQ_CONDITION, /* name: which; addr, number or text: its value */
	REQ_CONDITIONS,
	/* answered by the parent */
	REQ_RUNNING_CONFIG,
	REQ_KEPT_LINES, /* lines of the configuration without effect */
	REQ_APPLY, /* text: configuration lines */
	REQ_REPLACE, /* text: a whole configuration */
	REQ_SAVE,
	REQ_RELOAD,
	REQ_CONFIGURED, /* somebody has ended configuring by hand */
	REQ_LOG, /* the last lines of the log */
	REQ_LOG_STATE, /* how many there were */
	REQ_CLEAR_LOG,
	REQ_PROCESSES, /* what each uses */
	REQ_CLEAR_COUNTERS,
	REQ_CLEARED, /* counters as they were then */
	REQ_CLEAR_LOAD,
	REQ_LOAD, /* what the module did lately */
	REQ_KINDS,
};

/* What a client asks; fields that it does not give are 0 or "". */
struct request {
	enum request_kind kind;
	uint64_t cursor; /* of the answer before, 0 to begin */
	uint32_t number;
	uint32_t flags;
	struct addr addr;
	const char *name;
	const char *text;
};

#define REQ_FLAG_DRY 1 /* check only */
#define REQ_FLAG_FILE 2 /* the text is that of a file, not typed */
#define REQ_FLAG_KEYS 4 /* keys in clear */
#define REQ_FLAG_OFF 8 /* take it away */

struct json_object;

/*
 * Read the object of a client: NULL, or a sentence that says what is wrong with
 * it. Either way request_free() frees the strings of @r, which are copies.
 */
const char *request_read(struct request *r, struct json_object *o);
void request_free(struct request *r);

void request_put(struct msg *m, const struct request *r);
bool request_get(struct msg *m, struct request *r);

/*
 * An answer: a whole frame of JSON for the client. With @cursor there is more
 * to be asked for, which may take its time to come.
 */
struct answer {
	uint64_t cursor;
	const char *frame;
};

void answer_put(struct msg *m, const struct answer *a);
bool answer_get(struct msg *m, struct answer *a);

/* The name in a client's request; REQ_NONE if there is no such. */
enum request_kind request_by_name(const char *name);

/* Only for those who may change something. */
bool request_is_change(enum request_kind kind);

/* Does the parent answer it, or the engine? */
bool request_is_parents(enum request_kind kind);

#endif
