/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file with the history: read once, replaced as a whole. */
#ifndef IKEHELPER_STORE_H
#define IKEHELPER_STORE_H

#include <stddef.h>
#include <stdint.h>

/* What is in the file, to be freed; NULL for nothing, after saying why not. */
uint8_t *store_read(const char *path, size_t *len);

/* Replace it. Says why not, once until it works again. */
void store_write(const char *path, const void *p, size_t len);

/* A name of this run of the system. Returns @buf. */
char *store_boot(char *buf, size_t size);

#endif
