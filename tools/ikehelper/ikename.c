// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of numbers on the wire, for logs and records. */
#include "ikename.h"

#include <stddef.h>

#include "wire.h"
#include "wire_esp.h"

struct name {
	uint16_t value;
	const char *name;
};

static const char *find(const struct name *n, uint16_t value)
{
	for (; n->name; n++)
		if (n->value == value)
			return n->name;
	return NULL;
}

const char *ikename_exchange(uint8_t exchange)
{
	static const struct name names[] = {
		{ IKE_EX_BASE, "base mode" },
		{ IKE_EX_MAIN, "main mode" },
		{ IKE_EX_AUTH_ONLY, "authentication only mode" },
		{ IKE_EX_AGGR, "aggressive mode" },
		{ IKE_EX_INFO, "informational" },
		{ IKE_EX_TRANS, "transaction" },
		{ IKE_EX_QUICK, "quick mode" },
		{ IKE_EX_NEW_GROUP, "new group mode" },
		{ 0, NULL },
	};

	return find(names, exchange);
}

const char *ikename_payload(uint8_t type)
{
	static const struct name names[] = {
		{ IKE_PL_SA, "SA" },
		{ IKE_PL_PROPOSAL, "PROPOSAL" },
		{ IKE_PL_TRANSFORM, "TRANSFORM" },
		{ IKE_PL_KE, "KE" },
		{ IKE_PL_ID, "ID" },
		{ IKE_PL_CERT, "CERT" },
		{ IKE_PL_CR, "CERT_REQ" },
		{ IKE_PL_HASH, "HASH" },
		{ IKE_PL_SIG, "SIG" },
		{ IKE_PL_NONCE, "NONCE" },
		{ IKE_PL_N, "NOTIFY" },
		{ IKE_PL_D, "DELETE" },
		{ IKE_PL_VID, "VENDOR_ID" },
		{ IKE_PL_ATTR, "ATTRIBUTES" },
		{ IKE_PL_NATD, "NAT-D" },
		{ IKE_PL_NATOA, "NAT-OA" },
		{ IKE_PL_NATD_DRAFT, "NAT-D (draft)" },
		{ IKE_PL_NATOA_DRAFT, "NAT-OA (draft)" },
		{ IKE_PL_FRAG, "FRAGMENT" },
		{ 0, NULL },
	};

	return find(names, type);
}

const char *ikename_notify(uint16_t type)
{
	static const struct name names[] = {
		{ IKE_N_INVALID_PAYLOAD_TYPE, "INVALID_PAYLOAD_TYPE" },
		{ IKE_N_DOI_NOT_SUPPORTED, "DOI_NOT_SUPPORTED" },
		{ IKE_N_SITUATION_NOT_SUPPORTED, "SITUATION_NOT_SUPPORTED" },
		{ IKE_N_INVALID_COOKIE, "INVALID_COOKIE" },
		{ IKE_N_INVALID_MAJOR_VERSION, "INVALID_MAJOR_VERSION" },
		{ IKE_N_INVALID_MINOR_VERSION, "INVALID_MINOR_VERSION" },
		{ IKE_N_INVALID_EXCHANGE_TYPE, "INVALID_EXCHANGE_TYPE" },
		{ IKE_N_INVALID_FLAGS, "INVALID_FLAGS" },
		{ IKE_N_INVALID_MESSAGE_ID, "INVALID_MESSAGE_ID" },
		{ IKE_N_INVALID_PROTOCOL_ID, "INVALID_PROTOCOL_ID" },
		{ IKE_N_INVALID_SPI, "INVALID_SPI" },
		{ IKE_N_INVALID_TRANSFORM_ID, "INVALID_TRANSFORM_ID" },
		{ IKE_N_ATTRIBUTES_NOT_SUPPORTED, "ATTRIBUTES_NOT_SUPPORTED" },
		{ IKE_N_NO_PROPOSAL_CHOSEN, "NO_PROPOSAL_CHOSEN" },
		{ IKE_N_BAD_PROPOSAL_SYNTAX, "BAD_PROPOSAL_SYNTAX" },
		{ IKE_N_PAYLOAD_MALFORMED, "PAYLOAD_MALFORMED" },
		{ IKE_N_INVALID_KEY_INFORMATION, "INVALID_KEY_INFORMATION" },
		{ IKE_N_INVALID_ID_INFORMATION, "INVALID_ID_INFORMATION" },
		{ IKE_N_INVALID_CERT_ENCODING, "INVALID_CERT_ENCODING" },
		{ IKE_N_INVALID_CERTIFICATE, "INVALID_CERTIFICATE" },
		{ IKE_N_CERT_TYPE_UNSUPPORTED, "CERT_TYPE_UNSUPPORTED" },
		{ IKE_N_INVALID_CERT_AUTHORITY, "INVALID_CERT_AUTHORITY" },
		{ IKE_N_INVALID_HASH_INFORMATION, "INVALID_HASH_INFORMATION" },
		{ IKE_N_AUTHENTICATION_FAILED, "AUTHENTICATION_FAILED" },
		{ IKE_N_INVALID_SIGNATURE, "INVALID_SIGNATURE" },
		{ IKE_N_ADDRESS_NOTIFICATION, "ADDRESS_NOTIFICATION" },
		{ IKE_N_NOTIFY_SA_LIFETIME, "NOTIFY_SA_LIFETIME" },
		{ IKE_N_CERTIFICATE_UNAVAILABLE, "CERTIFICATE_UNAVAILABLE" },
		{ IKE_N_UNSUPPORTED_EXCHANGE_TYPE,
		  "UNSUPPORTED_EXCHANGE_TYPE" },
		{ IKE_N_UNEQUAL_PAYLOAD_LENGTHS, "UNEQUAL_PAYLOAD_LENGTHS" },
		{ IKE_N_CONNECTED, "CONNECTED" },
		{ IKE_N_RESPONDER_LIFETIME, "RESPONDER_LIFETIME" },
		{ IKE_N_REPLAY_STATUS, "REPLAY_STATUS" },
		{ IKE_N_INITIAL_CONTACT, "INITIAL_CONTACT" },
		{ IKE_N_R_U_THERE, "R_U_THERE" },
		{ IKE_N_R_U_THERE_ACK, "R_U_THERE_ACK" },
		{ 0, NULL },
	};

	return find(names, type);
}

const char *ikename_encr(uint16_t encr)
{
	static const struct name names[] = {
		{ IKE_ENCR_DES, "des" },
		{ IKE_ENCR_3DES, "3des" },
		{ IKE_ENCR_AES, "aes" },
		{ 0, NULL },
	};

	return find(names, encr);
}

const char *ikename_hash(uint16_t hash)
{
	static const struct name names[] = {
		{ IKE_HASH_MD5, "md5" },       { IKE_HASH_SHA1, "sha" },
		{ IKE_HASH_SHA256, "sha256" }, { IKE_HASH_SHA384, "sha384" },
		{ IKE_HASH_SHA512, "sha512" }, { 0, NULL },
	};

	return find(names, hash);
}

const char *ikename_auth(uint16_t auth)
{
	static const struct name names[] = {
		{ IKE_AUTH_PSK, "pre-share" },
		{ IKE_AUTH_RSA_SIG, "rsa-sig" },
		{ 0, NULL },
	};

	return find(names, auth);
}

const char *ikename_esp(uint8_t esp)
{
	static const struct name names[] = {
		{ IKE_ESP_DES, "esp-des" },
		{ IKE_ESP_3DES, "esp-3des" },
		{ IKE_ESP_NULL, "esp-null" },
		{ IKE_ESP_AES_CBC, "esp-aes" },
		{ IKE_ESP_AES_CTR, "esp-aes-ctr" },
		{ IKE_ESP_AES_CCM_8, "esp-ccm-8" },
		{ IKE_ESP_AES_CCM_12, "esp-ccm-12" },
		{ IKE_ESP_AES_CCM_16, "esp-ccm" },
		{ IKE_ESP_AES_GCM_8, "esp-gcm-8" },
		{ IKE_ESP_AES_GCM_12, "esp-gcm-12" },
		{ IKE_ESP_AES_GCM_16, "esp-gcm" },
		{ IKE_ESP_AES_GMAC, "esp-gmac" },
		{ 0, NULL },
	};

	return find(names, esp);
}

const char *ikename_esp_auth(uint16_t auth)
{
	static const struct name names[] = {
		{ IKE_AUTHALG_MD5, "md5-hmac" },
		{ IKE_AUTHALG_SHA, "sha-hmac" },
		{ IKE_AUTHALG_SHA256, "sha256-hmac" },
		{ IKE_AUTHALG_SHA384, "sha384-hmac" },
		{ IKE_AUTHALG_SHA512, "sha512-hmac" },
		{ IKE_AUTHALG_XCBC, "aes-xcbc" },
		{ 0, NULL },
	};

	return find(names, auth);
}
