// SPDX-License-Identifier: GPL-2.0-or-later
/* Number to name tables: algorithms, states, reasons, protocols. */
#include "names.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "gnl_attr.h"
#include "model_ns.h"
#include "stats.h"

#include <linux/ipsecgw.h>

/* A value here and in the contract; appended ones must be added above. */
#define SAME(ours, theirs) \
	_Static_assert((int)(ours) == (int)(theirs), #ours " is " #theirs)

SAME(DIR_OUT, IPSECGW_DIR_MAX);
SAME(DIR_IN, IPSECGW_DIR_IN);
SAME(MODE_TRANSPORT, IPSECGW_MODE_MAX);
SAME(MODE_TUNNEL, IPSECGW_MODE_TUNNEL);
SAME(CIPHER_NULL, IPSECGW_CIPHER_NULL);
SAME(CIPHER_DES_CBC, IPSECGW_CIPHER_DES_CBC);
SAME(CIPHER_DES3_CBC, IPSECGW_CIPHER_DES3_CBC);
SAME(CIPHER_AES_CBC, IPSECGW_CIPHER_AES_CBC);
SAME(CIPHER_AES_CTR, IPSECGW_CIPHER_AES_CTR);
SAME(CIPHER_AES_GCM, IPSECGW_CIPHER_AES_GCM);
SAME(CIPHER_AES_CCM, IPSECGW_CIPHER_AES_CCM);
SAME(CIPHER_CHACHA20_POLY1305, IPSECGW_CIPHER_CHACHA20_POLY1305);
SAME(CIPHER_AES_GMAC, IPSECGW_CIPHER_MAX);
SAME(INTEG_NONE, IPSECGW_INTEG_NONE);
SAME(INTEG_MD5_96, IPSECGW_INTEG_HMAC_MD5_96);
SAME(INTEG_SHA1_96, IPSECGW_INTEG_HMAC_SHA1_96);
SAME(INTEG_SHA256_128, IPSECGW_INTEG_HMAC_SHA256_128);
SAME(INTEG_SHA384_192, IPSECGW_INTEG_HMAC_SHA384_192);
SAME(INTEG_SHA512_256, IPSECGW_INTEG_MAX);
SAME(DF_COPY, IPSECGW_DF_COPY);
SAME(DF_SET, IPSECGW_DF_SET);
SAME(DF_CLEAR, IPSECGW_DF_MAX);
SAME(STATE_LARVAL, IPSECGW_SA_STATE_LARVAL);
SAME(STATE_STANDBY, IPSECGW_SA_STATE_STANDBY);
SAME(STATE_ACTIVE, IPSECGW_SA_STATE_ACTIVE);
SAME(STATE_EXPIRED, IPSECGW_SA_STATE_MAX);
SAME(SA_FLAG_ESN, IPSECGW_SA_FLAGS_ESN);
SAME(SA_FLAG_STANDBY, IPSECGW_SA_FLAGS_STANDBY);
SAME(SA_FLAG_NO_ECN, IPSECGW_SA_FLAGS_NO_ECN);
SAME(SA_FLAG_DECAP_DSCP, IPSECGW_SA_FLAGS_DECAP_DSCP);
SAME(SA_FLAG_SET_DSCP, IPSECGW_SA_FLAGS_SET_DSCP);
SAME(SA_FLAG_ROAM, IPSECGW_SA_FLAGS_ROAM);
SAME(SA_FLAG_WEAK, IPSECGW_SA_FLAGS_WEAK);
SAME(SA_FLAG_NEGOTIATED, IPSECGW_SA_FLAGS_NEGOTIATED);
SAME(SA_FLAG_FRAG_AFTER, IPSECGW_SA_FLAGS_FRAG_AFTER);
SAME(ACTION_PROTECT, IPSECGW_ACTION_PROTECT);
SAME(ACTION_BYPASS, IPSECGW_ACTION_BYPASS);
SAME(ACTION_DISCARD, IPSECGW_ACTION_DISCARD);
SAME(ACTION_NEXT, IPSECGW_ACTION_MAX);
SAME(LIMIT_SECONDS, IPSECGW_LIMIT_SECONDS);
SAME(LIMIT_BYTES, IPSECGW_LIMIT_BYTES);
SAME(LIMIT_PACKETS, IPSECGW_LIMIT_PACKETS);
SAME(LIMIT_IDLE, IPSECGW_LIMIT_IDLE);
SAME(LIMIT_SEQ, IPSECGW_LIMIT_MAX);
SAME(PROTO_ESP, IPSECGW_PROTO_ESP);
SAME(PROTO_AH, IPSECGW_PROTO_AH);
SAME(MAP_NAME_SIZE, IPSECGW_MAP_NAME_SIZE);
SAME(MAX_SELECTORS, IPSECGW_MAX_SELECTORS);
SAME(MAX_PEERS, IPSECGW_MAX_PEERS);
SAME(MAX_KEY, IPSECGW_MAX_KEY);
SAME(CONF_N, IPSECGW_A_CONF_MAX);

const struct name names_dir[] = {
	{ DIR_IN, "in", "Inbound, towards this gateway" },
	{ DIR_OUT, "out", "Outbound, towards the peer" },
	{ 0 },
};

const struct name names_sa_proto[] = {
	{ PROTO_ESP, "esp", "Encapsulating Security Payload" },
	{ PROTO_AH, "ah", "Authentication Header" },
	{ 0 },
};

const struct name names_family[] = {
	{ 0, "any", "Both" },
	{ AF_INET, "ipv4", "IPv4" },
	{ AF_INET6, "ipv6", "IPv6" },
	{ 0 },
};

const struct name names_mode[] = {
	{ MODE_TUNNEL, "tunnel", "A whole packet inside another one" },
	{ MODE_TRANSPORT, "transport", "The payload of a packet only" },
	{ 0 },
};

const struct name names_cipher[] = {
	{ CIPHER_NULL, "null", "No encryption (weak)" },
	{ CIPHER_DES_CBC, "des-cbc", "DES (weak), 8 octets of key" },
	{ CIPHER_DES3_CBC, "des3-cbc", "Triple DES (weak), 24 octets of key" },
	{ CIPHER_AES_CBC, "aes-cbc", "AES, 16, 24 or 32 octets of key" },
	{ CIPHER_AES_CTR, "aes-ctr", "AES counter mode, key and 4 of nonce" },
	{ CIPHER_AES_GCM, "aes-gcm", "AES GCM, key and 4 octets of salt" },
	{ CIPHER_AES_CCM, "aes-ccm", "AES CCM, key and 3 octets of salt" },
	{ CIPHER_CHACHA20_POLY1305, "chacha20-poly1305",
	  "ChaCha20 and Poly1305, 32 octets of key and 4 of salt" },
	{ CIPHER_AES_GMAC, "aes-gmac",
	  "AES GMAC, integrity without encryption, key and 4 of salt" },
	{ 0 },
};

const struct name names_integ[] = {
	{ INTEG_NONE, "none", "The cipher carries its own integrity" },
	{ INTEG_MD5_96, "hmac-md5-96", "HMAC MD5 (weak), 16 octets of key" },
	{ INTEG_SHA1_96, "hmac-sha1-96", "HMAC SHA-1, 20 octets of key" },
	{ INTEG_SHA256_128, "hmac-sha256-128",
	  "HMAC SHA-256, 32 octets of key" },
	{ INTEG_SHA384_192, "hmac-sha384-192",
	  "HMAC SHA-384, 48 octets of key" },
	{ INTEG_SHA512_256, "hmac-sha512-256",
	  "HMAC SHA-512, 64 octets of key" },
	{ 0 },
};

const struct name names_df[] = {
	{ DF_COPY, "copy", "Copy the don't-fragment bit to the outer header" },
	{ DF_SET, "set", "Set it in the outer header" },
	{ DF_CLEAR, "clear", "Clear it in the outer header" },
	{ 0 },
};

const struct name names_state[] = {
	{ STATE_LARVAL, "larval", "Only the SPI is reserved" },
	{ STATE_STANDBY, "standby", "Not chosen for new packets" },
	{ STATE_ACTIVE, "active", "Chosen for new packets" },
	{ STATE_EXPIRED, "expired", "A hard limit was reached" },
	{ 0 },
};

const struct name names_flags[] = {
	{ SA_FLAG_ESN, "esn", "Extended sequence numbers" },
	{ SA_FLAG_STANDBY, "standby", "Not chosen for new packets" },
	{ SA_FLAG_NO_ECN, "no-ecn", "Leave ECN alone" },
	{ SA_FLAG_DECAP_DSCP, "decap-dscp", "Copy the outer DSCP inwards" },
	{ SA_FLAG_SET_DSCP, "set-dscp", "The outer DSCP is configured" },
	{ SA_FLAG_ROAM, "roam", "Follow the peer to another address" },
	{ SA_FLAG_WEAK, "weak", "No longer considered secure" },
	{ SA_FLAG_NEGOTIATED, "negotiated", "Made by a daemon" },
	{ SA_FLAG_FRAG_AFTER, "frag-after", "Cut after encryption" },
	{ 0 },
};

const struct name names_action[] = {
	{ ACTION_PROTECT, "protect", "Only through an SA" },
	{ ACTION_BYPASS, "bypass", "In clear" },
	{ ACTION_DISCARD, "discard", "Drop" },
	{ ACTION_NEXT, "next", "Go on with the next sequence number" },
	{ 0 },
};

const struct name names_acl_action[] = {
	{ ACTION_PROTECT, "permit", "Protect this traffic" },
	{ ACTION_BYPASS, "deny", "Let this traffic pass in clear" },
	{ ACTION_DISCARD, "discard", "Drop this traffic" },
	{ ACTION_NEXT, "next", "Go on with the next sequence number" },
	{ 0 },
};

const struct name names_limit[] = {
	{ LIMIT_SECONDS, "seconds", NULL }, { LIMIT_BYTES, "bytes", NULL },
	{ LIMIT_PACKETS, "packets", NULL }, { LIMIT_IDLE, "idle", NULL },
	{ LIMIT_SEQ, "sequence", NULL },    { 0 },
};

const struct name names_conf[] = {
	{ CONF_EXCLUSIVE, "exclusive",
	  "1: unknown SPIs are dropped here; 0: they are left to XFRM" },
	{ CONF_MAX_SAS, "max-sas", "Most SAs" },
	{ CONF_MAX_POLICIES, "max-policies", "Most rules" },
	{ CONF_MAX_ACQUIRES, "max-acquires", "Most acquires at a time" },
	{ CONF_HOLD_PACKETS, "hold-packets",
	  "Packets held per rule while an SA is negotiated" },
	{ CONF_ACQUIRE_TIMEOUT, "acquire-timeout",
	  "Seconds until held packets are dropped" },
	{ CONF_LARVAL_TIMEOUT, "larval-timeout",
	  "Seconds that a reserved SPI lives" },
	{ CONF_DROP_THRESHOLD, "drop-threshold",
	  "Drops of one reason between two events, 0 for no events" },
	{ 0 },
};

static const char *const drops[] = {
	[IPSECGW_DROP_NONE] = "none",
	[IPSECGW_DROP_OUT_NO_SA] = "out-no-sa",
	[IPSECGW_DROP_OUT_ACQUIRE_FULL] = "out-acquire-full",
	[IPSECGW_DROP_OUT_HOLD_FULL] = "out-hold-full",
	[IPSECGW_DROP_OUT_HOLD_TIMEOUT] = "out-hold-timeout",
	[IPSECGW_DROP_OUT_DISCARD] = "out-discard",
	[IPSECGW_DROP_OUT_FRAGMENT] = "out-fragment",
	[IPSECGW_DROP_OUT_TOO_BIG] = "out-too-big",
	[IPSECGW_DROP_OUT_SEQ_OVERFLOW] = "out-seq-overflow",
	[IPSECGW_DROP_OUT_EXPIRED] = "out-expired",
	[IPSECGW_DROP_OUT_NO_ROUTE] = "out-no-route",
	[IPSECGW_DROP_OUT_NO_MEMORY] = "out-no-memory",
	[IPSECGW_DROP_OUT_CRYPTO] = "out-crypto",
	[IPSECGW_DROP_OUT_HEADER] = "out-header",
	[IPSECGW_DROP_OUT_LOOP] = "out-loop",
	[IPSECGW_DROP_OUT_GUARD] = "out-guard",
	[IPSECGW_DROP_IN_UNKNOWN_SPI] = "in-unknown-spi",
	[IPSECGW_DROP_IN_BAD_SPI] = "in-bad-spi",
	[IPSECGW_DROP_IN_ADDRESS] = "in-address",
	[IPSECGW_DROP_IN_ENCAP] = "in-encap",
	[IPSECGW_DROP_IN_LENGTH] = "in-length",
	[IPSECGW_DROP_IN_ALIGNMENT] = "in-alignment",
	[IPSECGW_DROP_IN_SEQ_ZERO] = "in-seq-zero",
	[IPSECGW_DROP_IN_REPLAY_OLD] = "in-replay-old",
	[IPSECGW_DROP_IN_REPLAY_SEEN] = "in-replay-seen",
	[IPSECGW_DROP_IN_AUTH] = "in-auth",
	[IPSECGW_DROP_IN_CRYPTO] = "in-crypto",
	[IPSECGW_DROP_IN_PADDING] = "in-padding",
	[IPSECGW_DROP_IN_NEXT_HEADER] = "in-next-header",
	[IPSECGW_DROP_IN_INNER_HEADER] = "in-inner-header",
	[IPSECGW_DROP_IN_INNER_LENGTH] = "in-inner-length",
	[IPSECGW_DROP_IN_ECN] = "in-ecn",
	[IPSECGW_DROP_IN_SELECTOR] = "in-selector",
	[IPSECGW_DROP_IN_QUEUE_FULL] = "in-queue-full",
	[IPSECGW_DROP_IN_NO_MEMORY] = "in-no-memory",
	[IPSECGW_DROP_IN_EXPIRED] = "in-expired",
	[IPSECGW_DROP_IN_DEVICE_DOWN] = "in-device-down",
	[IPSECGW_DROP_IN_CLEAR] = "in-clear",
	[IPSECGW_DROP_IN_CLEAR_FRAGMENT] = "in-clear-fragment",
	[IPSECGW_DROP_IN_SEQ_CHANGED] = "in-seq-changed",
	[IPSECGW_DROP_IN_DUMMY] = "in-dummy",
	[IPSECGW_DROP_SHUTDOWN] = "shutdown",
	[IPSECGW_DROP_IN_OUTER_HEADER] = "in-outer-header",
};

_Static_assert(sizeof(drops) / sizeof(drops[0]) == IPSECGW_DROP_MAX + 1,
	       "every drop reason has a name");
_Static_assert(MAX_COUNTERS > IPSECGW_DROP_MAX, "room for every counter");

const char *names_str(const struct name *table, uint32_t value)
{
	for (; table->name; table++)
		if (table->value == value)
			return table->name;
	return "unknown";
}

bool names_num(const struct name *table, const char *name, uint32_t *value)
{
	for (; table->name; table++) {
		if (strcmp(table->name, name))
			continue;
		*value = table->value;
		return true;
	}
	return false;
}

const char *names_drop(uint32_t reason)
{
	return reason <= IPSECGW_DROP_MAX ? drops[reason] : NULL;
}

/* How views call a cipher. */
static const struct {
	const char *transform;
	const char *engine;
	uint8_t iv_len;
	bool has_bits; /* the key length follows unless it is 128 */
	bool is_aead;
} ciphers[] = {
	[CIPHER_NULL] = { "esp-null", "NULL", 0, false, false },
	[CIPHER_DES_CBC] = { "esp-des", "DES_56_CBC", 8, false, false },
	[CIPHER_DES3_CBC] = { "esp-3des", "3DES_56_CBC", 8, false, false },
	[CIPHER_AES_CBC] = { "esp-aes", "AES_CBC", 16, true, false },
	[CIPHER_AES_CTR] = { "esp-aes-ctr", "AES_CTR", 8, true, false },
	[CIPHER_AES_GCM] = { "esp-gcm", "GCM", 8, true, true },
	[CIPHER_AES_CCM] = { "esp-ccm", "CCM", 8, true, true },
	[CIPHER_CHACHA20_POLY1305] = { "esp-chacha20-poly1305", "CHACHA20", 8,
				       false, true },
	[CIPHER_AES_GMAC] = { "esp-gmac", "GMAC", 8, true, true },
};

static const struct {
	const char *transform;
	const char *engine;
} integs[] = {
	[INTEG_NONE] = { NULL, NULL },
	[INTEG_MD5_96] = { "esp-md5-hmac", "HMAC_MD5" },
	[INTEG_SHA1_96] = { "esp-sha-hmac", "HMAC_SHA" },
	[INTEG_SHA256_128] = { "esp-sha256-hmac", "HMAC_SHA256" },
	[INTEG_SHA384_192] = { "esp-sha384-hmac", "HMAC_SHA384" },
	[INTEG_SHA512_256] = { "esp-sha512-hmac", "HMAC_SHA512" },
};

static bool is_known(uint8_t cipher, uint8_t integ)
{
	return cipher >= CIPHER_NULL && cipher <= CIPHER_AES_GMAC &&
	       integ <= INTEG_SHA512_256;
}

/* AH has no cipher; its words are those of ESP with another beginning. */
static bool is_ah(uint8_t cipher, uint8_t integ)
{
	return !cipher && integ && integ <= INTEG_SHA512_256;
}

char *names_transform(uint8_t cipher, uint8_t integ, uint32_t key_bits,
		      char *buf, int size)
{
	char bits[16] = "";

	if (is_ah(cipher, integ)) {
		snprintf(buf, size, "ah%s",
			 strchr(integs[integ].transform, '-'));
		return buf;
	}
	if (!is_known(cipher, integ)) {
		snprintf(buf, size, "unknown");
		return buf;
	}
	if (ciphers[cipher].has_bits && key_bits && key_bits != 128)
		snprintf(bits, sizeof(bits), " %u", key_bits);
	snprintf(buf, size, "%s%s%s%s", ciphers[cipher].transform, bits,
		 integ ? " " : "", integ ? integs[integ].transform : "");
	return buf;
}

char *names_engine(uint8_t cipher, uint8_t integ, char *buf, int size)
{
	if (is_ah(cipher, integ))
		snprintf(buf, size, "%s", integs[integ].engine);
	else if (!is_known(cipher, integ))
		snprintf(buf, size, "unknown");
	else if (integ)
		snprintf(buf, size, "%s+%s", integs[integ].engine,
			 ciphers[cipher].engine);
	else
		snprintf(buf, size, "%s", ciphers[cipher].engine);
	return buf;
}

unsigned int names_iv_len(uint8_t cipher)
{
	return is_known(cipher, INTEG_NONE) ? ciphers[cipher].iv_len : 0;
}

unsigned int names_block_len(uint8_t cipher)
{
	switch (cipher) {
	case CIPHER_DES_CBC:
	case CIPHER_DES3_CBC:
		return 8;
	case CIPHER_AES_CBC:
		return 16;
	default:
		return 4;
	}
}

bool names_is_aead(uint8_t cipher)
{
	return is_known(cipher, INTEG_NONE) && ciphers[cipher].is_aead;
}

bool names_is_null(uint8_t cipher)
{
	return cipher == CIPHER_NULL || cipher == CIPHER_AES_GMAC;
}

/* --- attributes -------------------------------------------------------- */

#define SIZE(s, m) sizeof(((struct s *)0)->m)
#define ONE(s, set, attr, knd, fld, str, m)                                 \
	{                                                                   \
		.type = IPSECGW_A_##set##_##attr, .kind = GNL_##knd,        \
		.field = fld, .name = str, .offset = offsetof(struct s, m), \
		.size = SIZE(s, m)                                          \
	}
#define ENUM(s, set, attr, fld, str, m, tbl)                                \
	{                                                                   \
		.type = IPSECGW_A_##set##_##attr, .kind = GNL_U8,           \
		.field = fld, .name = str, .offset = offsetof(struct s, m), \
		.size = SIZE(s, m), .names = tbl                            \
	}
#define FLAG(set, attr, fld, str)                                   \
	{                                                           \
		.type = IPSECGW_A_##set##_##attr, .kind = GNL_FLAG, \
		.field = fld, .name = str                           \
	}
#define NEST(s, set, attr, fld, str, m, tbl)                                \
	{                                                                   \
		.type = IPSECGW_A_##set##_##attr, .kind = GNL_NEST,         \
		.field = fld, .name = str, .offset = offsetof(struct s, m), \
		.size = SIZE(s, m), .nest = tbl                             \
	}
#define MANY(s, set, attr, knd, fld, str, m, cnt, tbl)                      \
	{                                                                   \
		.type = IPSECGW_A_##set##_##attr, .kind = GNL_##knd,        \
		.field = fld, .name = str, .offset = offsetof(struct s, m), \
		.size = SIZE(s, m[0]), .max = SIZE(s, m) / SIZE(s, m[0]),   \
		.n_offset = offsetof(struct s, cnt), .nest = tbl            \
	}

/* One line per attribute is easier to compare with the contract. */
/* clang-format off */

#define SEL(attr, kind, str, m) \
	ONE(selector, SELECTOR, attr, kind, SEL_##attr, str, m)
const struct gnl_attr gnl_selector[] = {
	ENUM(selector, SELECTOR, FAMILY, SEL_FAMILY, "family", family, names_family),
	SEL(PROTO, U8, "proto", proto),
	SEL(SRC, ADDR, "src", src),
	SEL(SRC_MASK, ADDR, "src-mask", src_mask),
	SEL(DST, ADDR, "dst", dst),
	SEL(DST_MASK, ADDR, "dst-mask", dst_mask),
	SEL(SPORT_MIN, U16, "sport-min", sport_min),
	SEL(SPORT_MAX, U16, "sport-max", sport_max),
	SEL(DPORT_MIN, U16, "dport-min", dport_min),
	SEL(DPORT_MAX, U16, "dport-max", dport_max),
	FLAG(SELECTOR, SPORT_NOT, SEL_SPORT_NOT, "sport-not"),
	FLAG(SELECTOR, DPORT_NOT, SEL_DPORT_NOT, "dport-not"),
	{ 0 },
};

static const struct gnl_attr limits[] = {
	ONE(limits, LIMITS, BYTES, U64, LIM_BYTES, "bytes", bytes),
	ONE(limits, LIMITS, PACKETS, U64, LIM_PACKETS, "packets", packets),
	ONE(limits, LIMITS, SECONDS, U64, LIM_SECONDS, "seconds", seconds),
	{ 0 },
};

/* All counters are always there: one bit of the set does for all. */
#define STAT(attr, str, m) ONE(stats, STATS, attr, U64, 0, str, m)
const struct gnl_attr gnl_stats[] = {
	STAT(OUT_PACKETS, "out-packets", out_packets),
	STAT(OUT_BYTES, "out-bytes", out_bytes),
	STAT(OUT_WIRE_BYTES, "out-wire-bytes", out_wire_bytes),
	STAT(IN_PACKETS, "in-packets", in_packets),
	STAT(IN_BYTES, "in-bytes", in_bytes),
	STAT(IN_WIRE_BYTES, "in-wire-bytes", in_wire_bytes),
	STAT(SEND_ERRORS, "send-errors", send_errors),
	STAT(RECV_ERRORS, "recv-errors", recv_errors),
	STAT(ERR_NO_SA, "err-no-sa", err_no_sa),
	STAT(ERR_SEND, "err-send", err_send),
	STAT(ERR_SEND_INTERNAL, "err-send-internal", err_send_internal),
	STAT(ERR_SEQ, "err-seq", err_seq),
	STAT(ERR_REPLAY, "err-replay", err_replay),
	STAT(ERR_AUTH, "err-auth", err_auth),
	STAT(ERR_LENGTH, "err-length", err_length),
	STAT(ERR_IDENTITY, "err-identity", err_identity),
	STAT(ERR_PROTO, "err-proto", err_proto),
	STAT(ERR_DECAPS, "err-decaps", err_decaps),
	STAT(ERR_INVALID_SA, "err-invalid-sa", err_invalid_sa),
	STAT(ERR_RECV_INTERNAL, "err-recv-internal", err_recv_internal),
	STAT(ERR_ENCRYPT, "err-encrypt", err_encrypt),
	{ 0 },
};

_Static_assert(sizeof(gnl_stats) / sizeof(gnl_stats[0]) == STATS_COUNTERS + 1,
	       "stats.h knows how many there are");
_Static_assert(sizeof(struct stats) == (STATS_COUNTERS + 1) * sizeof(uint64_t),
	       "and each member but the set is one of them");

#define SA(attr, kind, str, m) ONE(sa, SA, attr, kind, SA_##attr, str, m)
const struct gnl_attr gnl_sa[] = {
	SA(ID, U32, "id", id),
	SA(SPI, U32, "spi", spi),
	ENUM(sa, SA, PROTO, SA_PROTO, "proto", proto, names_sa_proto),
	ENUM(sa, SA, DIR, SA_DIR, "dir", dir, names_dir),
	ENUM(sa, SA, MODE, SA_MODE, "mode", mode, names_mode),
	SA(LOCAL, ADDR, "local", local),
	SA(REMOTE, ADDR, "remote", remote),
	SA(POLICY, U32, "policy", policy),
	SA(PAIR, U32, "pair", pair),
	ENUM(sa, SA, CIPHER, SA_CIPHER, "cipher", cipher, names_cipher),
	ENUM(sa, SA, INTEG, SA_INTEG, "integ", integ, names_integ),
	SA(CIPHER_KEY, BLOB, "cipher-key", cipher_key),
	SA(INTEG_KEY, BLOB, "integ-key", integ_key),
	SA(ICV_LEN, U8, "icv-len", icv_len),
	{ .type = IPSECGW_A_SA_FLAGS, .kind = GNL_U32, .field = SA_FLAGS,
	  .name = "flags", .offset = offsetof(struct sa, flags), .size = 4,
	  .names = names_flags, .is_flags = true },
	SA(REPLAY_WINDOW, U32, "replay-window", replay_window),
	ENUM(sa, SA, DF, SA_DF, "df", df, names_df),
	SA(DSCP, U8, "dscp", dscp),
	ONE(sa, SA, ENCAP_LOCAL_PORT, U16, SA_ENCAP_LOCAL, "encap-local-port", encap_local),
	ONE(sa, SA, ENCAP_REMOTE_PORT, U16, SA_ENCAP_REMOTE, "encap-remote-port", encap_remote),
	SA(KEEPALIVE, U16, "keepalive", keepalive),
	NEST(sa, SA, SOFT, SA_SOFT, "soft", soft, limits),
	NEST(sa, SA, HARD, SA_HARD, "hard", hard, limits),
	SA(IDLE, U32, "idle", idle),
	SA(SEQ, U64, "seq", seq),
	MANY(sa, SA, SELECTOR, NEST, SA_SELECTOR, "selector", sel, n_sel, gnl_selector),
	ENUM(sa, SA, STATE, SA_STATE, "state", state, names_state),
	NEST(sa, SA, STATS, SA_STATS, "stats", stats, gnl_stats),
	SA(AGE, U64, "age", age),
	SA(UNUSED, U64, "unused", unused),
	SA(DRIVER, STRING, "driver", driver),
	SA(PATH_MTU, U32, "path-mtu", path_mtu),
	SA(PLAIN_MTU, U32, "plain-mtu", plain_mtu),
	SA(MIN_SPI, U32, "min-spi", min_spi),
	SA(MAX_SPI, U32, "max-spi", max_spi),
	SA(COUNT, U32, "count", count),
	SA(IS_HARD, U8, "is-hard", is_hard),
	ENUM(sa, SA, LIMIT, SA_LIMIT, "limit", limit, names_limit),
	SA(NEW_REMOTE, ADDR, "new-remote", new_remote),
	SA(NEW_PORT, U16, "new-port", new_port),
	SA(KEY_BITS, U32, "key-bits", key_bits),
	SA(FVRF, U32, "fvrf", fvrf),
	SA(IVRF, U32, "ivrf", ivrf),
	SA(MSS, U16, "mss", mss),
	SA(TFC_PAD, U16, "tfc-pad", tfc_pad),
	SA(OUT_MARK, U32, "out-mark", out_mark),
	{ 0 },
};

#define POL(attr, kind, str, m) \
	ONE(policy, POLICY, attr, kind, POLICY_##attr, str, m)
const struct gnl_attr gnl_policy[] = {
	POL(ID, U32, "id", id),
	POL(MAP, STRING, "map", map),
	POL(SEQ, U32, "seq", seq),
	POL(INDEX, U32, "index", index),
	ENUM(policy, POLICY, ACTION, POLICY_ACTION, "action", action, names_action),
	NEST(policy, POLICY, SELECTOR, POLICY_SELECTOR, "selector", sel, gnl_selector),
	MANY(policy, POLICY, PEER, ADDR, POLICY_PEER, "peer", peer, n_peers, NULL),
	FLAG(POLICY, STAGED, POLICY_STAGED, "staged"),
	NEST(policy, POLICY, STATS, POLICY_STATS, "stats", stats, gnl_stats),
	POL(OUT_SPI, U32, "out-spi", out_spi),
	POL(OUT_REMOTE, ADDR, "out-remote", out_remote),
	POL(IN_SAS, U32, "in-sas", in_sas),
	POL(OUT_SAS, U32, "out-sas", out_sas),
	POL(HELD, U32, "held", held),
	POL(COUNT, U32, "count", count),
	NEST(policy, POLICY, FLOW, POLICY_FLOW, "flow", flow, gnl_selector),
	POL(IFINDEX, U32, "ifindex", ifindex),
	POL(LOCAL, ADDR, "local", local),
	POL(ATTEMPTS, U32, "attempts", attempts),
	POL(IVRF, U32, "ivrf", ivrf),
	{ 0 },
};

#define MAP(attr, kind, str, m) ONE(map, MAP, attr, kind, MAP_##attr, str, m)
const struct gnl_attr gnl_map[] = {
	MAP(NAME, STRING, "name", name),
	MAP(IFINDEX, U32, "ifindex", ifindex),
	MAP(LOCAL4, ADDR, "local4", local4),
	MAP(LOCAL6, ADDR, "local6", local6),
	MAP(POLICIES, U32, "policies", policies),
	MAP(STAGED, U32, "staged", staged),
	MAP(MTU, U32, "mtu", mtu),
	MAP(NO_SA_DROPS, U64, "no-sa-drops", no_sa_drops),
	MAP(CLEAR_DROPS, U64, "clear-drops", clear_drops),
	{ 0 },
};

const struct gnl_attr gnl_encap[] = {
	ONE(encap, ENCAP, FD, U32, ENCAP_FD, "fd", fd),
	ONE(encap, ENCAP, LOCAL, ADDR, ENCAP_LOCAL, "local", local),
	ONE(encap, ENCAP, PORT, U16, ENCAP_PORT, "port", port),
	{ 0 },
};

const struct gnl_attr gnl_counter[] = {
	ONE(counter, COUNTER, REASON, U32, COUNTER_REASON, "reason", reason),
	ONE(counter, COUNTER, PACKETS, U64, COUNTER_PACKETS, "packets", packets),
	{ 0 },
};

#define NS(attr, kind, str, m) ONE(ns, NS, attr, kind, NS_##attr, str, m)
const struct gnl_attr gnl_ns[] = {
	MANY(ns, NS, DROPS, NEST, NS_DROPS, "drops", drops, n_drops, gnl_counter),
	NS(OUT_PACKETS, U64, "out-packets", out_packets),
	NS(OUT_BYTES, U64, "out-bytes", out_bytes),
	NS(OUT_WIRE_BYTES, U64, "out-wire-bytes", out_wire_bytes),
	NS(IN_PACKETS, U64, "in-packets", in_packets),
	NS(IN_BYTES, U64, "in-bytes", in_bytes),
	NS(IN_WIRE_BYTES, U64, "in-wire-bytes", in_wire_bytes),
	NS(BYPASSED, U64, "bypassed", bypassed),
	NS(KEEPALIVES_IN, U64, "keepalives-in", keepalives_in),
	NS(KEEPALIVES_OUT, U64, "keepalives-out", keepalives_out),
	NS(ACQUIRES, U64, "acquires", acquires),
	NS(DEFERRED, U64, "deferred", deferred),
	NS(SAS, U32, "sas", sas),
	NS(POLICIES, U32, "policies", policies),
	NS(MAPS, U32, "maps", maps),
	NS(PENDING, U32, "pending", pending),
	NS(REASON, U32, "reason", reason),
	NS(PACKETS, U64, "packets", packets),
	{ 0 },
};

#define CONF(attr, str) ONE(conf, CONF, attr, U32, CONF_##attr, str, v[CONF_##attr])
const struct gnl_attr gnl_conf[] = {
	ONE(conf, CONF, EXCLUSIVE, U8, CONF_EXCLUSIVE, "exclusive", exclusive),
	CONF(MAX_SAS, "max-sas"),
	CONF(MAX_POLICIES, "max-policies"),
	CONF(MAX_ACQUIRES, "max-acquires"),
	CONF(HOLD_PACKETS, "hold-packets"),
	CONF(ACQUIRE_TIMEOUT, "acquire-timeout"),
	CONF(LARVAL_TIMEOUT, "larval-timeout"),
	CONF(DROP_THRESHOLD, "drop-threshold"),
	{ 0 },
};
/* clang-format on */
