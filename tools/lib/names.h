/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Number to name tables: algorithms, states, reasons, protocols. */
#ifndef LIB_NAMES_H
#define LIB_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/* One name; a table ends with a NULL name. The help is shown by '?'. */
struct name {
	uint32_t value;
	const char *name;
	const char *help;
};

extern const struct name names_dir[];
extern const struct name names_sa_proto[];
extern const struct name names_family[];
extern const struct name names_mode[];
extern const struct name names_cipher[];
extern const struct name names_integ[];
extern const struct name names_df[];
extern const struct name names_state[];
extern const struct name names_flags[];
extern const struct name names_action[]; /* protect, bypass, ... */
extern const struct name names_acl_action[]; /* permit, deny, ... */
extern const struct name names_limit[];
extern const struct name names_conf[];
extern const struct name names_ip_proto[];
extern const struct name names_port[];
extern const struct name names_icmp[]; /* IPv4 type, IPv6 type << 8 */

/* Pseudo protocols of a selector: every protocol of one or both families. */
#define IP_PROTO_V6 256
#define IP_PROTO_ALL 257
/* names_icmp: this name has no type in the family. */
#define ICMP_NONE 0xff

/* The name of @value; "unknown" if there is none. */
const char *names_str(const struct name *table, uint32_t value);

/* The value of exactly @name; false if there is none. */
bool names_num(const struct name *table, const char *name, uint32_t *value);

/* Why packets are dropped: name by number, NULL beyond the last one. */
const char *names_drop(uint32_t reason);

/* How transforms are called in views, as "esp-aes 256 esp-sha-hmac". */
char *names_transform(uint8_t cipher, uint8_t integ, uint32_t key_bits,
		      char *buf, int size);

/* The same as the crypto engine calls it, as "HMAC_SHA+3DES_56_C". */
char *names_engine(uint8_t cipher, uint8_t integ, char *buf, int size);

/* Octets of the initialisation vector in a packet. */
unsigned int names_iv_len(uint8_t cipher);

/* What the plain text is padded to. */
unsigned int names_block_len(uint8_t cipher);

/* The cipher carries its own integrity. */
bool names_is_aead(uint8_t cipher);

/* Nothing is kept secret by it. */
bool names_is_null(uint8_t cipher);

#endif
