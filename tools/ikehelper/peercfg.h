/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine needs to know of the configuration, as numbers. */
#ifndef IKEHELPER_PEERCFG_H
#define IKEHELPER_PEERCFG_H

#include "krn.h"
#include "policy.h"

/*
 * All algorithm numbers are those of the wire: RFC 2409 appendix A for
 * phase 1, RFC 2407 4.4 and 4.5 for phase 2. What a callback returns is used
 * only until the call into the engine that asked for it ends; the engine keeps
 * the references and asks again.
 */

#define IKE_IDENT_MAX 512

/* An identity: type of RFC 2407 4.6.2.1 and its data. */
struct ike_ident {
	uint8_t type; /* 0 none */
	uint8_t proto;
	uint16_t port;
	uint16_t len;
	uint8_t data[IKE_IDENT_MAX];
};

enum ike_peer_flags {
	IKE_PEER_AGGRESSIVE = 1 << 0, /* begin with aggressive mode */
	IKE_PEER_AGGRESSIVE_OK = 1 << 1, /* answer it */
	IKE_PEER_NO_NATT = 1 << 2,
	IKE_PEER_FORCE_ENCAP = 1 << 3,
	IKE_PEER_FRAGMENT = 1 << 4,
	IKE_PEER_DPD_PERIODIC = 1 << 5, /* else on demand */
	IKE_PEER_INITIAL_CONTACT = 1 << 6,
	IKE_PEER_SPI_RECOVERY = 1 << 7, /* invalid-spi-recovery */
	IKE_PEER_ANY_ID = 1 << 8, /* its identity need not be in remote_id */
	IKE_PEER_STATIC = 1 << 9, /* has a configured address */
	IKE_PEER_DN_ID = 1 << 10, /* we are the subject of our certificate */
};

/* How to speak with a peer. */
struct ike_peer {
	uint32_t ref; /* the configuration's name for it, not 0 */
	uint32_t generation; /* another one: its SAs are to be torn down */
	uint32_t flags;
	uint32_t profile; /* that it has; 0 none */
	uint32_t ivrf; /* of what it protects; 0: that of its address */
	const struct ike_p1_policy *p1; /* by priority */
	unsigned int n_p1;
	struct ike_ident local_id; /* type 0: our address */
	const struct ike_ident *remote_id; /* accepted; none: its address */
	unsigned int n_remote_id;
	uint32_t trust; /* trust point of both certificates, 0 any */
	uint32_t dpd_interval; /* seconds, 0 off */
	uint32_t dpd_retry; /* seconds after a miss */
	uint32_t dpd_tries; /* misses until it is dead, 0 for 5 */
	uint32_t nat_keepalive; /* seconds, 0 off */
	uint16_t fragment_size; /* octets of a datagram, 0 for 576 */
};

/*
 * What an earlier line of the same list takes out of a flow: a deny, or a permit
 * that cannot be negotiated.
 */
struct ike_except {
	struct selector sel; /* source is our side */
	uint32_t line;
	uint8_t action; /* ACTION_ of its rule; never ACTION_PROTECT */
	bool is_permit;
};

/* A permit line of the access list of a crypto map entry. */
struct ike_flow {
	uint32_t ref; /* not 0 */
	uint32_t rule; /* the kernel's, which acquires name; 0 for a template */
	uint32_t generation;
	uint32_t peer; /* ref of what to begin with; 0: ask peer_find */
	uint32_t profile; /* that its peer must have; 0: any or none */
	bool is_dynamic; /* template: answers only, any subset of sel */
	bool any_sel; /* no access list: whatever the peer asks for */
	struct selector sel; /* source is our side */
	const char *acl; /* name of the list, or "" */
	const struct ike_except *except; /* those that it overlaps, in order */
	unsigned int n_except;
	struct addr local; /* our address towards its peers */
	uint32_t vrf; /* of its peers' addresses, 0 global */
	const struct addr *peers; /* in order of preference */
	unsigned int n_peers;
	const struct ike_p2_policy *p2; /* in order of preference */
	unsigned int n_p2;
	uint32_t idle; /* seconds, 0 never */
	uint32_t replay_window;
	struct sa_handling how;
};

#endif
