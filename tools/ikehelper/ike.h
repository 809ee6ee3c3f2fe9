/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IKE engine: a function of packets, time, events, answers, randomness. */
#ifndef IKEHELPER_IKE_H
#define IKEHELPER_IKE_H

#include "failure.h"
#include "ike_state.h"
#include "info.h"
#include "key_req.h"
#include "peercfg.h"
#include "topic.h"

struct ike;

enum ike_log_level { IKE_LOG_DEBUG, IKE_LOG_INFO, IKE_LOG_WARN };

/* What the engine does; every function gets @ctx of ike_new(). */
struct ike_ops {
	/* Milliseconds; going back or far ahead does no harm. */
	uint64_t (*now)(void *ctx);
	void (*random)(void *ctx, void *p, size_t len);
	/* A datagram; with local port 4500 the caller adds the marker. */
	void (*send)(void *ctx, const struct ike_path *path, const void *p,
		     size_t len);
	/* One octet 0xff on port 4500, without marker (RFC 3948 2.3). */
	void (*keepalive)(void *ctx, const struct ike_path *path);
	void (*krn)(void *ctx, const struct krn_req *req);
	void (*key)(void *ctx, const struct ike_key_req *req);
	/* Keep or (NULL) wipe a record before it returns. May be NULL. */
	void (*keep)(void *ctx, enum ike_keep kind, uint64_t id,
		     const struct ike_blob *record);
	void (*log)(void *ctx, enum ike_log_level level,
		    const struct ike_path *path, const char *text);
	/* A debug line of @topics; @conn is the ISAKMP SA, or 0. May be NULL. */
	void (*trace)(void *ctx, unsigned int topics,
		      const struct ike_path *path, uint32_t conn,
		      const char *line);
	void (*failure)(void *ctx, const struct ike_failure *f);
	void (*event)(void *ctx, const struct ike_event *ev);

	/*
	 * Where signatures authenticate: the trust point to sign with, by
	 * @names of authorities that the peer asked for, each behind its
	 * length in 16 bits. @id, the configured identity, becomes one that
	 * the certificate has. 0: none, and @why gets a sentence.
	 */
	uint32_t (*own_cert)(void *ctx, const struct ike_peer *peer,
			     struct bytes names, struct ike_ident *id,
			     const char **why);
	/* Authorities to ask the peer for: how many, at most @max. */
	unsigned int (*authorities)(void *ctx, const struct ike_peer *peer,
				    struct bytes *name, unsigned int max);

	/*
	 * The peer at @path; @id NULL before it is known, @cert its certificate,
	 * not yet verified, or absent. NULL: none.
	 */
	const struct ike_peer *(*peer_find)(void *ctx,
					    const struct ike_path *path,
					    const struct ike_ident *id,
					    struct bytes cert);
	const struct ike_peer *(*peer_get)(void *ctx, uint32_t ref);
	const struct ike_flow *(*flow_get)(void *ctx, uint32_t ref);
	const struct ike_flow *(*flow_by_rule)(void *ctx, uint32_t rule);
	/* Flows that may be with this peer, by sequence; @ref 0: the first. */
	const struct ike_flow *(*flow_next)(void *ctx,
					    const struct ike_path *path,
					    uint32_t peer, uint32_t ref);
	/* The crypto map entry of a flow, for debug lines. May be NULL. */
	bool (*flow_entry)(void *ctx, uint32_t ref, const char **map,
			   uint32_t *seq);
	const char *(*profile_name)(void *ctx, uint32_t ref); /* the same */
	const char *(*vrf_name)(void *ctx, uint32_t vrf); /* the same */
};

struct ike_limits {
	uint32_t max_half_open; /* 0 for 4000 */
	uint32_t max_sas; /* 0 for 20000 */
	uint32_t retransmit_ms[8]; /* steps, 0 ends; none: 2 4 8 16 16 s */
};

/* NULL with errno. @ops stays the caller's and must outlive the engine. */
struct ike *ike_new(const struct ike_ops *ops, void *ctx,
		    const struct ike_limits *limits);

/* Wipe and give back everything; sends nothing. */
/* How many ISAKMP SAs there can be. */
uint32_t ike_max_sas(const struct ike *ike);

void ike_free(struct ike *ike);

/* Which debug lines are wanted from now on. */
void ike_trace(struct ike *ike, unsigned int topics);

/* A datagram from port 500 or 4500, the non-ESP marker taken off. */
void ike_packet(struct ike *ike, const struct ike_path *path, const void *p,
		size_t len);

/* Nothing is left to read of what has come: who has not answered is silent. */
void ike_caught_up(struct ike *ike);

/* When ike_run() has something to do: time of now(), UINT64_MAX for never. */
uint64_t ike_next(const struct ike *ike);
void ike_run(struct ike *ike);

void ike_key_done(struct ike *ike, const struct ike_key_answer *a);
void ike_krn_done(struct ike *ike, const struct krn_answer *a);

void ike_acquire(struct ike *ike, const struct krn_acquire *a);
void ike_expire(struct ike *ike, const struct krn_expire *e);
void ike_mapping(struct ike *ike, const struct krn_mapping *m);
void ike_unknown_spi(struct ike *ike, const struct krn_unknown_spi *u);

/* Bring up a flow; 0, -ENOENT, -EALREADY. */
int ike_initiate(struct ike *ike, uint32_t flow);

/* What is taken down: all that match. Fields that are 0 match everything. */
struct ike_which {
	uint32_t conn, in_spi, out_spi, flow, peer; /* conn: ISAKMP SA */
	struct addr local, remote;
	uint16_t remote_port;
	const uint32_t *vrf; /* NULL: any */
};
enum ike_clear { IKE_CLEAR_ISAKMP = 1, IKE_CLEAR_IPSEC = 2 };
/* A part of it; @*from: 0 to begin, 0 at the end. What came up since stays. */
unsigned int ike_clear(struct ike *ike, const struct ike_which *which,
		       unsigned int what, uint64_t *from);

/* The configuration changed: what it no longer covers ends, in parts. */
void ike_reload(struct ike *ike);

/* Tell every peer by deletes, then forget everything. */
void ike_shutdown(struct ike *ike);

/* Everything that is up, in no order; count: only states and counters of SAs. */
void ike_each_sa(struct ike *ike, ike_sa_fn *fn, void *arg);
void ike_each_child(struct ike *ike, ike_child_fn *fn, void *arg);
void ike_each_count(struct ike *ike, ike_sa_fn *fn, void *arg);

/*
 * The next ones behind connection number (order) @after, until @fn has enough:
 * who shows many shows them in parts, and what is in between costs little.
 * @peer: only its, NULL for all.
 */
void ike_next_sas(struct ike *ike, uint64_t after, const struct addr *peer,
		  ike_next_sa_fn *fn, void *arg);
void ike_next_children(struct ike *ike, uint64_t after, const struct addr *peer,
		       ike_next_child_fn *fn, void *arg);

#endif
