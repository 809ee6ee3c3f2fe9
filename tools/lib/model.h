/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of the contract, and what all objects have. */
#ifndef LIB_MODEL_H
#define LIB_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "addr.h"

/* Values of the contract; names.c checks them against its header. */
enum { DIR_IN = 1, DIR_OUT };
enum { MODE_TUNNEL = 1, MODE_TRANSPORT };
enum {
	CIPHER_NULL = 1,
	CIPHER_DES_CBC,
	CIPHER_DES3_CBC,
	CIPHER_AES_CBC,
	CIPHER_AES_CTR,
	CIPHER_AES_GCM,
	CIPHER_AES_CCM,
	CIPHER_CHACHA20_POLY1305,
	CIPHER_AES_GMAC,
};
enum {
	INTEG_NONE,
	INTEG_MD5_96,
	INTEG_SHA1_96,
	INTEG_SHA256_128,
	INTEG_SHA384_192,
	INTEG_SHA512_256,
};
enum { DF_COPY, DF_SET, DF_CLEAR };
enum { STATE_LARVAL = 1, STATE_STANDBY, STATE_ACTIVE, STATE_EXPIRED };
enum {
	SA_FLAG_ESN = 1,
	SA_FLAG_STANDBY = 2,
	SA_FLAG_NO_ECN = 4,
	SA_FLAG_DECAP_DSCP = 8,
	SA_FLAG_SET_DSCP = 16,
	SA_FLAG_ROAM = 32,
	SA_FLAG_WEAK = 64,
	SA_FLAG_NEGOTIATED = 128,
	SA_FLAG_FRAG_AFTER = 256,
};
enum { ACTION_PROTECT = 1, ACTION_BYPASS, ACTION_DISCARD, ACTION_NEXT };
enum { LIMIT_SECONDS = 1, LIMIT_BYTES, LIMIT_PACKETS, LIMIT_IDLE, LIMIT_SEQ };

/* What becomes of packets beside their protection. */
struct sa_handling {
	uint8_t df; /* DF_ */
	uint8_t frag_after; /* too long: cut after encryption */
	uint16_t mss; /* largest that TCP is told, MSS_AUTO, or 0 */
};

#define PROTO_ESP 50
#define PROTO_AH 51
#define MSS_AUTO 65535 /* what fits */
#define MAP_NAME_SIZE 64
#define MAX_SELECTORS 4
#define MAX_PEERS 8
#define MAX_KEY 128
#define MAX_COUNTERS 96
#define SPI_MIN 256

/*
 * Each struct begins with a set of the fields that are there: a request
 * sends these only, and a field that an answer lacked is not in it.
 */
#define HAS(obj, field) (((obj)->set >> (field)) & 1)
#define PUT(obj, field) ((obj)->set |= 1ULL << (field))

enum { LIM_BYTES, LIM_PACKETS, LIM_SECONDS };

struct limits {
	uint64_t set;
	uint64_t bytes;
	uint64_t packets;
	uint64_t seconds;
};

/* Counters of an SA or of a rule. */
struct stats {
	uint64_t set;
	uint64_t out_packets;
	uint64_t out_bytes;
	uint64_t out_wire_bytes;
	uint64_t in_packets;
	uint64_t in_bytes;
	uint64_t in_wire_bytes;
	uint64_t send_errors;
	uint64_t recv_errors;
	uint64_t err_no_sa;
	uint64_t err_send;
	uint64_t err_send_internal;
	uint64_t err_seq;
	uint64_t err_replay;
	uint64_t err_auth;
	uint64_t err_length;
	uint64_t err_identity;
	uint64_t err_proto;
	uint64_t err_decaps;
	uint64_t err_invalid_sa;
	uint64_t err_recv_internal;
	uint64_t err_encrypt;
};

#endif
