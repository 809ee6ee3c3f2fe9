/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters and settings of a namespace, sockets, events. */
#ifndef LIB_MODEL_NS_H
#define LIB_MODEL_NS_H

#include "model_sa.h"

enum { ENCAP_FD, ENCAP_LOCAL, ENCAP_PORT };

struct encap {
	uint64_t set;
	uint32_t fd;
	uint16_t port;
	struct addr local;
};

enum { COUNTER_REASON, COUNTER_PACKETS };

struct counter {
	uint64_t set;
	uint32_t reason;
	uint64_t packets;
};

enum {
	NS_DROPS,
	NS_OUT_PACKETS,
	NS_OUT_BYTES,
	NS_OUT_WIRE_BYTES,
	NS_IN_PACKETS,
	NS_IN_BYTES,
	NS_IN_WIRE_BYTES,
	NS_BYPASSED,
	NS_KEEPALIVES_IN,
	NS_KEEPALIVES_OUT,
	NS_ACQUIRES,
	NS_DEFERRED,
	NS_SAS,
	NS_POLICIES,
	NS_MAPS,
	NS_PENDING,
	NS_REASON,
	NS_PACKETS,
};

/* Counters of the namespace; also a drop event. */
struct ns {
	uint64_t set;
	uint64_t out_packets;
	uint64_t out_bytes;
	uint64_t out_wire_bytes;
	uint64_t in_packets;
	uint64_t in_bytes;
	uint64_t in_wire_bytes;
	uint64_t bypassed;
	uint64_t keepalives_in;
	uint64_t keepalives_out;
	uint64_t acquires;
	uint64_t deferred;
	uint64_t packets;
	uint32_t sas;
	uint32_t policies;
	uint32_t maps;
	uint32_t pending;
	uint32_t reason;
	uint32_t n_drops;
	struct counter drops[MAX_COUNTERS];
};

enum {
	CONF_EXCLUSIVE,
	CONF_MAX_SAS,
	CONF_MAX_POLICIES,
	CONF_MAX_ACQUIRES,
	CONF_HOLD_PACKETS,
	CONF_ACQUIRE_TIMEOUT,
	CONF_LARVAL_TIMEOUT,
	CONF_DROP_THRESHOLD,
	CONF_N,
};

/* Settings, each a number, by field. */
struct conf {
	uint64_t set;
	uint8_t exclusive;
	uint32_t v[CONF_N]; /* v[CONF_EXCLUSIVE] is not used */
};

enum event_type {
	EVENT_SA_ADD,
	EVENT_SA_DEL,
	EVENT_ACQUIRE,
	EVENT_EXPIRE,
	EVENT_MAPPING,
	EVENT_DROP,
	EVENT_UNKNOWN_SPI,
	EVENT_LOST, /* the socket overflowed; nothing else is known */
};

struct event {
	enum event_type type;
	union {
		struct sa sa;
		struct policy policy;
		struct ns ns;
	};
};

#endif
