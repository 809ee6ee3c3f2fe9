/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of sealed records: each is read back as it was written, or not at all. */
#ifndef IKEHELPER_VAULT_H
#define IKEHELPER_VAULT_H

#include "ike.h"

#define VAULT_KEY 32 /* octets */
#define VAULT_ID 8 /* of a key, not secret */

struct vault;

/* Behind crypto_init(). NULL: no memory. */
struct vault *vault_new(void);
void vault_free(struct vault *v);

/*
 * Use an empty file, and a key that seals nothing else. The file stays the
 * caller's. 0 or a negative errno.
 */
int vault_begin(struct vault *v, int fd, const uint8_t id[VAULT_ID],
		const uint8_t key[VAULT_KEY]);

/*
 * Put a record in the place of the one with the same kind and number; with
 * NULL wipe it. After a failure the whole file is no longer valid, since what is
 * in it would be old.
 */
int vault_put(struct vault *v, enum ike_keep kind, uint64_t id,
	      const struct ike_blob *record);

/* The number of the key of a file: 0, -ENODATA, -EBADMSG or -EPROTO. */
int vault_id(int fd, uint8_t id[VAULT_ID]);

/*
 * All records of a file, for ike_import(), in memory for ike_export_free().
 * -ENODATA empty, -EBADMSG no such file, -EPROTO of another version,
 * -EKEYREJECTED sealed with another key, -EFBIG, -ENOMEM. Records that are damaged
 * are left out; @damaged says whether there were any.
 */
int vault_read(int fd, const uint8_t key[VAULT_KEY], void **p, size_t *len,
	       bool *damaged);

#endif
