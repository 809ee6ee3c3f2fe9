/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of IKEv1 as they stand on the wire (RFC 2407, 2408, 2409, 3947). */
#ifndef IKE_WIRE_H
#define IKE_WIRE_H

#define IKE_HDR_LEN 28
#define IKE_COOKIE_LEN 8
#define IKE_GEN_LEN 4 /* generic payload header */
#define IKE_MSG_MAX 65535 /* of a whole message, fragments joined */
#define IKE_MSG_DEFAULT 16384
#define IKE_NATT_MARKER_LEN 4
#define IKE_NONCE_MIN 8
#define IKE_NONCE_MAX 256
#define IKE_HASH_MAX 64
#define IKE_KE_MAX 512 /* group 16 */
#define IKE_BLOCK_MAX 16
#define IKE_VERSION 0x10

enum ike_exchange {
	IKE_EX_BASE = 1,
	IKE_EX_MAIN = 2,
	IKE_EX_AUTH_ONLY = 3,
	IKE_EX_AGGR = 4,
	IKE_EX_INFO = 5,
	IKE_EX_TRANS = 6,
	IKE_EX_QUICK = 32,
	IKE_EX_NEW_GROUP = 33,
};

/* Flags of the header. */
#define IKE_F_ENC 0x01
#define IKE_F_COMMIT 0x02
#define IKE_F_AUTH 0x04

enum ike_pl_type {
	IKE_PL_NONE = 0,
	IKE_PL_SA = 1,
	IKE_PL_PROPOSAL = 2,
	IKE_PL_TRANSFORM = 3,
	IKE_PL_KE = 4,
	IKE_PL_ID = 5,
	IKE_PL_CERT = 6,
	IKE_PL_CR = 7,
	IKE_PL_HASH = 8,
	IKE_PL_SIG = 9,
	IKE_PL_NONCE = 10,
	IKE_PL_N = 11,
	IKE_PL_D = 12,
	IKE_PL_VID = 13,
	IKE_PL_ATTR = 14,
	IKE_PL_NATD = 20,
	IKE_PL_NATOA = 21,
	IKE_PL_NATD_DRAFT = 130,
	IKE_PL_NATOA_DRAFT = 131,
	IKE_PL_FRAG = 132,
};

#define IKE_DOI_IPSEC 1
#define IKE_SIT_IDENTITY_ONLY 1

enum ike_protocol {
	IKE_PROTO_ISAKMP = 1,
	IKE_PROTO_AH = 2,
	IKE_PROTO_ESP = 3,
	IKE_PROTO_IPCOMP = 4,
};

#define IKE_TRANSFORM_KEY_IKE 1

#define IKE_ATTR_TV 0x8000

/* Attributes of a phase 1 transform. */
enum ike_p1_attr {
	IKE_P1_ENCR = 1,
	IKE_P1_HASH = 2,
	IKE_P1_AUTH = 3,
	IKE_P1_GROUP = 4,
	IKE_P1_LIFE_TYPE = 11,
	IKE_P1_LIFE = 12,
	IKE_P1_PRF = 13,
	IKE_P1_KEYLEN = 14,
};

/* Attributes of a phase 2 transform. */
enum ike_p2_attr {
	IKE_P2_LIFE_TYPE = 1,
	IKE_P2_LIFE = 2,
	IKE_P2_GROUP = 3,
	IKE_P2_ENCAP = 4,
	IKE_P2_AUTH = 5,
	IKE_P2_KEYLEN = 6,
	IKE_P2_KEY_ROUNDS = 7,
	IKE_P2_ECN = 10,
	IKE_P2_ESN = 11,
};

#define IKE_LIFE_SECONDS 1
#define IKE_LIFE_KBYTES 2

enum ike_encr { IKE_ENCR_DES = 1, IKE_ENCR_3DES = 5, IKE_ENCR_AES = 7 };

enum ike_hash {
	IKE_HASH_MD5 = 1,
	IKE_HASH_SHA1 = 2,
	IKE_HASH_SHA256 = 4,
	IKE_HASH_SHA384 = 5,
	IKE_HASH_SHA512 = 6,
};

enum ike_auth { IKE_AUTH_PSK = 1, IKE_AUTH_RSA_SIG = 3 };

/* ESP transforms, AH transforms and authentication algorithms: wire_esp.h. */

enum ike_id_type {
	IKE_ID_IPV4 = 1,
	IKE_ID_FQDN = 2,
	IKE_ID_USER_FQDN = 3,
	IKE_ID_IPV4_SUBNET = 4,
	IKE_ID_IPV6 = 5,
	IKE_ID_IPV6_SUBNET = 6,
	IKE_ID_IPV4_RANGE = 7,
	IKE_ID_IPV6_RANGE = 8,
	IKE_ID_DER_DN = 9,
	IKE_ID_DER_GN = 10,
	IKE_ID_KEY_ID = 11,
};

#define IKE_CERT_X509_SIG 4
#define IKE_CERT_CRL 7

#endif
