/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A world of two IKE engines: virtual time, a bad network, fake kernels. */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ikehelper/ike.h"
#include "lib/log.h"

#define WORLD_PAIRS 64
#define WORLD_FLOWS 4
#define WORLD_SETS 4

struct world;
struct trusts;
struct pki_key;
struct record;

/* A pair of SAs in a fake kernel. */
struct wpair {
	bool used, active;
	uint8_t proto; /* PROTO_ */
	uint32_t in_spi, out_spi, rule, id;
	struct ike_path path;
	struct krn_pair p;
	uint64_t in_packets, out_packets;
};

struct node {
	struct world *w;
	int index; /* 0 or 1 */
	struct ike *ike; /* NULL: the machine is down */
	struct ike_limits limits; /* of the next engine */
	int64_t clock; /* of the machine, against the world's */
	struct addr addr;
	struct ike_peer peer; /* the other one */
	struct ike_p1_policy p1[4];
	struct ike_ident remote_id[2];
	struct ike_flow flow[WORLD_FLOWS];
	unsigned int n_flows;
	struct ike_p2_policy p2[WORLD_SETS];
	char psk[64];
	uint32_t profile; /* of the peer, once it has said who it is */
	const char *profile_psk; /* of its keyrings */
	const struct profile *profiles; /* of which it has one, or NULL */
	unsigned int n_profiles;
	uint32_t profile_trust; /* trust point of any of them */
	struct ike_peer profile_peer; /* the other one, once it has one */
	/* Certificates instead of toy signatures; whose they are: the test's. */
	const struct trusts *trusts;
	const struct pki_key *own[2]; /* of trust points 1 and 2 */
	const struct pki_key *shown; /* whose certificate is sent instead */
	bool hides_cert;
	bool is_manual; /* an operator deletes ISAKMP SAs */
	bool kernel_fails, key_fails;
	uint32_t epoch; /* of the engine: late answers are for an old one */
	struct wpair *pair;
	unsigned int room, n_pairs, max_pairs;
	uint32_t next_rule;
	unsigned int many; /* peers of node 1; each is an address of node 0 */
	unsigned int many_new; /* so many of the flows are not as they were */
	struct addr many_addr; /* of the flow that was asked for last */
	struct ike_flow many_flow;
	struct ike_peer stranger; /* what any other address gets, or ref 0 */
	uint64_t busy; /* until when, with what it was given */
	struct record *kept; /* what its engine wants to outlive it */
	unsigned int kill_in; /* datagrams until it is killed, 0 never */
	bool kill_late; /* the last one leaves before */
	bool is_killed; /* and does nothing more */
	uint64_t back; /* when it is to be started again */
	void *saved; /* state of its engine */
	size_t saved_len;
	/* What was seen. */
	uint32_t heir; /* of the pair that ended last */
	unsigned int ups, downs, sa_ups, sa_downs, failures, keepalives;
	unsigned int sent, received, delivered, unknown;
	unsigned int warnings; /* log lines */
	char warning[LOG_LINE]; /* the last one */
	uint32_t reserved; /* the SPI that was reserved last */
	uint64_t octets_out, octets_in;
	struct ike_failure failure; /* the last one */
	enum ike_state states[64];
	unsigned int n_states;
};

struct wpacket {
	struct ike_path from; /* as the sender sees it */
	int to;
	size_t len;
	uint8_t data[];
};

struct item;

/* Sees each IKE datagram that is sent; true: it is dealt with. */
typedef bool world_tap(struct world *w, int from, const struct ike_path *path,
		       const uint8_t *p, size_t len, void *arg);

struct world {
	uint64_t now; /* milliseconds */
	uint64_t rng;
	struct node node[2];
	struct item *queue;
	uint64_t seq;
	unsigned int loss, dup; /* per 1000 */
	unsigned int delay_min, delay_max; /* ms; a spread reorders */
	unsigned int cost_us; /* of each datagram, to who receives it */
	bool cut; /* nothing gets through */
	bool nat; /* node 0 is behind one */
	uint16_t nat_port; /* what 4500 becomes; 500 becomes one less */
	bool trace;
	/* Sees each debug line of the engine of @i, if it is set at the start. */
	void (*seen)(struct world *w, int i, unsigned int topics,
		     const char *line);
	/* Sees each log line. */
	void (*said)(struct world *w, int i, const char *line);
	world_tap *tap;
	void *tap_arg;
	char broken[160]; /* the first invariant that failed */
};

uint64_t world_random(struct world *w);
unsigned int world_below(struct world *w, unsigned int n);

/* Two nodes with one flow, main mode, PSK, no loss. Engines are started. */
void world_init(struct world *w, uint64_t seed);

/* Its other one as a peer that has this profile. */
const struct ike_peer *world_profile_peer(struct node *n, uint32_t profile);

/* One pair for the first flow, the same at both, which carries packets. */
bool world_is_up(struct world *w);

/* The first flow is between the two gateways, as transport mode wants it. */
void world_flow_of_gateways(struct world *w);
void world_exit(struct world *w);

/* Start and stop an engine; stopping loses its kernel's SAs as well. */
void world_start(struct world *w, int i);
void world_stop(struct world *w, int i);

/* What a restart will begin with, instead of the state at that time. */
void world_save(struct world *w, int i);

/* Replace the engine by one that takes over its state. False: it did not. */
bool world_restart(struct world *w, int i);

/* Its engine is killed; what it kept and its kernel stay. */
void world_kill(struct world *w, int i);

/* Run for @ms, or until an engine was killed; world_settle() until nothing is under way, at most @ms. */
void world_run(struct world *w, uint64_t ms);

/* Hand a datagram to a node as if it came from the other one. */
void world_inject(struct world *w, int to, const struct ike_path *from,
		  const uint8_t *p, size_t len);

/* A packet of flow @f of a node: through its SA, or an acquire. */
void world_traffic(struct world *w, int i, unsigned int f);

/* The operator clears all of it, @what as ike_clear() has it. */
void world_clear(struct world *w, int i, unsigned int what);

/* The outbound SA of flow @f is at its soft limit. */
void world_rekey(struct world *w, int i, unsigned int f);

/* An acquire of flow @f, whatever the kernel has; @packet NULL: any. */
void world_acquire(struct world *w, int i, unsigned int f,
		   const struct selector *packet);

/* Live pairs of a flow in the kernel of a node. */
unsigned int world_pairs(const struct world *w, int i, unsigned int f);
struct wpair *world_active(struct world *w, int i, unsigned int f);

unsigned int world_sas(struct world *w, int i);

/* Give node 0 @n addresses, each a peer of node 1 with a flow of its own. */
void world_many(struct world *w, unsigned int n);

/* All but the newest flow of a node has another subnet; both ends get it. */
void world_add_flow(struct world *w);

__attribute__((format(printf, 2, 3))) void world_log(struct world *w,
						     const char *fmt, ...);

#endif
