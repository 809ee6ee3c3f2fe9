/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of numbers on the wire, for logs and records. NULL: has none. */
#ifndef IKE_NAME_H
#define IKE_NAME_H

#include <stdint.h>

const char *ikename_exchange(uint8_t exchange);
const char *ikename_payload(uint8_t type);

/* "NO_PROPOSAL_CHOSEN", as IOS writes them. */
const char *ikename_notify(uint16_t type);

/* Words of the configuration: "aes", "sha256", "pre-share". */
const char *ikename_encr(uint16_t encr);
const char *ikename_hash(uint16_t hash);
const char *ikename_auth(uint16_t auth);
const char *ikename_esp(uint8_t esp);
const char *ikename_esp_auth(uint16_t auth);

#endif
