/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An SA as a plain struct. */
#ifndef LIB_MODEL_SA_H
#define LIB_MODEL_SA_H

#include "model_rule.h"

enum {
	SA_ID,
	SA_SPI,
	SA_PROTO,
	SA_DIR,
	SA_MODE,
	SA_LOCAL,
	SA_REMOTE,
	SA_POLICY,
	SA_PAIR,
	SA_CIPHER,
	SA_INTEG,
	SA_CIPHER_KEY,
	SA_INTEG_KEY,
	SA_ICV_LEN,
	SA_FLAGS,
	SA_REPLAY_WINDOW,
	SA_DF,
	SA_DSCP,
	SA_ENCAP_LOCAL,
	SA_ENCAP_REMOTE,
	SA_KEEPALIVE,
	SA_SOFT,
	SA_HARD,
	SA_IDLE,
	SA_SEQ,
	SA_SELECTOR,
	SA_STATE,
	SA_STATS,
	SA_AGE,
	SA_UNUSED,
	SA_DRIVER,
	SA_PATH_MTU,
	SA_PLAIN_MTU,
	SA_MIN_SPI,
	SA_MAX_SPI,
	SA_COUNT,
	SA_IS_HARD,
	SA_LIMIT,
	SA_NEW_REMOTE,
	SA_NEW_PORT,
	SA_KEY_BITS,
	SA_FVRF,
	SA_IVRF,
	SA_MSS,
	SA_TFC_PAD,
	SA_OUT_MARK,
};

/* A key of a request: points to memory of the caller. */
struct blob {
	const void *p;
	size_t len;
};

struct sa {
	uint64_t set;
	uint32_t id; /* connection number */
	uint32_t spi;
	uint8_t proto;
	uint8_t dir;
	uint8_t mode;
	uint8_t cipher;
	uint8_t integ;
	uint8_t icv_len;
	uint8_t df;
	uint8_t dscp;
	uint8_t state;
	uint8_t is_hard;
	uint8_t limit;
	uint16_t encap_local;
	uint16_t encap_remote;
	uint16_t keepalive;
	uint16_t new_port;
	uint16_t mss; /* or MSS_AUTO */
	uint16_t tfc_pad;
	uint32_t out_mark;
	uint32_t policy;
	uint32_t pair;
	uint32_t flags;
	uint32_t replay_window;
	uint32_t idle;
	uint32_t path_mtu;
	uint32_t plain_mtu;
	uint32_t min_spi;
	uint32_t max_spi;
	uint32_t count;
	uint32_t key_bits;
	uint32_t fvrf; /* device of the VRF, 0 global */
	uint32_t ivrf;
	uint32_t n_sel;
	uint64_t seq;
	uint64_t age;
	uint64_t unused;
	struct addr local;
	struct addr remote;
	struct addr new_remote;
	struct blob cipher_key;
	struct blob integ_key;
	struct limits soft;
	struct limits hard;
	struct stats stats;
	struct selector sel[MAX_SELECTORS];
	char driver[128];
};

#endif
